import { reading } from '#core/database/store.ts'
import { handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import * as states from '#engines/billing/invoice-states.ts'
import { addDays } from '#engines/billing/phases.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { creditBelowNothing } from '../balance/credit-below-nothing.ts'
import { payFromBalance } from '../balance/use-balance.ts'
import { titleOf } from '../close/compose.ts'
import { mailAtIssue } from '../contacts/send-invoice.ts'
import { agreedPaymentDays } from '../contracts/contract-facts.ts'
import { demandOpenPeriod } from '../corrections/locked.ts'
import { fixEInvoice } from '../e-invoices/fix-e-invoice.ts'
import { fixTaxAmount } from '../e-invoices/fix-tax-amount.ts'
import { refreshStandings } from '../subscriptions/standings.ts'
import { noteInvoice } from './history.ts'
import { getInvoice, shownInvoice } from './invoice-rows.ts'
import { seriesOf, takeNumber } from './numbers.ts'
import { partiesOf } from './parties.ts'
import { reviewedOf, settle } from './review.ts'
import { prefixesOf } from './seller-prefixes.ts'

/** What carries out the making of a document, after the commit. Its payload names the invoice. */
export const PDF_EFFECT = 'billing.invoice.pdf'

/**
 * Issues an invoice: it gets its number in the transaction that makes it issued, so that neither is ever
 * without the other, and what the document says of both parties is fixed. By the authority's own clock: the
 * date of a document is not for a device to choose.
 */
export function issueInvoice(environment: EnvironmentSettings) {
  return handle(leaf.issue, async call => {
    const { tx, input, receivedAt, effect } = call
    const before = await getInvoice(tx, input.invoiceId)
    const after = settle(states.issue(reviewedOf(before), input.digest, receivedAt))
    await demandOpenPeriod(tx, before.period)
    const settings = await readSettings(reading(tx), environment)
    const usual = await partiesOf(reading(tx), before.customer_id, settings)
    const agreed = await agreedPaymentDays(reading(tx), before)
    const parties = { ...usual, paymentDays: agreed ?? usual.paymentDays }
    const prefixes = await prefixesOf(tx, parties)
    const number = await takeNumber(tx, seriesOf(before.kind, settings, receivedAt, prefixes))
    const effectId = await effect(PDF_EFFECT, { invoiceId: before.id })
    await tx.db
      .updateTable('invoices')
      .set({
        state: after.state,
        number,
        issued_at: receivedAt,
        due_at: addDays(receivedAt, parties.paymentDays, before.zone),
        parties: canonicalJson(parties),
        effect_id: effectId,
        title: titleOf(parties.customer.name, before.plan, before.period, number),
        reviewed_at: receivedAt,
      })
      .where('id', '=', before.id)
      .execute()
    await fixTaxAmount(tx, before.id, settings)
    await refreshStandings(tx, [before.customer_id])
    await noteInvoice(call, before.id, 'billing.invoice.issue', number)
    await creditBelowNothing(call, before)
    await payFromBalance(call, before, settings['billing.useBalance'])
    // After what pays of it: an electronic invoice says what is left.
    await fixEInvoice(tx, before.id, settings)
    await mailAtIssue(call, before.id, settings)
    return shownInvoice(tx, before.id)
  })
}
