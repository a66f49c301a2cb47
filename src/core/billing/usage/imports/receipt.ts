import { EXACT_PLACES, quantityText } from '#engines/billing/usage-event.ts'
import { fromCanonical } from '#shared/canonical.ts'

/** Events of a metric and the sum of their quantities, in units of its scale. */
export interface MetricTotal {
  readonly events: number
  readonly units: bigint
  /** What rounding took away, in units of 10^-30; nothing of what is stored. */
  readonly rest: bigint
}
export type MetricTotals = Readonly<Record<string, MetricTotal>>

/** What is kept of an import besides its numbers of rows. It grows with each write, so that a crash loses none of it. */
export interface UsageReceipt {
  /** When the file was changed last, in milliseconds: an import goes on only with the same file. */
  readonly changedAt: number
  /** Refused rows by reason. */
  readonly problems: Readonly<Record<string, number>>
  /** By the metric's key: what was stored. */
  readonly stored: MetricTotals
  /** By the metric's key: what the good rows of the file hold; empty until it is read to its end. */
  readonly file: MetricTotals
}

export const emptyReceipt: UsageReceipt = { changedAt: 0, problems: {}, stored: {}, file: {} }

export function receiptOf(text: string): UsageReceipt {
  return { ...emptyReceipt, ...fromCanonical<Partial<UsageReceipt>>(text) }
}

/** Totals with an event more. */
export function addToTotals(
  totals: Record<string, MetricTotal>,
  metric: string,
  units: bigint,
  rest = 0n,
): void {
  const before = totals[metric] ?? { events: 0, units: 0n, rest: 0n }
  totals[metric] = { events: before.events + 1, units: before.units + units, rest: before.rest + rest }
}

/** The sum as a decimal, as exact as it was written. */
export function totalText({ units, rest }: MetricTotal, scale: number): string {
  return quantityText(units * 10n ** BigInt(EXACT_PLACES - scale) + rest, EXACT_PLACES)
}

export function addCount(counts: Record<string, number>, code: string): void {
  counts[code] = (counts[code] ?? 0) + 1
}
