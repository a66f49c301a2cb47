import { createWriteStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { z } from 'zod'
import type { Client } from '#serving/client.ts'
import type { Import, Inspection, Problem, Reading } from '#shared/contract/finops-imports.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { bytes, day } from '../format.ts'
import { harmless, table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'
import type { Session } from '../session.ts'

interface ImportOptions {
  mode: 'all-or-nothing' | 'good-rows'
  overlap: 'refuse' | 'replace' | 'add'
  mapping?: string
  delimiter?: ',' | ';' | '\t' | '|' | 'tab'
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  numbers?: 'plain' | 'grouped' | 'decimal-comma'
  dates?: 'iso' | 'month-first' | 'day-first'
  currency?: string
  source?: string
  column?: Readonly<Record<string, string>>
  inspect?: boolean
  problems?: string
  intoDemo?: boolean
}

export function importCommand(program: Command, context: CliContext): void {
  program
    .command('import')
    .description('Bring bills in: FOCUS 1.0 to 1.2, AWS CUR, Azure, CSV; plain or gzip; of any size.')
    .argument('<files...>')
    .addOption(
      new Option(
        '--mode <mode>',
        'one refused row and nothing comes in, or take the good rows and list the rest',
      )
        .choices(['all-or-nothing', 'good-rows'])
        .default('all-or-nothing'),
    )
    .addOption(
      new Option('--overlap <what>', 'costs of the same source, account and period that are there already')
        .choices(['refuse', 'replace', 'add'])
        .default('refuse'),
    )
    .option('--mapping <id>', 'how columns are read (focus, aws-cur, azure-ea, csv); detected when left out')
    .addOption(
      new Option('--delimiter <character>', 'between columns; detected').choices([',', ';', 'tab', '|']),
    )
    .addOption(
      new Option('--encoding <name>', 'of the file; detected').choices([
        'utf-8',
        'utf-16le',
        'utf-16be',
        'windows-1252',
      ]),
    )
    .addOption(
      new Option('--numbers <style>', '1234.5, $1,234.50 or 1.234,50').choices([
        'plain',
        'grouped',
        'decimal-comma',
      ]),
    )
    .addOption(
      new Option('--dates <style>', 'what 5/1/25 means').choices(['iso', 'month-first', 'day-first']),
    )
    .option('--currency <code>', 'for files that state none')
    .option('--source <name>', 'who sent the bill, for files that do not say')
    .option(
      '--column <is=name>',
      'which column of the file is which, such as BilledCost=Betrag; may be repeated',
      (value: string, all: Record<string, string> | undefined) => ({ ...all, ...assignment(value) }),
    )
    .option('--into-demo', 'bring it into the demo workspace, among the made-up bills')
    .option('--inspect', 'look at what would come in, and change nothing')
    .option('--problems <file>', 'write refused rows and warnings to this CSV file')
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck import focus-2026-10.csv.gz
  quarterdeck import --inspect bill.csv
  quarterdeck import --overlap replace corrected.csv --json
  quarterdeck import --mode good-rows --problems refused.csv export.csv`,
    )
    .action((files: string[], _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, inspect } = optionsOf<ImportOptions>(command)
        const client = await session.acting()
        if (inspect) {
          const found: Inspection[] = []
          for (const file of files) found.push(await lookAt(session, client, file, readingOf(command)))
          print(context, json, found, () => found.map(shownInspection).join('\n\n'))
          return
        }
        const receipts: (Import & { already: boolean })[] = []
        for (const file of files) receipts.push(await bringIn(context, command, session, client, file))
        print(context, json, receipts, () => receipts.map(shownReceipt).join('\n\n'))
      }),
    )
}

/** `BilledCost=Betrag` as a member. */
function assignment(value: string): Record<string, string> {
  const at = value.indexOf('=')
  if (at < 1 || at === value.length - 1) throw new InvalidArgumentError('Write it as BilledCost=Betrag.')
  return { [value.slice(0, at).trim()]: value.slice(at + 1).trim() }
}

function readingOf(command: Command): z.input<typeof Reading> {
  const { mapping, delimiter, encoding, numbers, dates, currency, source, column } =
    optionsOf<ImportOptions>(command)
  return {
    ...(mapping === undefined ? {} : { mapping }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === 'tab' ? '\t' : delimiter }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(numbers === undefined ? {} : { numbers }),
    ...(dates === undefined ? {} : { dates }),
    ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
    ...(source === undefined ? {} : { source }),
    ...(column === undefined ? {} : { columns: column }),
  }
}

async function lookAt(
  { membership, io }: Session,
  client: Client,
  file: string,
  reading: z.input<typeof Reading>,
): Promise<Inspection> {
  const { handle } = membership.files.grant(resolve(io.cwd(), file), 'read')
  try {
    return await client.finops.imports.inspect({ fileId: handle, reading })
  } finally {
    membership.files.release(handle)
  }
}

async function bringIn(
  context: CliContext,
  command: Command,
  { membership, io }: Session,
  client: Client,
  file: string,
): Promise<Import & { already: boolean }> {
  const { mode, overlap, quiet, problems, intoDemo } = optionsOf<ImportOptions>(command)
  const { handle } = membership.files.grant(resolve(io.cwd(), file), 'read')
  try {
    const { jobId } = await client.finops.imports.start({
      ...{ fileId: handle, fileName: basename(file), reading: readingOf(command), mode, overlap },
      intoDemo: intoDemo ?? false,
    })
    const failedImport = (error: unknown) => (error as { data?: { importId?: string } }).data?.importId
    const job = await waitForJob(client, jobId, io, quiet ?? false).catch(async error => {
      const importId = failedImport(error)
      if (problems && importId) await writeProblems(client, importId, resolve(io.cwd(), problems))
      throw error
    })
    const { importId, already } = job.result as { importId: string; already: boolean }
    const receipt = await client.finops.imports.get({ importId })
    if (problems) {
      await writeProblems(client, importId, resolve(io.cwd(), problems))
      note(context, quiet, `Problems are in ${problems}.`)
    }
    return { ...receipt, already }
  } finally {
    membership.files.release(handle)
  }
}

/** Writes an import's problems as CSV. */
export async function writeProblems(client: Client, importId: string, path: string): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 })
  file.write('severity,code,line,column,value,rows,reason\n')
  for (let offset = 0; ; ) {
    const { problems } = await client.finops.imports.problems({ importId, offset, limit: 5000 })
    for (const one of problems) file.write(csvLine(one))
    offset += problems.length
    if (problems.length === 0) break
  }
  file.end()
  await finished(file)
}

function csvLine({ severity, code, line, column, value, rows, reason }: z.infer<typeof Problem>): string {
  const quote = (field: string | number | null) => {
    // A spreadsheet would run a field that begins like a formula.
    const text = String(field ?? '').replace(/^(?=[=+\-@\t\r])/, "'")
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return `${[severity, code, line, column, value, rows, reason].map(quote).join(',')}\n`
}

export function shownReceipt(receipt: Import & { already?: boolean }): string {
  const proof = receipt.proof.map(
    one =>
      `  ${one.measure} ${one.currency}: stored ${one.stored} + residual ${one.residual} = ${one.file} of the file`,
  )
  return [
    receipt.already
      ? `${harmless(receipt.fileName)} is in force already (import ${receipt.id}); nothing was changed.`
      : `${harmless(receipt.fileName)}: ${receipt.state} as import ${receipt.id}.`,
    `  ${receipt.format} ${receipt.version ?? ''}, ${bytes(receipt.size)}; rows read ${receipt.read}, stored ${receipt.stored}, refused ${receipt.refused}, duplicates ${receipt.duplicates}`,
    ...receipt.totals.map(one => `  ${one.currency}: billed ${one.billed}, effective ${one.effective}`),
    ...receipt.batches.map(
      ({ source, account, period, lines }) =>
        `  ${harmless(`${source} ${account ?? ''}`).trim()} ${day(period.from)} to ${day(period.to)}: ${lines} lines`,
    ),
    ...proof,
    ...receipt.problemCounts.map(({ code, count }) => `  ${code}: ${count} rows`),
  ].join('\n')
}

function shownInspection(found: Inspection): string {
  const { file, format, version, reading } = found
  return [
    `${harmless(file.name)}: ${format} ${version ?? ''}, ${bytes(file.size)}, ${reading.encoding}, ${found.lines} lines${found.complete ? '' : ' at its beginning'}.`,
    ...(found.already ? [`  It is in force already as import ${found.already.importId}.`] : []),
    ...found.totals.map(one => `  ${one.currency}: billed ${one.billed}, effective ${one.effective}`),
    ...(found.needed.length > 0 ? [`  Needed and missing: ${found.needed.join(', ')}`] : []),
    ...(found.unsure.length > 0 ? [`  Look at: ${found.unsure.join(', ')}`] : []),
    ...found.batches.map(
      batch =>
        `  ${harmless(`${batch.source} ${batch.account ?? ''}`).trim()} ${day(batch.period.from)} to ${day(batch.period.to)}: ${batch.lines} lines` +
        (batch.replaces
          ? `; stands beside ${harmless(batch.replaces.fileName)} of ${day(batch.replaces.publishedAt)}`
          : ''),
    ),
    table(
      found.columns.filter(column => column.target !== null),
      [
        { title: '  COLUMN', value: column => `  ${column.source}` },
        { title: 'STORED AS', value: column => column.target ?? '' },
      ],
    ),
    ...(found.problemCount > 0
      ? [
          `  ${found.problemCount} problems; the first:`,
          ...found.problems
            .slice(0, 10)
            .map(one => `  line ${one.line ?? '-'} ${one.column ?? ''}: ${harmless(one.reason)}`),
        ]
      : []),
  ].join('\n')
}
