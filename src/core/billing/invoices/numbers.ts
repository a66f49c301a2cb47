import { Temporal } from 'temporal-polyfill'
import type { Tx } from '#core/database/store.ts'
import type { Settings } from '#shared/settings.ts'

/** Digits of a number within its year; more follow where a year has more documents. */
const DIGITS = 5

/** What the numbers of a legal entity begin with. */
export interface Prefixes {
  readonly invoice: string
  readonly creditNote: string
}

/**
 * What a document is numbered by: invoices and credit notes apart, each from 1 in every year.
 * @param own of the legal entity that bills; without one those of the settings
 */
export function seriesOf(
  kind: 'invoice' | 'credit-note',
  settings: Pick<Settings, 'billing.invoicePrefix' | 'billing.creditNotePrefix' | 'workspace.zone'>,
  at: bigint,
  own: Prefixes | null = null,
): string {
  const { invoice, creditNote } = own ?? {
    invoice: settings['billing.invoicePrefix'],
    creditNote: settings['billing.creditNotePrefix'],
  }
  const prefix = kind === 'invoice' ? invoice : creditNote
  const zone = settings['workspace.zone'] ?? 'UTC'
  const { year } = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
  // Two kinds of documents with one prefix would take each other's numbers.
  const same = invoice === creditNote
  return same && kind === 'credit-note' ? `${prefix}-C-${year}` : `${prefix}-${year}`
}

/**
 * Takes the next number of a series, without gaps: it is counted in the transaction of the document that gets
 * it, commands of a workspace run one after the other, and what is refused is taken back with its number.
 */
export async function takeNumber(tx: Tx, series: string): Promise<string> {
  const { next } = await tx.db
    .insertInto('number_series')
    .values({ series, next: 2n })
    .onConflict(conflict =>
      conflict.column('series').doUpdateSet(eb => ({ next: eb('number_series.next', '+', 1n) })),
    )
    .returning('next')
    .executeTakeFirstOrThrow()
  return `${series}-${(next - 1n).toString().padStart(DIGITS, '0')}`
}
