import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { paymentMethods as leaf } from '#shared/contract/billing/payment-methods.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { type PaymentProviders, providerNamed } from '../providers/payment-provider.ts'
import { getMethod, methodsOf, shownMethod, usableMethod } from './method-rows.ts'

export const listMethods = answer(leaf.list, async ({ reader, input, now }) => {
  await getCustomer(reader, input.customerId)
  return { methods: (await methodsOf(reader, input.customerId)).map(row => shownMethod(row, now)) }
})

export function addMethod(providers: PaymentProviders) {
  return handle(leaf.add, async ({ tx, input, ids, now, actor, undoWith }) => {
    const { customerId, kind, provider, providerRef, isDefault, ...seen } = input
    await getCustomer(tx, customerId)
    const { methods, name } = providerNamed(providers, provider)
    if (!methods.includes(kind)) throw refuse('BILLING_PROVIDER_CANNOT', { provider: name, what: kind })
    if (isDefault) await clearDefault(tx, customerId)
    const row: Row<'payment_methods'> = {
      ...{ id: ids.next(), customer_id: customerId, kind, provider, provider_ref: providerRef, ...seen },
      ...{ is_default: isDefault ? 1n : 0n, removed_at: null, created_by: byWhom(actor), created_at: now },
    }
    await tx.db.insertInto('payment_methods').values(row).execute()
    undoWith(leaf.remove, { methodId: row.id }, [
      leaves('payment_methods', { id: row.id }, { removed_at: null }),
    ])
    return shownMethod(row, now)
  })
}

export const setDefaultMethod = handle(leaf.setDefault, async ({ tx, input, now, undoWith }) => {
  const { customerId, methodId } = input
  await getCustomer(tx, customerId)
  const before = (await methodsOf(tx, customerId)).find(one => one.is_default === 1n)?.id ?? null
  if (methodId !== null) await usableMethod(tx, customerId, methodId, now)
  await clearDefault(tx, customerId)
  if (methodId !== null)
    await tx.db.updateTable('payment_methods').set({ is_default: 1n }).where('id', '=', methodId).execute()
  const touched = [methodId, before].filter(id => id !== null)
  undoWith(
    leaf.setDefault,
    { customerId, methodId: before },
    touched.map(id => leaves('payment_methods', { id }, { is_default: id === methodId ? 1n : 0n })),
  )
  return { methods: (await methodsOf(tx, customerId)).map(row => shownMethod(row, now)) }
})

export const removeMethod = handle(leaf.remove, async ({ tx, input, now, undoWith }) => {
  const before = await getMethod(tx, input.methodId)
  if (before.removed_at !== null)
    throw refuse('WORKSPACE_NOT_FOUND', { entity: 'payment-method', id: before.id })
  const after = { removed_at: now, is_default: 0n }
  await tx.db.updateTable('payment_methods').set(after).where('id', '=', before.id).execute()
  undoWith(leaf.restore, { methodId: before.id, isDefault: before.is_default === 1n }, [
    leaves('payment_methods', { id: before.id }, after),
  ])
  return shownMethod({ ...before, ...after }, now)
})

/** Puts a removed method back; it is the default again where no other became it. */
export const restoreMethod = handle(leaf.restore, async ({ tx, input, now, undoWith }) => {
  const before = await getMethod(tx, input.methodId)
  const others = await methodsOf(tx, before.customer_id)
  const isDefault = input.isDefault && !others.some(one => one.is_default === 1n)
  const after = { removed_at: null, is_default: isDefault ? 1n : 0n }
  await tx.db.updateTable('payment_methods').set(after).where('id', '=', before.id).execute()
  undoWith(leaf.remove, { methodId: before.id }, [leaves('payment_methods', { id: before.id }, after)])
  return shownMethod({ ...before, ...after }, now)
})

/** Keeps what a provider said of a customer's methods: new ones are added, known ones brought up to date. */
export const keepMethods = handle(leaf.keep, async ({ tx, input, ids, now, actor }) => {
  const { customerId, provider, provided } = input
  const known = new Map(
    (await methodsOf(tx, customerId)).map(row => [`${row.provider} ${row.provider_ref}`, row]),
  )
  for (const { ref, ...seen } of provided) {
    const before = known.get(`${provider} ${ref}`)
    if (before) {
      await tx.db.updateTable('payment_methods').set(seen).where('id', '=', before.id).execute()
      continue
    }
    await tx.db
      .insertInto('payment_methods')
      .values({
        ...{ id: ids.next(), customer_id: customerId, provider, provider_ref: ref, ...seen },
        ...{ is_default: 0n, removed_at: null, created_by: byWhom(actor), created_at: now },
      })
      .execute()
  }
  return { methods: (await methodsOf(tx, customerId)).map(row => shownMethod(row, now)) }
})

/** No method of the customer is the default any more. */
export async function clearDefault(tx: Tx, customerId: string): Promise<void> {
  await tx.db
    .updateTable('payment_methods')
    .set({ is_default: 0n })
    .where('customer_id', '=', customerId)
    .where('is_default', '=', 1n)
    .execute()
}
