import { schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { pastId } from './ids.ts'

const HOUR = 3_600_000n

/** What is agreed with some customers and waits for the close: in units, with the price of one in their currency. */
const AGREED = [
  { name: 'Migration of dashboards', unit: 'hours', quantity: 75n, scale: 1n, unit_price: '160' },
  { name: 'Training on site', unit: 'days', quantity: 2n, scale: 0n, unit_price: '1450' },
  { name: 'Custom report', unit: '', quantity: 1n, scale: 0n, unit_price: '390.50' },
] as const
/** Of the customers in the order of signing up, every so many-th. */
const EVERY = 7

/** One-off charges of the month that is to be closed; a second attempt finds them there. */
export async function storeOneOffs(
  tx: Tx,
  { period, by, at }: { readonly period: string; readonly by: string; readonly at: bigint },
  { jobId }: JobFacts,
): Promise<void> {
  const known = await tx.db.selectFrom('one_offs').select('id').limit(1).executeTakeFirst()
  if (known) return
  const customers = await tx.db
    .selectFrom('customers')
    .select(['id', 'currency'])
    .where('currency', '!=', 'JPY')
    .orderBy('id')
    .limit(AGREED.length * EVERY)
    .execute()
  const rows = AGREED.flatMap((agreed, index) => {
    const customer = customers[index * EVERY]
    const made = at - BigInt(AGREED.length - index) * HOUR
    return customer
      ? [
          {
            ...{ id: pastId(made, jobId, `one-off/${index}`), customer_id: customer.id },
            ...{ currency: customer.currency, ...agreed, tax_rate: null, service_from: null },
            ...{ service_to: null, first_period: period, note: 'Agreed by mail.', created_by: by },
            ...{ created_at: made, subscription_id: null },
          },
        ]
      : []
  })
  await insertRows(tx, 'one_offs', schema.one_offs, rows)
}
