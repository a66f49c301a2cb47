/**
 * Ten million cost lines by arithmetic on their number, so that this program and DuckDB make the very same rows
 * without a file between them. Every formula is stated twice: for JavaScript below, for SQL in `costRowsSql`.
 */
export const MONTHS = 24
export const PROVIDERS = ['AWS', 'Azure', 'GCP'] as const
export const BATCHES = MONTHS * PROVIDERS.length
const FIRST_MONTH = { year: 2024, month: 10 }
const HOUR = 3_600_000

/** The beginning of the n-th month. */
export function monthStart(month: number): number {
  return Date.UTC(FIRST_MONTH.year, FIRST_MONTH.month + month, 1)
}

/** A column of texts: `prefix` and a number below `size`, small numbers far more often than large ones. */
interface TextFormula {
  readonly id: string
  readonly prefix: string
  readonly size: number
  readonly seed: number
}

export const TEXTS: readonly TextFormula[] = [
  { id: 'ServiceName', prefix: 'Service ', size: 60, seed: 3 },
  { id: 'SubAccountId', prefix: 'account-', size: 40, seed: 5 },
  { id: 'RegionId', prefix: 'region-', size: 20, seed: 7 },
  { id: 'ChargeCategory', prefix: 'Category ', size: 5, seed: 11 },
  { id: 'ResourceId', prefix: 'arn:cloud:compute:resource/i-', size: 100_000, seed: 13 },
  { id: 'Department', prefix: 'Department ', size: 8, seed: 17 },
  { id: 'Project', prefix: 'project-', size: 60, seed: 19 },
  { id: 'User', prefix: 'user', size: 500, seed: 23 },
  { id: 'Customer', prefix: 'customer-', size: 240, seed: 29 },
  { id: 'SkuId', prefix: 'SKU', size: 1000, seed: 31 },
  { id: 'ChargeDescription', prefix: 'Charged per unit of use, schedule ', size: 300, seed: 37 },
]

const GOLDEN = 0x9e3779b1
/** A number below 2^32 from a row and a seed. */
function mix(row: number, seed: number): number {
  const once = Math.imul(row + seed * 1013, GOLDEN) >>> 0
  return Math.imul((once >>> 9) + seed, 0x85ebca77) >>> 0
}

function below(row: number, seed: number, size: number): number {
  return (mix(row, seed) >>> 8) % size
}

/** Numbers below `size`, the small ones more often. */
export function skewed(row: number, seed: number, size: number): number {
  return Math.floor((below(row, seed, size) * below(row, seed + 101, size)) / size)
}

/** Billed cost in 10^-9: up to 1.65, and one line in a thousand a thousand times as much. */
export function billed(row: number): number {
  const amount = below(row, 41, 1_000_003) * (1 + below(row, 43, 97)) * 17
  return below(row, 47, 1000) === 0 ? amount * 1000 : amount
}

export function quantity(row: number): number {
  return below(row, 53, 100_000)
}

/** The beginning of the charge: an hour of the month. */
export function chargeStart(row: number, month: number): number {
  const hours = (monthStart(month + 1) - monthStart(month)) / HOUR
  return monthStart(month) + below(row, 59, hours) * HOUR
}

/** Row numbers of a batch, half-open. Batch b is provider b % 3 in month b / 3. */
export function batchRows(batch: number, rows: number): { from: number; to: number } {
  const size = Math.ceil(rows / BATCHES)
  return { from: batch * size, to: Math.min(rows, (batch + 1) * size) }
}

const sqlMix = (seed: number) =>
  `(((((((i + ${seed * 1013}) * ${GOLDEN}) % 4294967296) >> 9) + ${seed}) * ${0x85ebca77}) % 4294967296)`
const sqlBelow = (seed: number, size: number | string) => `((${sqlMix(seed)} >> 8) % ${size})`
const sqlSkewed = (seed: number, size: number) =>
  `((${sqlBelow(seed, size)} * ${sqlBelow(seed + 101, size)}) // ${size})`

/** The statement that makes the same rows as a table of DuckDB. */
export function costRowsSql(table: string, rows: number): string {
  const size = Math.ceil(rows / BATCHES)
  const month = `(i // ${size}) // ${PROVIDERS.length}`
  const starts = Array.from({ length: MONTHS + 1 }, (_, n) => monthStart(n))
  const hours = starts.slice(1).map((end, n) => (end - starts[n]!) / HOUR)
  const pick = (list: readonly (number | string)[], at: string) =>
    `[${list.map(item => (typeof item === 'string' ? `'${item}'` : item)).join(', ')}][${at} + 1]`
  const amount = `${sqlBelow(41, 1_000_003)} * (1 + ${sqlBelow(43, 97)}) * 17`
  return `CREATE TABLE ${table} AS
    WITH raw AS (
      SELECT i, ${pick(starts, month)}::BIGINT AS month_start, ${pick(hours, month)}::BIGINT AS hours,
        ${pick(PROVIDERS, `(i // ${size}) % ${PROVIDERS.length}`)} AS provider,
        ${amount} * (CASE WHEN ${sqlBelow(47, 1000)} = 0 THEN 1000 ELSE 1 END) AS billed
      FROM range(${rows}) AS t(i)
    )
    SELECT epoch_ms(month_start + ${sqlBelow(59, 'hours')} * ${HOUR}) AS ChargePeriodStart,
      'USD' AS BillingCurrency, provider AS ProviderName,
      ${TEXTS.map(({ id, prefix, size: count, seed }) => `'${prefix}' || ${sqlSkewed(seed, count)} AS ${id}`).join(',\n      ')},
      'Hours' AS ConsumedUnit,
      billed::BIGINT AS BilledCost, (billed * 9 // 10)::BIGINT AS EffectiveCost,
      (billed * 12 // 10)::BIGINT AS ListCost, (billed * 11 // 10)::BIGINT AS ContractedCost,
      ${sqlBelow(53, 100_000)}::BIGINT AS ConsumedQuantity
    FROM raw`
}
