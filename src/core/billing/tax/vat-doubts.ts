import type { Tx } from '#core/database/store.ts'
import { weightOf } from '#engines/billing/doubts.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Doubt } from '#shared/contract/billing/invoices.ts'
import { taxBasisOf } from '../invoices/tax-text.ts'

/** Numbers of a customer that were found valid last, and those that were found not to be. */
export async function foundNumbers(tx: Tx, customerId: string): Promise<Map<string, 'valid' | 'invalid'>> {
  const rows = await tx.db
    .selectFrom('vat_checks')
    .select(['number', 'state'])
    .where('customer_id', '=', customerId)
    .where('state', '!=', 'not-reached')
    .orderBy('checked_at')
    .orderBy('id')
    .execute()
  return new Map(rows.map(row => [row.number, row.state as 'valid' | 'invalid']))
}

/**
 * Drafts of a customer that owe no tax because of a number are in doubt until it is found valid: what was found of it
 * takes the doubt away, or raises it.
 */
export async function settleVatDoubts(
  tx: Tx,
  customerId: string,
  number: string,
  state: 'valid' | 'invalid',
): Promise<void> {
  const drafts = await tx.db
    .selectFrom('invoices')
    .select(['id', 'doubts'])
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['draft', 'held'])
    .execute()
  for (const { id, doubts: text } of drafts) {
    const before = fromCanonical<Doubt[]>(text)
    const others = before.filter(doubt => doubt.code !== 'vat-unconfirmed' || doubt.about !== number)
    const raised = state === 'invalid' && (await standsFor(tx, id, number))
    const doubts = raised ? [...others, unconfirmed(number)] : others
    if (doubts.length === before.length) continue
    await tx.db
      .updateTable('invoices')
      .set({ doubts: canonicalJson(doubts), doubt_weight: BigInt(weightOf(doubts)) })
      .where('id', '=', id)
      .execute()
  }
}

const unconfirmed = (about: string): Doubt => ({
  ...{ code: 'vat-unconfirmed', about, now: null, usual: null, deviations: null },
})

/** Whether a line of an invoice is without tax because of a number. */
async function standsFor(tx: Tx, invoiceId: string, number: string): Promise<boolean> {
  const lines = await tx.db
    .selectFrom('invoice_lines')
    .select('tax_basis')
    .where('invoice_id', '=', invoiceId)
    .where('tax_basis', 'is not', null)
    .execute()
  return lines.some(line => taxBasisOf(line.tax_basis)?.vatNumber === number)
}
