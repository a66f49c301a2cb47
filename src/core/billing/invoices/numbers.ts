import { Temporal } from 'temporal-polyfill'
import type { Tx } from '#core/database/store.ts'
import type { Settings } from '#shared/settings.ts'

/** Digits of a number within its year; more follow where a year has more documents. */
const DIGITS = 5

/** What a document is numbered by: invoices and credit notes apart, each from 1 in every year. */
export function seriesOf(
  kind: 'invoice' | 'credit-note',
  settings: Pick<Settings, 'billing.invoicePrefix' | 'billing.creditNotePrefix' | 'workspace.zone'>,
  at: bigint,
): string {
  const prefix = settings[kind === 'invoice' ? 'billing.invoicePrefix' : 'billing.creditNotePrefix']
  const zone = settings['workspace.zone'] ?? 'UTC'
  const { year } = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
  // Two kinds of documents with one prefix would take each other's numbers.
  const same = settings['billing.invoicePrefix'] === settings['billing.creditNotePrefix']
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
