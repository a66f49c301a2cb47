import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { convert, findRate, type KnownRate } from '#engines/billing/exchange/find-rate.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { isInUnion } from '#engines/billing/tax/places.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import type { Settings } from '#shared/settings.ts'
import { ratesUntil } from '../exchange/rate-rows.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import type { Parties } from '../invoices/parties.ts'

/** The tax of a document in the currency of the seller's books, with the rate that it was converted by. */
export interface TaxAmount {
  readonly currency: string
  /** Minor units of that currency, as text. */
  readonly amount: string
  /** Units of that currency for one of the document's: a decimal or a fraction. */
  readonly rate: string
  /** Of the rate. */
  readonly day: string
  readonly parts: readonly KnownRate[]
}

/** In which currency the tax of a seller is due; null where nobody said it. */
function booksOf({ workspace }: Parties, settings: Pick<Settings, 'workspace.currency'>): string | null {
  return workspace.entity?.currency ?? settings['workspace.currency']
}

/**
 * Fixes at the issue of a document its tax in the currency of the seller's books, by the rate of the day of issue
 * (Directive 2006/112/EC, Articles 91 and 230: BT-6 and BT-111 of EN 16931). A credit note has the rate of what it
 * corrects, so that a whole one cancels to zero.
 * @throws Refusal `BILLING_TAX_RATE_MISSING` where a legal entity in the European Union lacks the rate: its document
 *   would not say what the law wants it to say
 */
export async function fixTaxAmount(tx: Tx, invoiceId: string, settings: Settings): Promise<void> {
  const invoice = await getInvoice(tx, invoiceId)
  if (invoice.parties === null) return
  const { taxAmount: before, ...parties } = fromCanonical<Parties>(invoice.parties)
  const to = booksOf(parties, settings)
  const abroad =
    to !== null && to !== invoice.currency && findCurrency(to) !== undefined && invoice.tax !== 0n
  const found = abroad
    ? before?.currency === to
      ? before
      : await rateAtIssue(reading(tx), invoice, to, parties, settings)
    : null
  if (abroad && found === null && parties.workspace.entity && isInUnion(parties.workspace.entity.country))
    throw refuse('BILLING_TAX_RATE_MISSING', {
      ...{ currency: invoice.currency, to, day: dayOfIssue(invoice, parties) },
    })
  if (found === null && before === undefined) return
  const taxAmount: TaxAmount | null = found && {
    ...{ currency: to!, rate: found.rate, day: found.day, parts: [...found.parts] },
    amount: String(convert(invoice.tax, found.rate, { from: placesOf(invoice.currency), to: placesOf(to!) })),
  }
  await tx.db
    .updateTable('invoices')
    .set({ parties: canonicalJson({ ...parties, ...(taxAmount ? { taxAmount } : {}) }) })
    .where('id', '=', invoiceId)
    .execute()
}

type Issued = { readonly currency: string; readonly issued_at: bigint | null }

function dayOfIssue({ issued_at }: Issued, { workspace }: Parties): string {
  return zoned(issued_at!, workspace.zone).toPlainDate().toString()
}

async function rateAtIssue(
  reader: Reader,
  invoice: Issued,
  to: string,
  parties: Parties,
  settings: Settings,
) {
  const day = dayOfIssue(invoice, parties)
  const within = settings['billing.rateDays']
  return findRate(await ratesUntil(reader.db, day, within), { from: invoice.currency, to, day, within })
}
