import type { Command } from 'commander'
import type { ScanReport } from '#shared/contract/billing/quota-scans.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { harmless, table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'

/** Alerts that are shown; all are in the JSON. */
const SHOWN = 50

export function scanCommand(program: Command, context: CliContext): void {
  program
    .command('scan')
    .description(
      'Look at what all customers used of what they may: tell of thresholds that are reached, once each.',
    )
    .option('--dry-run', 'tell what it would tell, and store nothing')
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck scan --dry-run
  quarterdeck scan --json`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet, dryRun } = optionsOf<{ dryRun?: boolean }>(command)
        const client = await session.acting()
        const { scanId, jobId } = await client.billing.quota.scan.start({ dryRun: dryRun ?? false })
        await waitForJob(client, jobId, session.io, quiet ?? false)
        const scan = await client.billing.quota.scan.get({ scanId })
        if (scan.report === null) throw refuse('BILLING_SCAN_FAILED', { scanId }, 'The scan left no report.')
        const { report } = scan
        print(context, json, scan, () => shown(report, scan.alerts, scan.dryRun))
      }),
    )
}

function shown(report: ScanReport, alerts: ScanReport['wouldTell'], dryRun: boolean): string {
  const { customers, quotas, warnings, breaches, fresh, tasks } = report
  return [
    `${quotas} limits of ${customers} customers: ${breaches} at or over, ${warnings} near. ${fresh} thresholds ${dryRun ? 'would be' : 'are'} new, ${tasks} tasks were made.`,
    ...(alerts.length === 0
      ? []
      : [
          table(alerts.slice(0, SHOWN), [
            { title: 'CUSTOMER', value: one => harmless(one.customer) },
            { title: 'METRIC', value: one => one.metric },
            { title: 'AT', value: one => `${one.threshold} %`, align: 'right' },
            { title: 'USED', value: one => one.used, align: 'right' },
            { title: 'LIMIT', value: one => `${one.limit} ${harmless(one.unit)}`, align: 'right' },
          ]),
        ]),
    ...(alerts.length > SHOWN ? [`  and ${alerts.length - SHOWN} more; --json has them`] : []),
  ].join('\n')
}
