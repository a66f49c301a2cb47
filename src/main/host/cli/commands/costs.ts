import { copyFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import type { Client } from '#serving/client.ts'
import {
  Dimension,
  type ExploreInput,
  type ExploreRow,
  type Filter,
  Grain,
  Measure,
} from '#shared/contract/finops-costs.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { day, exactDecimal, shownAmount } from '../format.ts'
import { table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'
import type { Session } from '../session.ts'

interface CostsOptions {
  by: Dimension[]
  measure: z.infer<typeof Measure>
  grain: z.infer<typeof Grain>
  from?: string
  to?: string
  zone: string
  where: Filter[]
  top: number
  lines?: number
  export?: string
}

/** `2026`, `2026-03` or `2026-03-15`: the first day of it. */
const dayOf = (text: string): Temporal.PlainDate => {
  const [, year, month = '01', date = '01'] = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text) ?? []
  try {
    return Temporal.PlainDate.from(`${year}-${month}-${date}`)
  } catch {
    throw refuse('USAGE_DATE', { text }, `'${text}' is not a year, a month (2026-03) or a day (2026-03-15).`)
  }
}

/** The first day after what the text names: `2026-03` ends before April. */
const dayAfter = (text: string): Temporal.PlainDate => {
  const parts = text.split('-').length
  return dayOf(text).add(parts === 1 ? { years: 1 } : parts === 2 ? { months: 1 } : { days: 1 })
}

const dimensions = (text: string): Dimension[] =>
  text.split(',').map(part => {
    const parsed = Dimension.safeParse(part.trim())
    if (!parsed.success)
      throw new InvalidArgumentError(
        "A dimension is a name such as 'service', 'tag:<key>' or 'column:<name>'.",
      )
    return parsed.data
  })

const CONDITION = /^(.+?)(!=|~=|=)(.*)$/
const OPERATORS = { '=': 'is', '!=': 'is-not', '~=': 'contains' } as const

const condition = (text: string, before: Filter[]): Filter[] => {
  const [, name, operator, value] = CONDITION.exec(text) ?? []
  const dimension = Dimension.safeParse(name?.trim())
  if (!dimension.success || operator === undefined || value === undefined)
    throw new InvalidArgumentError('A condition is <dimension>=<value>, != (is not) or ~= (contains).')
  const empty = value === '' && operator !== '~='
  const made: Filter = empty
    ? { dimension: dimension.data, op: operator === '=' ? 'is-empty' : 'is-not-empty' }
    : {
        dimension: dimension.data,
        op: OPERATORS[operator as keyof typeof OPERATORS],
        values: value.split('|'),
      }
  return [...before, made]
}

export function costsCommand(program: Command, context: CliContext): void {
  program
    .command('costs')
    .description(
      'Add costs up by one or two dimensions over time, list the lines behind them, or export them.',
    )
    .option(
      '--by <dimensions>',
      'at most two: provider, service, account, region, customer …, tag:<key>, column:<name>',
      dimensions,
      ['service'],
    )
    .addOption(
      new Option('--measure <measure>', 'what is added up').choices(Measure.options).default('effective'),
    )
    .addOption(new Option('--grain <grain>', 'columns over time').choices(Grain.options).default('month'))
    .option('--from <date>', 'a year, month or day; default: the latest three months there are')
    .option('--to <date>', 'the last year, month or day that counts')
    .option('--zone <zone>', 'whose days: bills are in UTC', 'UTC')
    .option(
      '--where <condition>',
      "such as service=AmazonEC2, 'region!=us-east-1|eu-west-1', tag:team~=data; can be repeated",
      condition,
      [],
    )
    .option('--top <count>', 'rows; what is left is one more', Number, 20)
    .option('--lines <count>', 'list this many lines instead, the most expensive first', Number)
    .option('--export <file>', 'write what is shown to this .csv or .xlsx file')
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck costs --by service --from 2026-01 --to 2026-06
  quarterdeck costs --by customer,service --where provider=AWS --json
  quarterdeck costs --lines 20 --where 'service=Amazon Bedrock'
  quarterdeck costs --by service --export costs.xlsx`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<CostsOptions>(command)
        const client = await session.acting()
        const period = await periodOf(client, options)
        if (options.lines !== undefined) {
          const found = await client.finops.costs.lines({
            period,
            filters: options.where,
            limit: options.lines,
          })
          print(context, options.json, found, () => shownLines(found))
          return
        }
        const query: z.input<typeof ExploreInput> = {
          ...{ period, filters: options.where, measure: options.measure, by: options.by },
          ...{ grain: options.grain, zone: options.zone, top: options.top },
        }
        if (options.export !== undefined) {
          await exportCosts(context, session, client, query, options)
          return
        }
        const found = await client.finops.costs.explore(query)
        note(
          context,
          options.quiet,
          `${options.measure} cost, ${day(period.from)} to ${day(period.to)} (${found.source}, ${found.took.toFixed(0)} ms)`,
        )
        print(context, options.json, exact(found), () => shownRows(found, options))
      }),
    )
}

async function periodOf(client: Client, { from, to, zone }: CostsOptions) {
  const at = (date: Temporal.PlainDate) => BigInt(date.toZonedDateTime(zone).epochMilliseconds)
  if (from !== undefined) {
    const period = { from: at(dayOf(from)), to: at(dayAfter(to ?? from)) }
    if (period.from >= period.to) throw refuse('USAGE_PERIOD', {}, 'The period ends before it begins.')
    return period
  }
  const there = await client.finops.costs.freshness({})
  if (there.to === null || there.from === null)
    throw refuse(
      'FINOPS_COSTS_NOT_FOUND',
      {},
      'There are no costs yet. Bring a bill in: quarterdeck import <file>',
    )
  const last = Temporal.Instant.fromEpochMilliseconds(Number(there.to) - 1)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
  const end = to === undefined ? last.with({ day: 1 }).add({ months: 1 }) : dayAfter(to)
  return { from: at(end.subtract({ months: 3 })), to: at(end) }
}

async function exportCosts(
  context: CliContext,
  { membership, io }: Session,
  client: Client,
  query: z.input<typeof ExploreInput>,
  options: CostsOptions & { json?: boolean; quiet?: boolean },
): Promise<void> {
  const path = resolve(io.cwd(), options.export!)
  const format = extname(path).slice(1).toLowerCase()
  if (format !== 'csv' && format !== 'xlsx')
    throw refuse('USAGE_FORMAT', {}, 'An export is a .csv or an .xlsx file: name it so.')
  const place = membership.files.forExport(path)
  try {
    const { jobId } = await client.finops.costs.export({
      fileId: place.handle,
      format,
      what: { kind: 'explore', query },
    })
    const { result } = await waitForJob(client, jobId, io, options.quiet ?? false)
    copyFileSync(place.path, path)
    print(context, options.json, { ...(result as object), path }, () => path)
  } finally {
    membership.files.release(place.handle)
  }
}

type Explored = Awaited<ReturnType<Client['finops']['costs']['explore']>>

/** Amounts as exact decimals: what scripts work with. */
function exact(found: Explored) {
  const row = ({ keys, currency, unit, scale, amounts, total, lines, merged }: ExploreRow) => ({
    ...{ keys, currency, unit, lines, merged },
    amounts: amounts.map(amount => exactDecimal(amount, scale)),
    total: exactDecimal(total, scale),
  })
  return {
    buckets: found.buckets.map(({ from, to }) => ({
      from: new Date(Number(from)),
      to: new Date(Number(to)),
    })),
    rows: found.rows.map(row),
    totals: found.totals.map(row),
  }
}

function shownRows(found: Explored, { by, grain }: CostsOptions): string {
  if (found.rows.length === 0) return 'No costs in this period.'
  const rows = [...found.rows, ...found.totals.map(total => ({ ...total, isTotal: true }))]
  const shown = (row: ExploreRow, amount: bigint) => shownAmount(amount, row.scale, row.currency)
  const keyOf = (row: ExploreRow & { isTotal?: boolean }, i: number): string => {
    if (row.isTotal) return i === 0 ? 'TOTAL' : ''
    if (row.keys === null) return i === 0 ? `the other ${row.merged}` : ''
    return row.keys[i] ?? '(none)'
  }
  const label = (at: bigint) =>
    grain === 'month'
      ? day(at).slice(0, 7)
      : grain === 'hour'
        ? new Date(Number(at)).toISOString().slice(0, 16)
        : day(at)
  const overTime = found.buckets.length > 1
  return table(rows, [
    ...by.map((dimension, i) => ({
      title: dimension.toUpperCase(),
      value: (row: ExploreRow) => keyOf(row, i),
    })),
    ...(overTime
      ? found.buckets.map(({ from }, i) => ({
          ...{ title: label(from), align: 'right' as const },
          value: (row: ExploreRow) => shown(row, row.amounts[i] ?? 0n),
        }))
      : []),
    { title: 'TOTAL', value: row => shown(row, row.total), align: 'right' },
    { title: '', value: row => row.currency ?? row.unit ?? '' },
  ])
}

function shownLines({ lines, count }: Awaited<ReturnType<Client['finops']['costs']['lines']>>): string {
  const columns = [
    'ChargePeriodStart',
    'ServiceName',
    'ResourceId',
    'ChargeDescription',
    'EffectiveCost',
    'BillingCurrency',
  ]
  const present = columns.filter(column => lines.some(line => (line.values[column] ?? null) !== null))
  const rows = table(
    lines,
    present.map(column => ({
      title: column,
      value: (line: (typeof lines)[number]) => (line.values[column] ?? '').slice(0, 60),
      ...(column === 'EffectiveCost' ? { align: 'right' as const } : {}),
    })),
  )
  return `${rows}\n${lines.length} of ${count} lines`
}
