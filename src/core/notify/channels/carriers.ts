import type { Reader } from '#core/database/store.ts'
import { type EffectCarrier, TryLater } from '#core/effects/carrier.ts'
import { readSecret } from '#core/workspace/settings.ts'
import { digestText, type MailText, mailText } from '#engines/notify/mail.ts'
import type { Outcome } from '#engines/notify/outcome.ts'
import { slackMessage } from '#engines/notify/slack.ts'
import type { AnyTopic, Language } from '#engines/notify/topic.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { toDeepLink } from '#shared/deep-link.ts'
import type { Id } from '#shared/ids.ts'
import type { Settings } from '#shared/settings.ts'
import { type Claim, type Claimed, claimDeliveries, settleDeliveries } from '../deliveries.ts'
import type { Enclosed } from '../notify.ts'
import { DELIVERY_EFFECT, hasMail, type NotifyParts } from '../plan.ts'
import { notificationWords } from '../words.ts'
import { readChannelSecrets } from './channel-secrets.ts'
import { post } from './post.ts'
import { type Mail, type MailServer, sendMail } from './send-mail.ts'
import { signedHeaders } from './signature.ts'

export interface ChannelParts extends NotifyParts {
  /** Whether Slack and webhooks may lead into private networks. */
  readonly allowPrivate: (settings: Settings) => boolean
  /** The address of this server's pages; null on a desk, where links open the application. */
  readonly publicUrl: string | null
  /** Certificates to trust besides the system's: PEM. */
  readonly trusted?: readonly string[]
}

/** So many mails and posts are under way at a time. */
const AT_ONCE = 5
/** While a document is being made, its mail looks for it so often, in milliseconds. */
const DOCUMENT_EVERY = 3000

/** Whoever carries deliveries out: claim, send, mark. */
export function deliveryCarriers(parts: ChannelParts): readonly EffectCarrier[] {
  return [
    carrier(parts, DELIVERY_EFFECT.email, sendByMail),
    carrier(parts, DELIVERY_EFFECT.slack, sendToSlack),
    carrier(parts, DELIVERY_EFFECT.webhook, sendToWebhook),
  ]
}

type Send = (parts: ChannelParts, claim: Claim) => Promise<Outcome>

function carrier(parts: ChannelParts, kind: string, send: Send): EffectCarrier {
  return {
    kind,
    atOnce: AT_ONCE,
    async carry({ id }) {
      if (await isWaitingForDocuments(parts, id))
        throw new TryLater(DOCUMENT_EVERY, 'the document is not there yet')
      const claim = await claimDeliveries(parts, id)
      if (claim) await settleDeliveries(parts, claim, await send(parts, claim))
    },
  }
}

async function isWaitingForDocuments({ store, workspace }: ChannelParts, effectId: Id): Promise<boolean> {
  return store.read(workspace, async reader => {
    const rows = await reader.db
      .selectFrom('deliveries as delivery')
      .innerJoin('notifications as notification', 'notification.id', 'delivery.notification_id')
      .select('notification.documents')
      .where('delivery.effect_id', '=', effectId)
      .where('delivery.state', 'in', ['waiting', 'held', 'sending'])
      .execute()
    for (const { entity, rowId } of rows.flatMap(row => fromCanonical<Enclosed[]>(row.documents))) {
      const there = await reader.db
        .selectFrom('documents')
        .select('id')
        .where('entity', '=', entity)
        .where('row_id', '=', rowId)
        .executeTakeFirst()
      if (!there) return true
    }
    return false
  })
}

function linkTo({ publicUrl }: ChannelParts, route: string | null): string | null {
  if (route === null) return null
  return publicUrl === null ? toDeepLink(route) : `${publicUrl}/#${route}`
}

async function workspaceOf(reader: Reader): Promise<{ name: string; zone: string }> {
  return reader.db.selectFrom('workspace_state').select(['name', 'zone']).executeTakeFirstOrThrow()
}

async function sendByMail(parts: ChannelParts, claim: Claim): Promise<Outcome> {
  const { store, workspace, environment, trusted } = parts
  const { settings } = claim
  if (!hasMail(settings))
    return { kind: 'failed', code: 'NOTIFY_MAIL_NOT_SET_UP', message: 'no mail server is set up' }
  const { mail, password } = await store.read(workspace, async reader => ({
    mail: await mailOf(reader, parts, claim),
    password: await readSecret(reader, environment, 'notify.mailPassword'),
  }))
  const server: MailServer = {
    host: settings['notify.mailHost']!,
    port: settings['notify.mailPort'],
    security: settings['notify.mailSecurity'] as MailServer['security'],
    user: settings['notify.mailUser'],
    password,
    ...(trusted ? { trusted } : {}),
  }
  return sendMail(server, mail)
}

