import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCli } from './host.ts'

/*
 * A company with sixty customers in the middle of its billing: four months closed and issued, and the usage of
 * October 2026 in a file that nobody has brought in yet. Some of October deserves a second look, and one file
 * of September comes late. Everything is worked out from the number of a customer, so every run is the same.
 */

export const MONTH = '2026-10'
export const EARLIER = ['2026-06', '2026-07', '2026-08', '2026-09'] as const
export const CUSTOMERS = 60

/** What is unusual in October, by the number of the customer. */
const JUMPS: ReadonlySet<number> = new Set([3, 17, 29, 44])
const NEW_METRIC: ReadonlySet<number> = new Set([8, 33])
const BEGAN_IN_OCTOBER: ReadonlySet<number> = new Set([21, 52])
const LATE_IN_SEPTEMBER: ReadonlySet<number> = new Set([12])

const FIRST = [
  'Amber',
  'Birch',
  'Cobalt',
  'Delta',
  'Ember',
  'Fjord',
  'Granite',
  'Harbour',
  'Indigo',
  'Juniper',
]
const SECOND = ['Analytics', 'Freight', 'Health', 'Media', 'Robotics', 'Software']

const keyOf = (n: number) => `c-${String(n).padStart(2, '0')}`
const nameOf = (n: number) => `${FIRST[n % FIRST.length]} ${SECOND[Math.floor(n / FIRST.length)]}`
const planOf = (n: number) => (n % 10 === 0 ? 'enterprise' : n % 3 === 0 ? 'professional' : 'starter')

function customersFile(): string {
  const rows = Array.from({ length: CUSTOMERS }, (_, n) =>
    [
      ...[keyOf(n), nameOf(n), `ap@${keyOf(n)}.example`, 'US', 'USD', 'UTC', '0.08'],
      ...[planOf(n), '1', BEGAN_IN_OCTOBER.has(n) ? '2026-10-01' : '2026-06-01', '0'],
    ].join(','),
  )
  return ['key,name,email,country,currency,zone,tax_rate,plan,seats,started_at,trial_days', ...rows, ''].join(
    '\n',
  )
}

interface Event {
  readonly id: string
  readonly customer: string
  readonly metric: string
  readonly quantity: string
  readonly at: string
}

/** Usage that hardly differs from month to month, above what the plans leave free. */
function usualUsage(n: number, month: string): Event[] {
  const wobble = (n * 7 + Number(month.slice(5)) * 13) % 11
  const jump = month === MONTH && JUMPS.has(n) ? 34 : 10
  const days = [2, 6, 11, 16, 21, 26]
  const each = (metric: string, quantity: number): Event[] =>
    days.map(day => ({
      id: `${keyOf(n)}-${metric}-${month}-${day}`,
      customer: keyOf(n),
      metric,
      quantity: String(quantity),
      at: `${month}-${String(day).padStart(2, '0')}T10:00:00Z`,
    }))
  return [
    ...each('api-calls', Math.round(((300_000 + n * 9000) * (100 + wobble) * jump) / 1000)),
    ...each('model-tokens', (500_000 + n * 20_000) * (100 + wobble)),
    ...each('storage', 120 + n + wobble),
    ...(month === MONTH && NEW_METRIC.has(n) ? each('dashboards', 60) : []),
  ]
}

function usageOf(months: readonly string[]): Event[] {
  return months.flatMap(month =>
    Array.from({ length: CUSTOMERS }, (_, n) => n)
      .filter(n => month === MONTH || !BEGAN_IN_OCTOBER.has(n))
      .flatMap(n => usualUsage(n, month)),
  )
}

function csv(events: readonly Event[]): string {
  return [
    'id,customer,metric,quantity,at',
    ...events.map(({ id, customer, metric, quantity, at }) => [id, customer, metric, quantity, at].join(',')),
    '',
  ].join('\n')
}

/** Late usage of September: it belongs to a month that is closed. */
function lateUsage(): Event[] {
  return [...LATE_IN_SEPTEMBER].map(n => ({
    id: `${keyOf(n)}-late`,
    customer: keyOf(n),
    metric: 'api-calls',
    quantity: '450000',
    at: '2026-09-28T18:00:00Z',
  }))
}

/** The key of a customer by its name. */
export function keyOfCustomer(name: string): string {
  const n = Array.from({ length: CUSTOMERS }, (_, at) => at).find(at => nameOf(at) === name)
  if (n === undefined) throw new Error(`Nobody is called ${name}.`)
  return keyOf(n)
}

/** Runs a command line of the application and gives what it printed. Throws when it fails. */
export async function cli(args: readonly string[]): Promise<string> {
  let printed = ''
  const write = process.stdout.write
  const failed: string[] = []
  const writeError = process.stderr.write
  process.stdout.write = ((text: string | Uint8Array) => {
    printed += text.toString()
    return true
  }) as typeof write
  process.stderr.write = ((text: string | Uint8Array) => {
    failed.push(text.toString())
    return true
  }) as typeof write
  try {
    const code = await runCli(args)
    if (code !== 0) throw new Error(`quarterdeck ${args.join(' ')}: exit code ${code}\n${failed.join('')}`)
    return printed
  } finally {
    process.stdout.write = write
    process.stderr.write = writeError
  }
}

export interface BillingMonth {
  /** The folder of the workspace. */
  readonly workspace: string
  /** The usage of October. */
  readonly october: string
  /** A file of September that comes late. */
  readonly late: string
}

/**
 * Makes the workspace in `workspace` and the files beside it in `folder`. What is not part of what is tested
 * goes by the command line: the company, its customers, four months of usage, closed and issued.
 */
export async function makeBillingMonth(workspace: string, folder: string): Promise<BillingMonth> {
  const put = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const at = ['--workspace', workspace]
  await cli([
    ...['setup', ...at, '--name', 'Harbour Ltd', '--currency', 'USD', '--zone', 'Europe/Berlin'],
    ...['--admin', 'Ada Lovelace <ada@harbour.example>'],
  ])
  const { recoveryKey } = JSON.parse(await cli(['keys', 'recovery', ...at, '--json']))
  await cli(['keys', 'recovery', ...at, '--confirm', recoveryKey])
  await cli(['plans', 'defaults', ...at])
  await cli(['customers', 'import', ...at, put('customers.csv', customersFile())])
  for (const month of EARLIER) {
    await cli(['usage', 'import', ...at, put(`usage-${month}.csv`, csv(usageOf([month])))])
    await cli(['close', ...at, '--period', month])
    const listed = JSON.parse(await cli(['invoices', 'list', ...at, '--period', month, '--json']))
    const ids = (listed.invoices as { id: string }[]).map(({ id }) => id)
    await cli(['invoices', 'approve', ...at, ...ids])
    await cli(['invoices', 'issue', ...at, ...ids])
  }
  return {
    workspace,
    october: put(`usage-${MONTH}.csv`, csv(usageOf([MONTH]))),
    late: put('usage-2026-09-late.csv', csv(lateUsage())),
  }
}
