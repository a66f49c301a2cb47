import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { notificationTopics } from '#engines/notify/topics/index.ts'
import { testMessage } from '#engines/notify/topics/workspace.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { type Channel, notifications } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { removeChannelSecrets, storeChannelSecrets } from './channels/channel-secrets.ts'
import { notify } from './notify.ts'
import { hasMail } from './plan.ts'

const leaf = notifications.channels
type ChannelRow = Row<'notification_channels'>

function channelOf(row: ChannelRow): Channel {
  return {
    ...{ id: row.id, kind: row.kind, name: row.name, host: row.host },
    ...{ topics: fromCanonical<string[]>(row.topics), active: row.active !== 0n, changedAt: row.changed_at },
  }
}

export const listChannels = (environment: EnvironmentSettings) =>
  answer(leaf.list, async ({ reader }) => {
    const settings = await readSettings(reader, environment)
    const rows = await reader.db.selectFrom('notification_channels').selectAll().orderBy('name').execute()
    return {
      channels: rows.map(channelOf),
      topics: notificationTopics
        .filter(topic => topic.broadcast)
        .map(({ id, name, about }) => ({ id, name, about })),
      mail: {
        ready: hasMail(settings),
        from: settings['notify.mailFrom'],
        host: settings['notify.mailHost'],
      },
    }
  })

/** The machine that an address leads to. What cannot be called is refused before it is stored. */
function hostOf(kind: ChannelRow['kind'], address: string): string {
  const wrong = (reason: string) => refuse('NOTIFY_CHANNEL_ADDRESS', { reason })
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url) throw wrong('unreadable')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong('scheme')
  if (url.username !== '' || url.password !== '') throw wrong('user')
  if (kind === 'slack' && url.pathname === '/') throw wrong('slack')
  return url.host
}

async function demandFreeName(tx: Tx, name: string, id: string): Promise<void> {
  const taken = await tx.db
    .selectFrom('notification_channels')
    .select('id')
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) throw refuse('NOTIFY_CHANNEL_NAME', { name })
}

const by = ({ actor, now }: Pick<CommandCall<unknown>, 'actor' | 'now'>) => ({
  person: byWhomOrNobody(actor),
  now,
})

export const addChannel = handle(leaf.add, async call => {
  const { tx, input, ids, actor, now } = call
  const { kind, name, topics, address, key } = input
  if (kind === 'webhook' && key === undefined) throw refuse('NOTIFY_CHANNEL_KEY', {})
  const row: ChannelRow = {
    ...{ id: ids.next(), kind, name, host: hostOf(kind, address), topics: canonicalJson(topics) },
    ...{ active: 1n, created_at: now, changed_by: byWhom(actor), changed_at: now },
  }
  await demandFreeName(tx, name, row.id)
  await tx.db.insertInto('notification_channels').values(row).execute()
  await storeChannelSecrets(tx, row.id, { address, key: kind === 'webhook' ? key : undefined }, by(call))
  return channelOf(row)
})

async function getChannel(tx: Tx, id: string): Promise<ChannelRow> {
  const row = await tx.db
    .selectFrom('notification_channels')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'channel', id })
  return row
}

export const changeChannel = handle(leaf.change, async call => {
  const { tx, input, actor, now } = call
  const { channelId, name, topics, active, address, key } = input
  const before = await getChannel(tx, channelId)
  if (name !== undefined) await demandFreeName(tx, name, channelId)
  const row: ChannelRow = {
    ...before,
    name: name ?? before.name,
    host: address === undefined ? before.host : hostOf(before.kind, address),
    topics: topics === undefined ? before.topics : canonicalJson(topics),
    active: active === undefined ? before.active : active ? 1n : 0n,
    ...{ changed_by: byWhom(actor), changed_at: now },
  }
  await tx.db.updateTable('notification_channels').set(row).where('id', '=', channelId).execute()
  await storeChannelSecrets(
    tx,
    channelId,
    { address, key: before.kind === 'webhook' ? key : undefined },
    by(call),
  )
  return channelOf(row)
})

export const removeChannel = handle(leaf.remove, async ({ tx, input }) => {
  const { id } = await getChannel(tx, input.channelId)
  await tx.db.deleteFrom('notification_channels').where('id', '=', id).execute()
  await removeChannelSecrets(tx, id)
  return { channelId: id }
})

export const sendTest = (environment: EnvironmentSettings) =>
  handle(notifications.test, async call => {
    const { tx, input, actor, commandId } = call
    const { channel } = input
    if (channel === 'email' && !hasMail(await readSettings(reading(tx), environment)))
      throw refuse('NOTIFY_MAIL_NOT_SET_UP', {})
    const personal = channel === 'email' || channel === 'desktop'
    if (!personal) await getChannel(tx, channel)
    const onceKey = `test:${commandId}`
    await notify(call, {
      topic: testMessage,
      to: personal && actor ? [{ person: actor.id }] : [],
      params: { by: actor?.name ?? 'Quarterdeck' },
      onceKey,
      link: '/workspace/notifications?tab=channels',
      only: { mail: channel === 'email', channels: personal ? [] : [channel] },
    })
    return { onceKey }
  })
