import type { Command } from 'commander'
import type { CloseReport } from '#shared/contract/billing/close.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { harmless, table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'
import { money, month } from './invoices.ts'

/** Problems that are shown; the rest is counted, and in the JSON. */
const SHOWN = 20

export function closeCommand(program: Command, context: CliContext): void {
  program
    .command('close')
    .description(
      'Close a month: usage and fees become drafts of invoices. Doing it again adds only what is missing.',
    )
    .requiredOption('--period <month>', 'which month, such as 2026-10', month)
    .option('--dry-run', 'tell what would come of it, and store nothing')
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck close --period 2026-10 --dry-run
  quarterdeck close --period 2026-10 --json`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet, period, dryRun } = optionsOf<{ period: string; dryRun?: boolean }>(command)
        const client = await session.acting()
        const { runId, jobId } = await client.billing.close.start({ period, dryRun: dryRun ?? false })
        await waitForJob(client, jobId, session.io, quiet ?? false).catch(error => {
          // Unlike other jobs a close keeps what it had done: going on is closing again.
          if ((error as { code?: string }).code !== 'INTERRUPTED') throw error
          throw refuse(
            'INTERRUPTED',
            { jobId },
            'The close was cut off. Close the month again to complete it.',
          )
        })
        const run = await client.billing.close.get({ runId })
        if (run.report === null) throw refuse('WORKSPACE_JOB_BUG', { jobId }, 'The close left no report.')
        const { report } = run
        print(context, json, run, () => shownReport(report, period, run.dryRun))
        if (report.problemCount > 0)
          note(
            context,
            quiet,
            `${report.problemCount} things could not be billed; they are listed in the report.`,
          )
      }),
    )
}

function shownReport(report: CloseReport, period: string, dryRun: boolean): string {
  const { drafts, extended, lines, adjustments, customers } = report
  const verb = dryRun ? 'would be' : 'were'
  return [
    `${period}: of ${customers} customers ${drafts} drafts ${verb} made and ${extended} extended, with ${lines} lines, ${adjustments} of them corrections.`,
    ...(report.totals.length === 0
      ? []
      : [
          table(report.totals, [
            { title: 'CURRENCY', value: one => one.currency },
            { title: 'DRAFTS', value: one => String(one.drafts), align: 'right' },
            { title: 'NET', value: one => money(one.net, one.currency), align: 'right' },
            { title: 'TAX', value: one => money(one.tax, one.currency), align: 'right' },
            { title: 'TOTAL', value: one => money(one.total, one.currency), align: 'right' },
          ]),
        ]),
    ...(report.doubtful
      ? [`${report.doubtful} of the drafts ${dryRun ? 'would have' : 'have'} a doubt:`]
      : []),
    ...report.doubts.map(one => `  ${one.code}: ${one.drafts} drafts to look at`),
    ...report.problems
      .slice(0, SHOWN)
      .map(one => `  ${one.code}: ${harmless(one.customer)}: ${harmless(one.detail)}`),
    ...(report.problemCount > SHOWN ? [`  and ${report.problemCount - SHOWN} more problems`] : []),
  ].join('\n')
}
