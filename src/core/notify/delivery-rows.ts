import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import type { Language } from '#engines/notify/topic.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { type Delivery, notifications } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'
import { addressKey } from './addresses.ts'
import { DELIVERY_EFFECT } from './plan.ts'
import { notificationWords } from './words.ts'

const leaf = notifications.deliveries

/** Deliveries with what they deliver. */
export function deliveryRows(reader: Pick<Reader, 'db'>) {
  return reader.db
    .selectFrom('deliveries as delivery')
    .innerJoin('notifications as notification', 'notification.id', 'delivery.notification_id')
    .selectAll('delivery')
    .select(['notification.params', 'notification.entity', 'notification.row_id', 'notification.once_key'])
}

type Selected = Awaited<ReturnType<ReturnType<typeof deliveryRows>['execute']>>[number]

/** Rows as the contract shows them. */
export async function shownDeliveries(
  reader: Pick<Reader, 'db'>,
  rows: readonly Selected[],
): Promise<Delivery[]> {
  const { zone } = await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  const shown = []
  for (const row of rows) {
    const topic = findTopic(row.topic)
    const addressee = { language: row.language as Language, zone }
    const words = topic && (await notificationWords(reader, topic, row, addressee, { contact: row.name }))
    shown.push({ ...deliveryOf(row), topicName: topic?.name ?? row.topic, title: words?.title ?? row.topic })
  }
  return shown
}

function deliveryOf(row: Selected): Omit<Delivery, 'topicName' | 'title'> {
  return {
    ...{ id: row.id, topic: row.topic, channel: row.channel, target: row.target, name: row.name },
    ...{ personId: row.person_id, customerId: row.customer_id, state: row.state, reason: row.reason },
    ...{ attempts: Number(row.attempts), unsure: Number(row.unsure), notBefore: row.not_before },
    ...{ sentAt: row.sent_at, failure: row.failure === null ? null : fromCanonical(row.failure) },
    ...{ answer: row.answer, messageId: row.message_id, entity: row.entity, rowId: row.row_id },
    createdAt: row.created_at,
  }
}

export const listDeliveries = answer(leaf.list, async ({ reader, input }) => {
  const { states, channel, rowId, onceKey, limit } = input
  let query = deliveryRows(reader)
    .orderBy('delivery.created_at', 'desc')
    .orderBy('delivery.id', 'desc')
    .limit(limit + 1)
  if (states !== undefined && states.length > 0) query = query.where('delivery.state', 'in', states)
  if (channel !== undefined) query = query.where('delivery.channel', '=', channel)
  if (rowId !== undefined) query = query.where('notification.row_id', '=', rowId)
  if (onceKey !== undefined) query = query.where('notification.once_key', '=', onceKey)
  const rows = await query.execute()
  return { deliveries: await shownDeliveries(reader, rows.slice(0, limit)), more: rows.length > limit }
})

async function getDelivery(tx: Tx, id: string): Promise<Selected> {
  const row = await deliveryRows(reading(tx)).where('delivery.id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'delivery', id })
  return row
}

async function shownOne(tx: Tx, id: string): Promise<Delivery> {
  return (await shownDeliveries(reading(tx), [await getDelivery(tx, id)]))[0]!
}

export const retryDelivery = handle(leaf.retry, async call => {
  const { tx, input } = call
  const row = await getDelivery(tx, input.deliveryId)
  if (row.state === 'sent' || row.state === 'sending')
    throw refuse('NOTIFY_DELIVERY_STATE', { state: row.state })
  if (row.channel === 'email') await demandWelcome(tx, row.target)
  if (row.state === 'waiting' || row.state === 'held') await hurry(call, row)
  else await again(call, row)
  return shownOne(tx, row.id)
})

/** Refuses an address that gets no mail any more: whoever wants to write to it takes it off the list first. */
async function demandWelcome(tx: Tx, target: string): Promise<void> {
  const address = addressKey(target)
  const row = await tx.db
    .selectFrom('suppressions')
    .select('reason')
    .where('address', '=', address)
    .executeTakeFirst()
  if (row) throw refuse('NOTIFY_SUPPRESSED', { address, reason: row.reason })
}

type Call = Pick<CommandCall<unknown>, 'tx' | 'effect' | 'receivedAt'>

/** What waits goes now, and with it what was to go by the same mail. */
async function hurry({ tx, receivedAt }: Call, row: Row<'deliveries'>): Promise<void> {
  await tx.db
    .updateTable('effects')
    .set({ not_before: receivedAt })
    .where('id', '=', row.effect_id)
    .where('state', '=', 'waiting')
    .execute()
  await tx.db
    .updateTable('deliveries')
    .set({ not_before: receivedAt })
    .where('effect_id', '=', row.effect_id)
    .where('state', 'in', ['waiting', 'held'])
    .execute()
}

/** Under a new effect and the id that it had: a receiver who got it after all knows it. */
async function again({ tx, effect, receivedAt }: Call, row: Row<'deliveries'>): Promise<void> {
  const effect_id = await effect(DELIVERY_EFFECT[row.channel], { deliveryId: row.id })
  await tx.db
    .updateTable('deliveries')
    .set({ state: 'waiting', reason: null, attempts: 0n, effect_id, not_before: receivedAt })
    .where('id', '=', row.id)
    .execute()
}

export const cancelDelivery = handle(leaf.cancel, async ({ tx, input }) => {
  const row = await getDelivery(tx, input.deliveryId)
  if (row.state !== 'waiting' && row.state !== 'held')
    throw refuse('NOTIFY_DELIVERY_STATE', { state: row.state })
  await tx.db.updateTable('deliveries').set({ state: 'cancelled' }).where('id', '=', row.id).execute()
  return shownOne(tx, row.id)
})
