import type { Tx } from '#core/database/store.ts'

/**
 * Notes that what a customer is billed for changed from an instant on. Where it was closed already, the next
 * close looks at everything from there again. The mark is counted also where it was not: a close that read the
 * customer before the change then sees that it has to look again.
 * @param since milliseconds since the epoch
 */
export async function markForBilling(tx: Tx, customerId: string, since: bigint): Promise<void> {
  const account = await tx.db
    .selectFrom('billing_accounts')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  if (!account) {
    const fresh = { customer_id: customerId, closed_until: null, rerate_from: null, marks: 1n }
    await tx.db.insertInto('billing_accounts').values(fresh).execute()
    return
  }
  const { closed_until: closed, rerate_from: earlier } = account
  const late = closed !== null && since < closed
  const rerate_from = late && (earlier === null || since < earlier) ? since : earlier
  await tx.db
    .updateTable('billing_accounts')
    .set({ rerate_from, marks: account.marks + 1n })
    .where('customer_id', '=', customerId)
    .execute()
}
