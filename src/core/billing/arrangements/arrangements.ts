import { namesOf } from '#core/identity/common.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { leastFor } from '#engines/billing/minimum/least-invoice.ts'
import { arrangements as leaf } from '#shared/contract/billing/arrangements.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { markForBilling } from '../accounts.ts'
import { remakeDrafts } from '../close/remake.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { arrangementsOf, workspaceLeast } from './arrangement-rows.ts'

export const getArrangement = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, input: { customerId } }) => {
    const { currency } = await getCustomer(reader, customerId)
    const own = (await arrangementsOf(reader, [customerId])).get(customerId)
    const workspace = workspaceLeast(await readSettings(reader, environment))
    const minimum = own?.minimum ?? null
    const least = leastFor({ amount: minimum, currency }, workspace, currency)
    const person = await namesOf(reader)
    return {
      ...{ currency, minimum, least: least && { ...least, currency } },
      invoices: own?.invoices ?? ('together' as const),
      changed: own
        ? { by: own.changed_by === null ? null : person(own.changed_by), at: own.changed_at }
        : null,
    }
  })

export const setArrangement = (environment: EnvironmentSettings) =>
  handle(leaf.set, async call => {
    const { tx, input, actor, now, undoWith } = call
    const { customerId } = input
    await getCustomer(tx, customerId)
    const row = (await arrangementsOf(tx, [customerId])).get(customerId)
    const before = { minimum: row?.minimum ?? null, invoices: row?.invoices ?? ('together' as const) }
    const after = {
      minimum: input.minimum === undefined ? before.minimum : input.minimum,
      invoices: input.invoices ?? before.invoices,
    }
    const said = after.minimum !== null || after.invoices !== 'together'
    await tx.db.deleteFrom('billing_arrangements').where('customer_id', '=', customerId).execute()
    const values = said ? { customer_id: customerId, ...after } : null
    if (values)
      await tx.db
        .insertInto('billing_arrangements')
        .values({ ...values, changed_by: byWhom(actor), changed_at: now })
        .execute()
    if (after.invoices !== before.invoices) {
      // A close that read the customer before sees that it has to look again.
      await markForBilling(tx, customerId, now)
      const because = { command: 'billing.arrangement.set', note: null }
      await remakeDrafts(call, environment, customerId, because)
    }
    undoWith(leaf.set, { customerId, ...before }, [
      leaves('billing_arrangements', { customer_id: customerId }, values),
    ])
    return { customerId, ...after }
  })
