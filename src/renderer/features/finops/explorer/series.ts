import type { z } from 'zod'
import type { ExploreOutput, ExploreRow } from '#shared/contract/finops-costs.ts'

export type Explored = z.infer<typeof ExploreOutput>

/** A currency with its unit for quantities: amounts of different ones are never added or drawn together. */
export interface Denomination {
  readonly currency: string | null
  readonly unit: string | null
}

export function sameDenomination(a: Denomination, b: Denomination): boolean {
  return a.currency === b.currency && a.unit === b.unit
}

/** The denomination as people read it: the currency's code, or the unit of a quantity. */
export function denominationText({ currency, unit }: Denomination): string {
  return unit ?? currency ?? '–'
}

/** The denominations of a result, the one with the most lines first. */
export function denominations(result: Explored): Denomination[] {
  return [...result.totals]
    .sort((a, b) => b.lines - a.lines)
    .map(({ currency, unit }) => ({ currency, unit }))
}

/** A result with its denominations in that order, instead of the alphabet's. */
export function inOrder(result: Explored): Explored {
  const order = denominations(result)
  const place = (row: Denomination) => order.findIndex(one => sameDenomination(one, row))
  const sorted = (rows: readonly ExploreRow[]) => [...rows].sort((a, b) => place(a) - place(b))
  return { ...result, rows: sorted(result.rows), totals: sorted(result.totals) }
}

/** The denomination that the chart shows: the one asked for where it is there, else the one with most lines. */
export function shownDenomination(result: Explored, wanted: string | null): Denomination | null {
  const all = denominations(result)
  return all.find(one => denominationText(one) === wanted) ?? all[0] ?? null
}

/** An amount as a double, for drawing only. */
export function toNumber(amount: bigint, scale: number): number {
  return Number(amount) / 10 ** scale
}

export interface DrawnSeries {
  /** Null for the row of the rest. */
  readonly keys: ExploreRow['keys']
  readonly values: readonly number[]
  readonly total: number
  readonly merged: number
}

/**
 * What a chart draws: at most `most` series of one denomination, the largest first; everything else is the
 * last one. Sums are of whole rows, so the drawn total is the table's total.
 */
export function drawnSeries(result: Explored, denomination: Denomination, most: number): DrawnSeries[] {
  const rows = result.rows.filter(row => sameDenomination(row, denomination))
  const own = rows.filter(row => row.keys !== null).slice(0, most)
  const rest = rows.filter(row => !own.includes(row))
  const drawn = own.map(row => draw(row.keys, [row]))
  return rest.length > 0 ? [...drawn, draw(null, rest)] : drawn
}

function draw(keys: ExploreRow['keys'], rows: readonly ExploreRow[]): DrawnSeries {
  const values = rows[0]!.amounts.map((_, bucket) =>
    rows.reduce((sum, row) => sum + toNumber(row.amounts[bucket]!, row.scale), 0),
  )
  return {
    keys,
    values,
    total: rows.reduce((sum, row) => sum + toNumber(row.total, row.scale), 0),
    merged: rows.reduce((sum, row) => sum + row.merged, 0),
  }
}

/** The change against the period before as a share; null where there was nothing before. */
export function changeOf(row: Pick<ExploreRow, 'total' | 'previousTotal'>): number | null {
  if (row.previousTotal === null || row.previousTotal === 0n) return null
  const before = row.previousTotal < 0n ? -row.previousTotal : row.previousTotal
  return Number(row.total - row.previousTotal) / Number(before)
}
