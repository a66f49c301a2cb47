import type { Row } from '#core/database/schema.ts'
import { reading, type Store, type Tx } from '#core/database/store.ts'
import { type AskedEffect, askEffects } from '#core/effects/ask-effect.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { type Timing, timingOf } from '#engines/notify/preferences.ts'
import type { AnyTopic } from '#engines/notify/topic.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { takeFeedVersion } from '../sync/feed-version.ts'
import { addressesFor, addressKey } from './addresses.ts'
import { type Asked, NOTIFY_EFFECT } from './notify.ts'
import { preferencesOf } from './preference-rows.ts'

export interface NotifyParts {
  readonly store: Store
  readonly workspace: Id
  readonly environment: EnvironmentSettings
  readonly now: () => bigint
  /** Tells which tables a write changed. */
  readonly changed: (tables: ReadonlySet<string>) => void
}

type Delivery = Row<'deliveries'>

/** The kinds of effects that carry deliveries out. */
export const DELIVERY_EFFECT = {
  email: 'notify.email',
  slack: 'notify.slack',
  webhook: 'notify.webhook',
} as const

/** One transaction of the authority on its own account, whose changes are told. */
export async function writeNotes<T>(parts: NotifyParts, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { value, changed } = await parts.store.write(parts.workspace, 'job', async tx => {
    await takeFeedVersion(tx)
    return { value: await work(tx), changed: tx.touched.changed }
  })
  parts.changed(changed)
  return value
}

/**
 * Makes deliveries of what a command asked for: one for each address and channel, when it is to go out, or why it
 * never will. In one transaction and once for each key and place, so that a repeat after a crash adds nothing, and
 * whoever is added later is told what others were told before.
 */
export function planCarrier(parts: NotifyParts): EffectCarrier {
  return {
    kind: NOTIFY_EFFECT,
    async carry({ id, payload }) {
      const asked = payload as Asked
      const topic = findTopic(asked.topic)
      if (!topic) throw refuse('NOTIFY_TOPIC_UNKNOWN', { topic: asked.topic }, `no topic ${asked.topic}`)
      await writeNotes(parts, tx => plan(tx, id, asked, topic, parts))
    },
  }
}

async function plan(
  tx: Tx,
  effectId: Id,
  asked: Asked,
  topic: AnyTopic,
  { environment, now: clock }: NotifyParts,
): Promise<void> {
  const now = clock()
  const ids = ordinals(effectId)
  const fresh: Row<'notifications'> = {
    ...{ id: ids.next(), topic: topic.id, once_key: asked.onceKey, params: canonicalJson(asked.params) },
    ...{ entity: asked.about?.entity ?? null, row_id: asked.about?.id ?? null },
    ...{ urgency: asked.urgency, link: asked.link, documents: canonicalJson(asked.documents) },
    ...{ by: asked.by, created_at: now },
  }
  await tx.db
    .insertInto('notifications')
    .values(fresh)
    .onConflict(on => on.columns(['once_key']).doNothing())
    .execute()
  const notification = await tx.db
    .selectFrom('notifications')
    .selectAll()
    .where('once_key', '=', asked.onceKey)
    .executeTakeFirstOrThrow()
  const settings = await readSettings(reading(tx), environment)
  const told = await toldAlready(tx, notification.id)
  const draft: Draft = { tx, notification, topic, settings, now, ids, told, deliveries: [], effects: [] }
  if (hasMail(settings) && asked.only?.mail !== false) await mailPeople(draft, asked)
  await mailCustomers(draft, asked)
  if (asked.only || topic.broadcast) await tellChannels(draft, asked)
  if (draft.deliveries.length > 0) await tx.db.insertInto('deliveries').values(draft.deliveries).execute()
  await askEffects(tx, draft.effects, now)
}

interface Draft {
  readonly tx: Tx
  readonly notification: Row<'notifications'>
  readonly topic: AnyTopic
  readonly settings: Settings
  readonly now: bigint
  readonly ids: { next(): Id }
  /** Channels and targets that this notification went to before. */
  readonly told: Set<string>
  readonly deliveries: Delivery[]
  readonly effects: AskedEffect[]
}

const placeOf = ({ channel, target }: Pick<Delivery, 'channel' | 'target'>) =>
  `${channel} ${addressKey(target)}`

async function toldAlready(tx: Tx, notificationId: Id): Promise<Set<string>> {
  const rows = await tx.db
    .selectFrom('deliveries')
    .select(['channel', 'target'])
    .where('notification_id', '=', notificationId)
    .execute()
  return new Set(rows.map(placeOf))
}

/** Whether there is a server to give mails to and somebody they are from. */
export function hasMail(settings: Settings): boolean {
  return settings['notify.mailHost'] !== null && settings['notify.mailFrom'] !== null
}

