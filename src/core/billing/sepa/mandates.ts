import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { ibanFault, plainIban } from '#engines/billing/payments/iban.ts'
import { mandateState } from '#engines/billing/sepa/mandate.ts'
import { isMandateReference, sepaText } from '#engines/billing/sepa/sepa-text.ts'
import { mandates as leaf } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { clearDefault } from '../payment-methods/change-methods.ts'
import { factsOf, getMandate, knownMandates, settlementDay, shownMandate } from './mandate-rows.ts'

export const listMandates = answer(leaf.list, async ({ reader, input, now }) => ({
  mandates: (await knownMandates(reader, input)).map(one => shownMandate(one, now)),
}))

/** Keeps what a customer signed, and a way to pay that stands for it. */
export const addMandate = handle(leaf.add, async ({ tx, input, ids, now, actor, undoWith }) => {
  const { customerId, scheme, kind, holder, signedOn } = input
  const customer = await getCustomer(tx, customerId)
  const iban = plainIban(input.iban)
  const fault = ibanFault(iban)
  if (fault !== null) throw refuse('BILLING_ACCOUNT_NUMBER', { field: 'iban', reason: fault })
  if (signedOn > settlementDay(now)) throw refuse('BILLING_MANDATE_IN_FUTURE', { signedOn })
  const own = await knownMandates(tx, { customerId })
  const made = `${sepaText(customer.key.toUpperCase(), 28).replaceAll(' ', '-')}-${own.length + 1}`
  const reference = input.reference === '' ? made : input.reference
  if (!isMandateReference(reference)) throw refuse('BILLING_MANDATE_REFERENCE', { reference })
  const row: Row<'sepa_mandates'> = {
    ...{ id: ids.next(), customer_id: customerId, title: `${customer.name} · ${reference}`, reference },
    ...{ scheme, kind, holder, iban, bic: input.bic.toUpperCase(), signed_on: signedOn, ending: 0n },
    ...{ revoked_at: null, created_by: byWhom(actor), created_at: now },
  }
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('sepa_mandates')
    .values(row)
    .onConflict(conflict => conflict.columns(['reference']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) throw refuse('BILLING_MANDATE_TAKEN', { reference })
  if (input.isDefault) await clearDefault(tx, customerId)
  await tx.db
    .insertInto('payment_methods')
    .values({
      ...{ id: ids.next(), customer_id: customerId, kind: 'sepa-mandate', provider: 'sepa' },
      ...{ provider_ref: row.id, brand: reference, holder, last4: iban.slice(-4), expires: null },
      ...{ is_default: input.isDefault ? 1n : 0n, removed_at: null, created_by: byWhom(actor) },
      created_at: now,
    })
    .execute()
  undoWith(leaf.revoke, { mandateId: row.id }, [
    leaves('sepa_mandates', { id: row.id }, { revoked_at: null }),
  ])
  return shownMandate({ row, customer: customer.name, lastUsedOn: null }, now)
})

export const revokeMandate = handle(leaf.revoke, async ({ tx, input, now }) => {
  const before = await getMandate(tx, input.mandateId)
  const state = mandateState(factsOf(before), settlementDay(now))
  if (state !== 'valid') throw refuse('BILLING_MANDATE_STATE', { state })
  const { id } = before.row
  if (input.afterNext)
    await tx.db.updateTable('sepa_mandates').set({ ending: 1n }).where('id', '=', id).execute()
  else {
    await tx.db.updateTable('sepa_mandates').set({ revoked_at: now }).where('id', '=', id).execute()
    await tx.db
      .updateTable('payment_methods')
      .set({ removed_at: now, is_default: 0n })
      .where('provider', '=', 'sepa')
      .where('provider_ref', '=', id)
      .execute()
  }
  return shownMandate(await getMandate(tx, id), now)
})
