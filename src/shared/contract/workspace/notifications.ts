import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { isZone } from '../../zones.ts'
import { command, Instant, query, Uuid } from '../define.ts'

/** Something that a person was told. */
export const Notice = z.object({
  id: Uuid,
  topic: z.string(),
  /** What the topic is called. */
  topicName: z.string(),
  title: z.string(),
  body: z.string(),
  /** A route of the application; null where it leads nowhere. */
  link: z.string().nullable(),
  urgency: z.enum(['low', 'normal', 'urgent']),
  at: Instant,
  readAt: Instant.nullable(),
})
export type Notice = z.infer<typeof Notice>

const inbox = {
  /** What the acting person was told, the newest first. */
  list: query('workspace.notifications.inbox.list', { roles: EVERYONE })
    .input(
      z.object({ unread: z.boolean().default(false), limit: z.number().int().min(1).max(500).default(200) }),
    )
    .output(z.object({ notices: z.array(Notice), unread: z.number(), more: z.boolean() })),
  count: query('workspace.notifications.inbox.count', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ unread: z.number(), urgent: z.number() })),
  /** Marks one as read, or as unread again. Only one's own. */
  mark: command('workspace.notifications.inbox.mark', { roles: EVERYONE })
    .input(z.object({ noticeId: Uuid, read: z.boolean() }))
    .output(Notice),
  /** Marks all as read that were there at that moment. */
  markAll: command('workspace.notifications.inbox.markAll', { roles: EVERYONE })
    .input(z.object({ until: Instant }))
    .output(z.object({ marked: z.number() })),
}

export const DeliveryState = z.enum([
  'waiting',
  'held',
  'sending',
  'sent',
  'failed',
  'bounced',
  'skipped',
  'cancelled',
])
export type DeliveryState = z.infer<typeof DeliveryState>
export const DeliveryChannel = z.enum(['email', 'slack', 'webhook'])
export type DeliveryChannel = z.infer<typeof DeliveryChannel>

/** One notification to one place by one channel, and what became of it. */
export const Delivery = z.object({
  id: Uuid,
  topic: z.string(),
  topicName: z.string(),
  /** Its subject, in the language in which it goes out. */
  title: z.string(),
  channel: DeliveryChannel,
  /** An address; of a channel of the workspace its id. */
  target: z.string(),
  name: z.string(),
  personId: Uuid.nullable(),
  customerId: Uuid.nullable(),
  state: DeliveryState,
  /** Why it is held (`quiet`, `daily`, `many`) or skipped (`bounced`, `unsubscribed`, `complained`, `manual`). */
  reason: z.string().nullable(),
  attempts: z.number(),
  /** Tries of which nobody knows whether they arrived: so many doubles may exist, all with its id. */
  unsure: z.number(),
  /** When it is tried next, or goes out. */
  notBefore: Instant,
  sentAt: Instant.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** What the other side said when it took it. */
  answer: z.string().nullable(),
  /** The same at every try. */
  messageId: Uuid,
  entity: z.string().nullable(),
  rowId: z.string().nullable(),
  createdAt: Instant,
})
export type Delivery = z.infer<typeof Delivery>

const deliveryFailures = {
  /** It is in a state in which this means nothing. */
  NOTIFY_DELIVERY_STATE: { data: z.object({ state: z.string() }) },
  /** Its address gets no mail any more. */
  NOTIFY_SUPPRESSED: { data: z.object({ address: z.string(), reason: z.string() }) },
}

const deliveries = {
  /** The newest first. The authority has them. */
  list: query('workspace.notifications.deliveries.list', { roles: EVERYONE, remote: true })
    .input(
      z.object({
        states: z.array(DeliveryState).optional(),
        channel: DeliveryChannel.optional(),
        /** The row that they are about. */
        rowId: z.string().max(100).optional(),
        /** What a command that told somebody named it by. */
        onceKey: z.string().max(300).optional(),
        limit: z.number().int().min(1).max(500).default(200),
      }),
    )
    .output(z.object({ deliveries: z.array(Delivery), more: z.boolean() })),
  /** Sends it now: what failed or was cancelled again, what waits or is held at once. */
  retry: command('workspace.notifications.deliveries.retry', {
    roles: ['analyst', 'ops'],
    authorityOnly: true,
  })
    .input(z.object({ deliveryId: Uuid }))
    .output(Delivery)
    .errors(deliveryFailures),
  /** Lets what is not out yet be. */
  cancel: command('workspace.notifications.deliveries.cancel', {
    roles: ['analyst', 'ops'],
    authorityOnly: true,
  })
    .input(z.object({ deliveryId: Uuid }))
    .output(Delivery)
    .errors(deliveryFailures),
}

const Minutes = z.int().min(0).max(1439)
export const Preferences = z.object({
  /** By topic; what is not there follows the topic. */
  choices: z.record(
    z.string().max(100),
    z.object({ desktop: z.enum(['on', 'off']).optional(), email: z.enum(['on', 'off', 'daily']).optional() }),
  ),
  quiet: z.object({ from: Minutes, until: Minutes, days: z.array(z.int().min(1).max(7)).max(7) }).nullable(),
  urgentPasses: z.boolean(),
  zone: z.string().max(100).refine(isZone, 'must be a time zone such as Europe/Berlin').nullable(),
  dailyAt: Minutes,
})
export type Preferences = z.infer<typeof Preferences>

const preferences = {
  get: query('workspace.notifications.preferences.get', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        preferences: Preferences,
        topics: z.array(
          z.object({
            ...{ id: z.string(), name: z.string(), about: z.string(), urgency: z.string() },
            defaults: z.object({ desktop: z.enum(['on', 'off']), email: z.enum(['on', 'off']) }),
          }),
        ),
        /** The workspace's, for whoever chose none. */
        zone: z.string(),
        email: z.string(),
        /** Whether the workspace can send mail at all. */
        mail: z.boolean(),
      }),
    ),
  set: command('workspace.notifications.preferences.set', { roles: EVERYONE })
    .input(Preferences)
    .output(Preferences),
}