async function mailPeople(draft: Draft, { people, urgency, only }: Asked): Promise<void> {
  if (people.length === 0) return
  const { tx, topic, settings, now } = draft
  const session = reading(tx)
  const rows = await tx.db
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where('id', 'in', people)
    .orderBy('id')
    .execute()
  const preferences = await preferencesOf(session, people)
  const { zone } = await tx.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  const bundle = BigInt(settings['notify.bundleMinutes']) * 60_000n
  for (const person of rows) {
    const timing: Timing = only
      ? { kind: 'now' }
      : timingOf({
          ...{ preferences: preferences(person.id), topic, channel: 'email', urgency, now, zone, bundle },
          lastAt: bundle === 0n ? null : await lastOwn(tx, topic, person.id, now, bundle),
        })
    if (timing.kind === 'never') continue
    const to = { target: person.email, name: person.name, language: 'en', person_id: person.id }
    await deliver(draft, 'email', to, timing)
  }
}

/** When a person was last sent something of a topic, or is about to be, within two bundles' time. */
async function lastOwn(tx: Tx, topic: AnyTopic, person: Id, now: bigint, bundle: bigint) {
  const rows = await tx.db
    .selectFrom('deliveries')
    .select(['created_at', 'not_before', 'reason'])
    .where('person_id', '=', person)
    .where('topic', '=', topic.id)
    .where('channel', '=', 'email')
    .where('created_at', '>', now - 2n * bundle)
    .where('state', 'in', ['waiting', 'sending', 'sent', 'held'])
    .execute()
  const times = rows.flatMap(({ created_at, not_before, reason }) =>
    reason === null ? [created_at] : reason === 'many' && not_before <= now ? [not_before] : [],
  )
  return times.reduce<bigint | null>((last, at) => (last === null || at > last ? at : last), null)
}

async function mailCustomers(draft: Draft, asked: Asked): Promise<void> {
  const { settings, tx } = draft
  for (const { email, name, language, customerId } of await addressesFor(reading(tx), asked, settings)) {
    const to = { target: email, name, language, customer_id: customerId }
    await deliver(draft, 'email', to, { kind: 'now' })
  }
}

async function tellChannels(draft: Draft, { only }: Asked): Promise<void> {
  const { tx, topic } = draft
  const channels = await tx.db
    .selectFrom('notification_channels')
    .select(['id', 'kind', 'name', 'topics', 'active'])
    .orderBy('name')
    .execute()
  for (const { id, kind, name, topics, active } of channels) {
    const wanted = fromCanonical<string[]>(topics)
    if (
      only ? only.channels.includes(id) : active !== 0n && (wanted.includes('*') || wanted.includes(topic.id))
    )
      await deliver(draft, kind, { target: id, name, language: 'en' }, { kind: 'now' })
  }
}

type Target = Pick<Delivery, 'target' | 'name' | 'language'> &
  Partial<Pick<Delivery, 'person_id' | 'customer_id'>>

async function deliver(
  draft: Draft,
  channel: Delivery['channel'],
  to: Target,
  timing: Exclude<Timing, { kind: 'never' }>,
): Promise<void> {
  const { tx, notification, topic, now, ids, deliveries, effects } = draft
  const place = placeOf({ channel, target: to.target })
  if (draft.told.has(place)) return
  draft.told.add(place)
  const id = ids.next()
  const held = timing.kind === 'held' ? timing : null
  const row: Delivery = {
    ...{ id, notification_id: notification.id, topic: topic.id, channel, person_id: null, customer_id: null },
    ...to,
    ...{ state: held ? 'held' : 'waiting', reason: held?.reason ?? null, attempts: 0n, unsure: 0n },
    ...{ not_before: held?.until ?? now, effect_id: idFromCommand(id, 0), message_id: id },
    ...{ sent_at: null, failure: null, answer: null, created_at: now },
  }
  const suppressed = channel === 'email' ? await suppression(tx, row.target) : null
  if (suppressed) {
    deliveries.push({ ...row, state: 'skipped', reason: suppressed })
    return
  }
  const company = held ? await companyOf(tx, row) : null
  deliveries.push({ ...row, ...company })
  if (company) return
  const kind = DELIVERY_EFFECT[channel]
  effects.push({ id: row.effect_id, kind, payload: { deliveryId: id }, notBefore: row.not_before })
}

/** Why an address gets no mail; null where it does. */
export async function suppression(tx: Tx, email: string): Promise<string | null> {
  const row = await tx.db
    .selectFrom('suppressions')
    .select('reason')
    .where('address', '=', addressKey(email))
    .executeTakeFirst()
  return row?.reason ?? null
}

/** What waits for the same person, reason and moment already: they go as one mail, under its id. */
async function companyOf(tx: Tx, row: Delivery) {
  let query = tx.db
    .selectFrom('deliveries as delivery')
    .innerJoin('effects as effect', 'effect.id', 'delivery.effect_id')
    .select(['delivery.effect_id', 'delivery.message_id'])
    .where('delivery.state', '=', 'held')
    .where('delivery.person_id', '=', row.person_id)
    .where('delivery.target', '=', row.target)
    .where('delivery.reason', '=', row.reason)
    .where('delivery.not_before', '=', row.not_before)
    .where('effect.state', '=', 'waiting')
    .where('effect.attempts', '=', 0n)
  if (row.reason === 'many') query = query.where('delivery.topic', '=', row.topic)
  return (await query.orderBy('delivery.id').limit(1).executeTakeFirst()) ?? null
}

function ordinals(of: Id) {
  let ordinal = 0
  return { next: () => idFromCommand(of, ordinal++) }
}