async function mailOf(reader: Reader, parts: ChannelParts, { claimed, settings }: Claim): Promise<Mail> {
  const { delivery } = claimed[0]!
  const { name: workspace, zone } = await workspaceOf(reader)
  const language = delivery.language as Language
  const messages = []
  for (const one of claimed) {
    const topic = topicOf(one)
    const addressee = { language, zone }
    const words = await notificationWords(reader, topic, one.notification, addressee, {
      contact: one.delivery.name,
    })
    messages.push({
      ...words,
      link: topic.audience === 'customer' ? null : linkTo(parts, one.notification.link),
    })
  }
  const staff = topicOf(claimed[0]!).audience === 'staff'
  const sender = settings['notify.mailName'] ?? settings['billing.legalName'] ?? workspace
  const from = settings['notify.mailFrom']!
  return {
    messageId: `${delivery.message_id}@${from.slice(from.lastIndexOf('@') + 1)}`,
    from: { name: sender, address: from },
    to: { name: delivery.name, address: delivery.target },
    replyTo: settings['notify.mailReplyTo'],
    ...texts(messages, { language, workspace: staff ? workspace : sender, staff }),
    date: new Date(Number(parts.now())),
    headers: { 'X-Quarterdeck-Delivery': delivery.message_id },
    attachments: await attachmentsOf(reader, claimed),
  }
}

type Message = { title: string; body: string; link: string | null }

function texts(
  messages: readonly Message[],
  { language, workspace, staff }: { language: Language; workspace: string; staff: boolean },
): MailText {
  const why = staff ? 'You choose what you get in Quarterdeck, under Notifications.' : null
  const [first] = messages
  const frame = { language, workspace, link: first!.link, why }
  return messages.length === 1 ? mailText(first!, frame) : digestText(messages, frame)
}

async function attachmentsOf(reader: Reader, claimed: readonly Claimed[]): Promise<Mail['attachments']> {
  const documents = claimed.flatMap(one => fromCanonical<Enclosed[]>(one.notification.documents))
  const attachments = []
  for (const { entity, rowId } of documents) {
    const row = await reader.db
      .selectFrom('documents')
      .select(['file_name', 'media_type', 'bytes'])
      .where('entity', '=', entity)
      .where('row_id', '=', rowId)
      .executeTakeFirstOrThrow()
    attachments.push({ fileName: row.file_name, mediaType: row.media_type, bytes: row.bytes })
  }
  return attachments
}

async function sendToSlack(parts: ChannelParts, claim: Claim): Promise<Outcome> {
  const { delivery, notification } = claim.claimed[0]!
  const { address, message } = await parts.store.read(parts.workspace, async reader => {
    const { name: workspace, zone } = await workspaceOf(reader)
    const topic = topicOf(claim.claimed[0]!)
    const words = await notificationWords(reader, topic, notification, { language: 'en', zone })
    const link = linkTo(parts, notification.link)
    return {
      address: (await readChannelSecrets(reader, delivery.target)).address,
      message: slackMessage(words, { link, urgency: notification.urgency, workspace }),
    }
  })
  return postTo(parts, claim, address, JSON.stringify(message), {})
}

async function sendToWebhook(parts: ChannelParts, claim: Claim): Promise<Outcome> {
  const { delivery, notification } = claim.claimed[0]!
  const { secrets, body } = await parts.store.read(parts.workspace, async reader => {
    const { name, zone } = await workspaceOf(reader)
    const words = await notificationWords(reader, topicOf(claim.claimed[0]!), notification, {
      language: 'en',
      zone,
    })
    const about =
      notification.entity === null ? null : { entity: notification.entity, id: notification.row_id }
    return {
      secrets: await readChannelSecrets(reader, delivery.target),
      body: JSON.stringify({
        ...{ id: delivery.message_id, type: notification.topic, workspace: { id: parts.workspace, name } },
        timestamp: new Date(Number(notification.created_at)).toISOString(),
        ...{ urgency: notification.urgency, title: words.title, text: words.body, about },
        link: linkTo(parts, notification.link),
        data: plain(fromCanonical(notification.params)),
      }),
    }
  })
  const headers =
    secrets.key === null ? {} : signedHeaders(secrets.key, delivery.message_id, parts.now(), body)
  return postTo(parts, claim, secrets.address, body, headers)
}

async function postTo(
  parts: ChannelParts,
  { settings }: Claim,
  address: string | null,
  body: string,
  headers: Record<string, string>,
): Promise<Outcome> {
  if (address === null)
    return { kind: 'failed', code: 'NOTIFY_CHANNEL_NO_ADDRESS', message: 'the channel has no address' }
  const { trusted } = parts
  const request = {
    url: address,
    headers,
    body,
    allowPrivate: parts.allowPrivate(settings),
    now: parts.now(),
  }
  return post({ ...request, ...(trusted ? { trusted } : {}) })
}

/** What was planned was planned with a topic that this release has. */
function topicOf({ notification }: Claimed): AnyTopic {
  return findTopic(notification.topic)!
}

/** Values as JSON has them: whole numbers as text, because they may be larger than it can say. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)))
}
