import { findCurrency } from '#shared/currencies.ts'
import { scaleOf, sumReader } from './accumulator.ts'
import type { BucketSpans } from './explore.ts'
import type { ExploreQuery, ExploreResult, ExploreRow } from './query.ts'
import { type GroupTable, rankGroups } from './ranking.ts'
import { type DimensionTexts, keyText } from './text-space.ts'

/** Makes rows of sums: the largest by themselves, the others as one, and the totals. */
export function resultOf(
  query: ExploreQuery,
  spans: BucketSpans,
  table: GroupTable,
  columns: readonly DimensionTexts[],
  dimensions: readonly DimensionTexts[],
): ExploreResult {
  const current = spans.current.length
  const { sums, layout, buckets } = table
  const scale = scaleOf(sums)
  const read = sumReader(sums, layout, scale)
  const rows: ExploreRow[] = []
  const totals: ExploreRow[] = []
  for (const { columns: fixed, largest, rest } of rankGroups(table, current, query.top, dimensions)) {
    const currency = keyText(columns[0]!, fixed[0]!)
    const unit = query.measure === 'quantity' ? keyText(columns[1]!, fixed[1]!) : null
    const rowOf = (groups: readonly number[], keys: ExploreRow['keys']): ExploreRow => {
      const cells = Array.from({ length: buckets }, (_, bucket) => read(groups, bucket, bucket + 1))
      const amounts = cells.slice(0, current)
      const previous = spans.previous && cells.slice(current)
      return {
        ...{ keys, currency, unit, scale, amounts, previous },
        total: total(amounts),
        previousTotal: previous && total(previous),
        lines: countLines(table, groups, current),
        merged: groups.reduce((count, group) => count + table.merged(group), 0),
      }
    }
    const own = largest.map(group => {
      const keys = table.keys(group).dimensions
      return rowOf([group], keys?.map((key, i) => keyText(dimensions[i]!, key)) ?? null)
    })
    if (rest.length > 0) own.push(rowOf(rest, null))
    rows.push(...own)
    totals.push({ ...own.reduce(plus), keys: null })
  }
  const settle = settleScales(query, totals.concat(rows))
  return {
    buckets: spans.current,
    previousBuckets: spans.previous,
    rows: rows.map(settle).sort(byCurrencyAndUnit),
    totals: totals.map(settle).sort(byCurrencyAndUnit),
    source: 'segments',
  }
}

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

function countLines({ sums, layout }: GroupTable, groups: readonly number[], current: number): number {
  let lines = 0
  for (const group of groups) {
    for (let bucket = 0; bucket < current; bucket++) {
      lines += sums.lines[group * layout.perGroup + bucket * layout.perBucket]!
    }
  }
  return lines
}

/** The sum of two rows of one currency and unit. */
function plus(a: ExploreRow, b: ExploreRow): ExploreRow {
  const add = (cells: readonly bigint[], more: readonly bigint[]) => cells.map((cell, i) => cell + more[i]!)
  return {
    ...a,
    keys: null,
    amounts: add(a.amounts, b.amounts),
    total: a.total + b.total,
    previous: a.previous && add(a.previous, b.previous!),
    previousTotal: a.previousTotal === null ? null : a.previousTotal + b.previousTotal!,
    lines: a.lines + b.lines,
    merged: a.merged + b.merged,
  }
}

/** Decimal places of costs in a currency that is not known. */
const COST_SCALE = 9

/**
 * Brings amounts to the scale they are shown in: costs to that of their currency, quantities to the smallest
 * that holds them all. Costs are stored at their currency's scale, so nothing is lost; should one not fit, its
 * currency keeps the larger scale.
 */
function settleScales(query: ExploreQuery, rows: readonly ExploreRow[]): (row: ExploreRow) => ExploreRow {
  if (query.measure === 'quantity') {
    let spare = rows[0]?.scale ?? 0
    for (const cell of rows.flatMap(cellsOf)) while (spare > 0 && cell % 10n ** BigInt(spare) !== 0n) spare--
    return row => atScale(row, row.scale - spare)
  }
  const wanted = new Map<string | null, number>()
  for (const row of rows) {
    let scale = wanted.get(row.currency) ?? costScale(row.currency)
    const divisor = 10n ** BigInt(Math.max(0, row.scale - scale))
    if (cellsOf(row).some(cell => cell % divisor !== 0n)) scale = row.scale
    wanted.set(row.currency, scale)
  }
  return row => atScale(row, wanted.get(row.currency)!)
}

function costScale(currency: string | null): number {
  return (currency === null ? undefined : findCurrency(currency)?.costScale) ?? COST_SCALE
}

function cellsOf({ amounts, previous }: ExploreRow): bigint[] {
  return [...amounts, ...(previous ?? [])]
}

function atScale(row: ExploreRow, scale: number): ExploreRow {
  if (scale === row.scale) return row
  const factor = 10n ** BigInt(Math.abs(scale - row.scale))
  const change = (amount: bigint) => (scale > row.scale ? amount * factor : amount / factor)
  return {
    ...row,
    scale,
    amounts: row.amounts.map(change),
    total: change(row.total),
    previous: row.previous?.map(change) ?? null,
    previousTotal: row.previousTotal === null ? null : change(row.previousTotal),
  }
}

/** Null first; the order among rows of one currency and unit stays. */
function byCurrencyAndUnit(a: ExploreRow, b: ExploreRow): number {
  return compareTexts(a.currency, b.currency) || compareTexts(a.unit, b.unit)
}

function compareTexts(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return a < b ? -1 : 1
}
