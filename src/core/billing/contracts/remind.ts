import type { Reader, Tx } from '#core/database/store.ts'
import { reading } from '#core/database/store.ts'
import { notify } from '#core/notify/notify.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { type ContractReminder, reminderOf } from '#engines/billing/contracts/contract-term.ts'
import { contractEnds, contractNotice } from '#engines/notify/topics/contracts.ts'
import { contracts as leaf } from '#shared/contract/billing/contracts.ts'
import { storedContract } from './contract-rows.ts'

interface Due {
  readonly id: string
  readonly number: string
  readonly customer: string
  readonly zone: string
  readonly reminder: ContractReminder
  readonly onceKey: string
}

/** Contracts of which something has to be said at an instant, and was not said to anybody yet. */
async function dueReminders(
  session: Reader | Tx,
  until: bigint,
  only: readonly string[] | null,
): Promise<Due[]> {
  const { db } = reading(session as Tx)
  let query = db
    .selectFrom('contracts as contract')
    .innerJoin('customers as customer', 'customer.id', 'contract.customer_id')
    .selectAll('contract')
    .select(['customer.name as customer', 'customer.zone'])
    .where('contract.state', '=', 'active')
    .orderBy('contract.id')
  if (only !== null) query = query.where('contract.id', 'in', only)
  const due = (await query.execute()).flatMap((row): Due[] => {
    const stored = storedContract(row)
    const reminder = reminderOf(stored, stored.noticeDays, until, row.zone)
    if (reminder === null) return []
    const onceKey = `contract:${row.id}:${reminder.kind}:${reminder.by}`
    const { id, number, customer, zone } = row
    return [{ id, number, customer, zone, reminder, onceKey }]
  })
  if (due.length === 0) return []
  const keys = due.map(one => one.onceKey)
  const told = await db
    .selectFrom('inbox')
    .select('once_key')
    .distinct()
    .where('once_key', 'in', keys)
    .execute()
  return due.filter(one => !told.some(row => row.once_key === one.onceKey))
}

export const remindableContracts = answer(leaf.remindable, async ({ reader, input }) => ({
  contractIds: (await dueReminders(reader, input.until, null)).map(one => one.id),
}))

export const remindOfContract = handle(leaf.remind, async call => {
  const [due] = await dueReminders(call.tx, call.input.until, [call.input.contractId])
  if (!due) return { reminded: false }
  const { id, number, customer, zone, reminder, onceKey } = due
  const topic = reminder.kind === 'notice' ? contractNotice : contractEnds
  await notify(call, {
    topic,
    to: [{ role: 'analyst' }],
    params: { number, customer, day: zoned(reminder.by, zone).toPlainDate().toString() },
    onceKey,
    about: { entity: 'contract', id },
    link: `/billing/contracts?contract=${id}`,
  })
  return { reminded: true }
})
