import { basename, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { createUsageReader } from '#core/billing/usage/imports/read-file.ts'
import type { GivenEvent } from '#core/billing/usage/resolve.ts'
import type { Client } from '#serving/client.ts'
import type { UsageImport } from '#shared/contract/billing/usage.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { bytes, instant } from '../format.ts'
import { harmless, type Io, table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'
import type { Session } from '../session.ts'

/** Events of one call of the core. */
const EVENTS_PER_CALL = 1000
const SHOWN_PROBLEMS = 20

export function usageCommands(program: Command, context: CliContext): void {
  const usage = program.command('usage').description('Usage events: bring files in, record single ones.')
  usage
    .command('import')
    .description('Bring files of usage events in: CSV or JSON lines, plain or gzip, of any size.')
    .argument('<files...>')
    .addOption(
      new Option(
        '--mode <mode>',
        'one refused row and nothing comes in, or take the good rows and list the rest',
      )
        .choices(['all-or-nothing', 'good-rows'])
        .default('all-or-nothing'),
    )
    .option('--into-demo', 'bring it into the demo workspace, among the made-up customers')
    .addHelpText(
      'after',
      `
Columns: id, customer, metric, quantity (1 when left out), timestamp; all others are properties.
The same id with the same content is counted once, so a file may be brought in again.

Examples:
  quarterdeck usage import usage-2026-10.csv.gz
  quarterdeck usage import --mode good-rows --json events.jsonl`,
    )
    .action((files: string[], _, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const receipts: UsageImport[] = []
        for (const file of files) receipts.push(await bringIn(command, session, client, file))
        print(context, optionsOf(command).json, receipts, () => receipts.map(shownReceipt).join('\n\n'))
      }),
    )
  usage
    .command('record')
    .description('Record events: one JSON object a line on standard input, all of a thousand or none.')
    .addHelpText(
      'after',
      `
Example:
  echo '{"id":"e1","customer":"acme","metric":"api-calls","quantity":3,"timestamp":"2026-11-21T09:00:00Z"}' \\
    | quarterdeck usage record --json`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const events = await eventsOf(session.io)
        const result = { stored: 0, duplicates: 0, late: 0 }
        for (let from = 0; from < events.length; from += EVENTS_PER_CALL) {
          const some = events.slice(from, from + EVENTS_PER_CALL)
          const done = await client.billing.usage.record({
            events: some.map(one => ({ ...one, properties: { ...one.properties } })),
          })
          result.stored += done.stored
          result.duplicates += done.duplicates
          result.late += done.late
        }
        print(
          context,
          optionsOf(command).json,
          result,
          () => `${result.stored} events stored, ${result.duplicates} known already, ${result.late} late.`,
        )
      }),
    )
  usage
    .command('imports')
    .description('List receipts of files, or show one with what was refused.')
    .argument('[import]')
    .option('--limit <count>', 'at most this many', Number, 50)
    .action((importId: string | undefined, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, limit } = optionsOf<{ limit: number }>(command)
        const client = await session.acting()
        if (importId !== undefined) {
          const receipt = await client.billing.usage.imports.get({ importId })
          const { problems, count } = await client.billing.usage.imports.problems({ importId, limit: 5000 })
          print(context, json, { ...receipt, problems }, () =>
            [
              shownReceipt(receipt),
              ...problems
                .slice(0, SHOWN_PROBLEMS)
                .map(one => `  line ${one.line} ${one.column ?? ''}: ${harmless(one.reason)}`),
              ...(count > SHOWN_PROBLEMS ? [`  and ${count - SHOWN_PROBLEMS} more (--json shows 5000)`] : []),
            ].join('\n'),
          )
          return
        }
        const { imports } = await client.billing.usage.imports.list({ limit })
        print(context, json, imports, () =>
          table(imports, [
            { title: 'IMPORT', value: one => one.id },
            { title: 'FILE', value: one => one.fileName },
            { title: 'STATE', value: one => one.state },
            { title: 'STORED', value: one => one.stored.toString(), align: 'right' },
            { title: 'KNOWN', value: one => one.duplicates.toString(), align: 'right' },
            { title: 'REFUSED', value: one => one.refused.toString(), align: 'right' },
            { title: 'AT', value: one => instant(one.importedAt) },
          ]),
        )
      }),
    )
}

async function bringIn(
  command: Command,
  { membership, io }: Session,
  client: Client,
  file: string,
): Promise<UsageImport> {
  const { mode, quiet, intoDemo } = optionsOf<{
    mode: 'all-or-nothing' | 'good-rows'
    intoDemo?: boolean
  }>(command)
  const { handle } = membership.files.grant(resolve(io.cwd(), file), 'read')
  try {
    const { jobId } = await client.billing.usage.import({
      ...{ fileId: handle, fileName: basename(file), mode, intoDemo: intoDemo ?? false },
    })
    const job = await waitForJob(client, jobId, io, quiet ?? false)
    return await client.billing.usage.imports.get(job.result as { importId: string })
  } finally {
    membership.files.release(handle)
  }
}

/** The events on standard input. @throws Refusal `BILLING_FILE_UNREADABLE` with the line of the first that is none */
async function eventsOf({ stdin }: Io): Promise<GivenEvent[]> {
  const events: GivenEvent[] = []
  const dialect = { delimiter: ',', separatorLine: false } as const
  const reader = createUsageReader(
    { format: 'jsonl', encoding: 'utf-8', bomBytes: 0, dialect },
    ({ line, given }) => {
      if ('problem' in given) throw refuse('BILLING_FILE_UNREADABLE', { reason: given.problem, line })
      events.push(given)
    },
  )
  for await (const chunk of stdin) reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  reader.end()
  if (events.length === 0) throw refuse('BILLING_FILE_UNREADABLE', { reason: 'no-rows', line: null })
  return events
}

function shownReceipt(receipt: UsageImport): string {
  return [
    `${harmless(receipt.fileName)}: ${receipt.state} as import ${receipt.id}.`,
    `  ${receipt.format}, ${bytes(receipt.size)}; rows read ${receipt.read}, stored ${receipt.stored}, known already ${receipt.duplicates}, refused ${receipt.refused}, late ${receipt.late}`,
    ...receipt.metrics.map(
      one =>
        `  ${one.metric}: ${one.quantity} in ${one.events} events of the file; stored ${one.stored} in ${one.storedEvents}`,
    ),
    ...receipt.problemCounts.map(({ code, count }) => `  ${code}: ${count} rows`),
  ].join('\n')
}
