import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { TryLater } from '#core/effects/carrier.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { Outcome } from '#engines/notify/outcome.ts'
import { pauseAfter, type RetriedChannel } from '#engines/notify/pauses.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { deliveryFailed } from '#engines/notify/topics/workspace.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { Settings } from '#shared/settings.ts'
import { addressKey } from './addresses.ts'
import { notify } from './notify.ts'
import { type NotifyParts, suppression, writeNotes } from './plan.ts'
import { tellingOutside } from './telling.ts'
import { notificationWords } from './words.ts'

/** A delivery with what it delivers. */
export interface Claimed {
  readonly delivery: Row<'deliveries'>
  readonly notification: Row<'notifications'>
}

/** Deliveries that are under way by one effect: one, or those of a digest, the oldest first. */
export interface Claim {
  readonly claimed: readonly Claimed[]
  readonly settings: Settings
  /** Which try it is, from 1. */
  readonly attempt: number
}

const OPEN = ['waiting', 'held', 'sending'] as const

/**
 * Takes the deliveries of an effect for a try, and writes that down before anything is sent: whoever finds one
 * under way after a crash knows that nobody knows what became of it. Null where nothing is left to do, because it
 * was sent, cancelled, or its address gets no mail any more.
 */
export function claimDeliveries(parts: NotifyParts, effectId: Id): Promise<Claim | null> {
  return writeNotes(parts, async tx => {
    const open = await tx.db
      .selectFrom('deliveries')
      .selectAll()
      .where('effect_id', '=', effectId)
      .where('state', 'in', OPEN)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    const rows: Row<'deliveries'>[] = []
    for (const row of open) {
      const suppressed = row.channel === 'email' ? await suppression(tx, row.target) : null
      if (suppressed) await change(tx, [row.id], { state: 'skipped', reason: suppressed })
      else rows.push(row)
    }
    const [first] = rows
    if (!first) return null
    const unknown = rows.filter(row => row.state === 'sending').map(row => row.id)
    if (unknown.length > 0)
      await tx.db
        .updateTable('deliveries')
        .set(eb => ({ unsure: eb('unsure', '+', 1n) }))
        .where('id', 'in', unknown)
        .execute()
    const attempts = first.attempts + 1n
    await change(tx, idsOf(rows), { state: 'sending', attempts })
    const notifications = await tx.db
      .selectFrom('notifications')
      .selectAll()
      .where(
        'id',
        'in',
        rows.map(row => row.notification_id),
      )
      .execute()
    const byId = new Map(notifications.map(one => [one.id, one]))
    return {
      claimed: rows.map(delivery => ({
        delivery: { ...delivery, attempts },
        notification: byId.get(delivery.notification_id)!,
      })),
      settings: await readSettings(reading(tx), parts.environment),
      attempt: Number(attempts),
    }
  })
}

/**
 * Writes down what became of a try, for all deliveries that went by it.
 * @throws TryLater where another try follows
 */
export async function settleDeliveries(parts: NotifyParts, claim: Claim, outcome: Outcome): Promise<void> {
  const { claimed, attempt } = claim
  const { channel, id } = claimed[0]!.delivery
  const pause = pauseFor(channel, attempt, id, outcome)
  await writeNotes(parts, async tx => {
    const now = parts.now()
    const ids = claimed.map(one => one.delivery.id)
    if (outcome.kind === 'unsure')
      await tx.db
        .updateTable('deliveries')
        .set(eb => ({ unsure: eb('unsure', '+', 1n) }))
        .where('id', 'in', ids)
        .execute()
    if (outcome.kind === 'sent') {
      const answer = outcome.answer.slice(0, 500)
      await change(tx, ids, { state: 'sent', sent_at: now, failure: null, answer })
      return
    }
    const failure = canonicalJson({ code: outcome.code, message: outcome.message.slice(0, 1000) })
    if (pause !== null) {
      await change(tx, ids, { state: 'waiting', failure, not_before: now + BigInt(pause) })
      return
    }
    const bounced = outcome.kind === 'bounced'
    await change(tx, ids, { state: bounced ? 'bounced' : 'failed', failure })
    const note = outcome.message
    for (const { delivery } of claimed) {
      if (bounced) await suppress(tx, delivery, { reason: 'bounced', note, now })
    }
    for (const one of claimed) await tellOfLoss(tx, one, note, now)
  })
  if (pause !== null) throw new TryLater(pause, outcome.kind === 'sent' ? '' : outcome.message)
}

/** Null where no more tries are made. */
function pauseFor(channel: RetriedChannel, attempt: number, id: Id, outcome: Outcome): number | null {
  if (outcome.kind === 'later') return pauseAfter(channel, attempt, id, outcome.after ?? null)
  return outcome.kind === 'unsure' ? pauseAfter(channel, attempt, id) : null
}

/** An address that takes no mail gets none any more, until somebody says otherwise. */
export async function suppress(
  tx: Tx,
  delivery: Pick<Row<'deliveries'>, 'id' | 'target'>,
  { reason, note, now }: { reason: Row<'suppressions'>['reason']; note: string; now: bigint },
): Promise<void> {
  await tx.db
    .insertInto('suppressions')
    .values({
      ...{ address: addressKey(delivery.target), reason, note: note.slice(0, 1000) },
      ...{ delivery_id: delivery.id, by: null, at: now },
    })
    .onConflict(on => on.columns(['address']).doNothing())
    .execute()
}

/** Who bills is told that a message to a customer did not arrive. */
export async function tellOfLoss(
  tx: Tx,
  { delivery, notification }: Claimed,
  reason: string,
  now: bigint,
): Promise<void> {
  const topic = findTopic(delivery.topic)
  if (topic?.audience !== 'customer') return
  const { zone } = await tx.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  const words = await notificationWords(reading(tx), topic, notification, { language: 'en', zone })
  await notify(tellingOutside(tx, idFromCommand(delivery.id, 1 + Number(delivery.attempts)), now), {
    topic: deliveryFailed,
    to: [{ role: 'analyst' }, ...(notification.by === null ? [] : [{ person: notification.by }])],
    params: {
      ...{ what: words.title, customer: delivery.name, address: delivery.target },
      reason: reason.slice(0, 300),
    },
    onceKey: `lost:${delivery.id}:${delivery.attempts}`,
    ...(notification.entity === null || notification.row_id === null
      ? {}
      : { about: { entity: notification.entity, id: notification.row_id } }),
    link: notification.link ?? `/workspace/notifications?delivery=${delivery.id}&tab=history`,
  })
}

function idsOf(rows: readonly Pick<Row<'deliveries'>, 'id'>[]): Id[] {
  return rows.map(row => row.id)
}

function change(tx: Tx, ids: readonly Id[], values: Partial<Row<'deliveries'>>) {
  return tx.db.updateTable('deliveries').set(values).where('id', 'in', ids).execute()
}
