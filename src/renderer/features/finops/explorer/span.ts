import type { DayRange } from '#renderer/ui/format/period.ts'
import type { ExplorerState } from './address.ts'

const DAY_MS = 86_400_000

export interface Span {
  readonly from: bigint
  readonly to: bigint
}

/**
 * The instants of a range of calendar days in UTC. «Everything» is confined to the months that the bills
 * reach, so that a chart of it does not begin in 1970.
 */
export function clampPeriod(range: DayRange, first: bigint | null, last: bigint | null): Span {
  const from = BigInt(Date.parse(range.start))
  const to = BigInt(Date.parse(range.end))
  if (first === null || last === null || to - from < BigInt(DAY_MS) * 36_500n) return { from, to }
  return { from: monthStart(first, 0), to: monthStart(last - 1n, 1) }
}

function monthStart(at: bigint, months: number): bigint {
  const date = new Date(Number(at))
  return BigInt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1))
}

/** Most days that each grain can show before its columns are too many to read. */
const MOST_DAYS = { hour: 31, day: 800, week: 5600, month: 36_500, none: Number.POSITIVE_INFINITY } as const

/** The grain asked for, or the next coarser one that can show a span of this length. */
export function grainFor(wanted: ExplorerState['grain'], span: Span): ExplorerState['grain'] {
  const days = Number(span.to - span.from) / DAY_MS
  const order = ['hour', 'day', 'week', 'month', 'none'] as const
  return order.slice(order.indexOf(wanted)).find(grain => days <= MOST_DAYS[grain]) ?? 'none'
}