export const Channel = z.object({
  id: Uuid,
  kind: z.enum(['slack', 'webhook']),
  name: z.string(),
  /** The machine that it leads to. */
  host: z.string(),
  topics: z.array(z.string()),
  active: z.boolean(),
  changedAt: Instant,
})
export type Channel = z.infer<typeof Channel>

const ChannelName = z.string().trim().min(1).max(80)
const Topics = z.array(z.string().max(100)).min(1).max(100)
const Address = z.string().trim().max(2000)
/** What webhooks are signed with: `whsec_` and at least 24 bytes in base64. */
const Key = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,200}={0,2}$/)
const channelFailures = {
  NOTIFY_CHANNEL_NAME: { data: z.object({ name: z.string() }) },
  /** `reason`: `unreadable`, `scheme`, `slack`, `user`. */
  NOTIFY_CHANNEL_ADDRESS: { data: z.object({ reason: z.string() }) },
  NOTIFY_CHANNEL_KEY: { data: z.object({}) },
}

const channels = {
  list: query('workspace.notifications.channels.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        channels: z.array(Channel),
        /** What channels of the workspace may be told of. */
        topics: z.array(z.object({ id: z.string(), name: z.string(), about: z.string() })),
        mail: z.object({ ready: z.boolean(), from: z.string().nullable(), host: z.string().nullable() }),
      }),
    ),
  add: command('workspace.notifications.channels.add', {
    roles: ['admin'],
    secret: ['address', 'key'],
    authorityOnly: true,
  })
    .input(
      z.object({
        ...{ kind: z.enum(['slack', 'webhook']), name: ChannelName, topics: Topics, address: Address },
        /** For a webhook. */
        key: Key.optional(),
      }),
    )
    .output(Channel)
    .errors(channelFailures),
  /** What is not given stays. */
  change: command('workspace.notifications.channels.change', {
    roles: ['admin'],
    secret: ['address', 'key'],
    authorityOnly: true,
  })
    .input(
      z.object({
        ...{ channelId: Uuid, name: ChannelName.optional(), topics: Topics.optional() },
        ...{ active: z.boolean().optional(), address: Address.optional(), key: Key.optional() },
      }),
    )
    .output(Channel)
    .errors(channelFailures),
  remove: command('workspace.notifications.channels.remove', { roles: ['admin'], authorityOnly: true })
    .input(z.object({ channelId: Uuid }))
    .output(z.object({ channelId: Uuid })),
}

/** Sends a test message: by mail to whoever asks, to the desk, or to a channel of the workspace. */
const test = command('workspace.notifications.test', {
  roles: ['admin', 'ops', 'analyst'],
  authorityOnly: true,
})
  .input(z.object({ channel: z.union([z.enum(['email', 'desktop']), Uuid]) }))
  /** `onceKey` finds its delivery. */
  .output(z.object({ onceKey: z.string() }))
  .errors({ NOTIFY_MAIL_NOT_SET_UP: { data: z.object({}) } })

export const Suppression = z.object({
  address: z.string(),
  reason: z.enum(['bounced', 'unsubscribed', 'complained', 'manual']),
  note: z.string(),
  by: z.string().nullable(),
  at: Instant,
})
export type Suppression = z.infer<typeof Suppression>

const suppressions = {
  list: query('workspace.notifications.suppressions.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ suppressions: z.array(Suppression) })),
  /** An address that is on the list already gets the new reason. */
  add: command('workspace.notifications.suppressions.add', { roles: ['analyst', 'ops'] })
    .input(
      z.object({
        address: z.email().max(254),
        reason: Suppression.shape.reason.default('manual'),
        note: z.string().trim().max(1000).default(''),
      }),
    )
    .output(Suppression),
  remove: command('workspace.notifications.suppressions.remove', { roles: ['analyst', 'ops'] })
    .input(z.object({ address: z.string().max(254) }))
    .output(z.object({ address: z.string() })),
}

const Language = z.enum(['en', 'de', 'fr', 'es', 'ja'])
const WordsOf = z.object({ title: z.string(), body: z.string() })

const words = {
  /** Messages to customers with our words and the workspace's own. */
  list: query('workspace.notifications.words.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        topics: z.array(
          z.object({
            ...{ id: z.string(), name: z.string(), about: z.string() },
            languages: z.array(z.object({ language: Language, ours: WordsOf, own: WordsOf.nullable() })),
          }),
        ),
      }),
    ),
  set: command('workspace.notifications.words.set', { roles: ['analyst'] })
    .input(
      z.object({
        ...{ topic: z.string().max(100), language: Language },
        ...{ title: z.string().trim().max(200), body: z.string().trim().max(10_000) },
      }),
    )
    .output(z.object({ topic: z.string(), language: Language }))
    .errors({
      NOTIFY_TOPIC_UNKNOWN: { data: z.object({ topic: z.string() }) },
      /** What is wrong with them: `empty-title`, `empty-body`, `title-lines`, `unknown-value`. */
      NOTIFY_WORDS: {
        data: z.object({ problems: z.array(z.object({ code: z.string(), name: z.string().optional() })) }),
      },
    }),
  /** Back to our words. */
  reset: command('workspace.notifications.words.reset', { roles: ['analyst'] })
    .input(z.object({ topic: z.string().max(100), language: Language }))
    .output(z.object({ topic: z.string(), language: Language })),
}

export const notifications = { inbox, deliveries, preferences, channels, test, suppressions, words }
