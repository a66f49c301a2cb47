import { addDays } from './phases.ts'

/** An invoice that is issued and not paid. */
export interface OpenInvoice {
  readonly dueAt: bigint
  /** Since when dunning counts it as unpaid, whatever the days of grace; null where it does not. */
  readonly unpaidAt?: bigint | null
}

/**
 * How a customer stands with its payments, as instants, so that whoever asks later gets the answer of then:
 * from `pastDueAt` on an invoice is overdue, from `unpaidAt` on the days of grace are over.
 */
export interface Standing {
  readonly pastDueAt: bigint
  readonly unpaidAt: bigint
}

export type StandingState = 'good' | 'past-due' | 'unpaid'

/**
 * The standing that follows from the invoices that are open: the earliest due date counts, and what dunning marked.
 * @param graceDays calendar days of the customer's zone after the due date
 * @returns null where nothing is open
 */
export function standingOf(open: readonly OpenInvoice[], graceDays: number, zone: string): Standing | null {
  const [first] = open.map(invoice => invoice.dueAt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  if (first === undefined) return null
  const byGrace = addDays(first, graceDays, zone)
  const unpaidAt = open.reduce(
    (least, one) => (one.unpaidAt && one.unpaidAt < least ? one.unpaidAt : least),
    byGrace,
  )
  return { pastDueAt: first, unpaidAt }
}

/** What a standing says at an instant. */
export function standingAt(standing: Standing | null, at: bigint): StandingState {
  if (standing === null || at < standing.pastDueAt) return 'good'
  return at < standing.unpaidAt ? 'past-due' : 'unpaid'
}
