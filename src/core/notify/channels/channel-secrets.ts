import type { Reader, Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

/** What nobody is shown of a channel. */
export interface ChannelSecrets {
  readonly address: string | null
  /** What webhooks are signed with; Slack has none. */
  readonly key: string | null
}

/*
 * They lie with the secret settings, which never leave this machine: not to desks, not into an upload.
 */
const names = (channelId: Id) => ({
  address: `notify.channel.${channelId}.address`,
  key: `notify.channel.${channelId}.key`,
})

/** The secrets of a channel, for what talks to the outside. Never give them to a page or to the log. */
export async function readChannelSecrets(
  session: Pick<Reader, 'db'>,
  channelId: Id,
): Promise<ChannelSecrets> {
  const { address, key } = names(channelId)
  const rows = await session.db
    .selectFrom('secrets')
    .select(['name', 'value'])
    .where('name', 'in', [address, key])
    .execute()
  const found = new Map(rows.map(row => [row.name, row.value]))
  return { address: found.get(address) ?? null, key: found.get(key) ?? null }
}

/** Stores what is given and leaves what is not. */
export async function storeChannelSecrets(
  tx: Tx,
  channelId: Id,
  given: { readonly address?: string | undefined; readonly key?: string | undefined },
  by: { readonly person: Id; readonly now: bigint },
): Promise<void> {
  for (const [what, value] of Object.entries(given)) {
    if (value === undefined) continue
    const row = { value, changed_by: by.person, changed_at: by.now }
    await tx.db
      .insertInto('secrets')
      .values({ name: names(channelId)[what as 'address' | 'key'], ...row })
      .onConflict(on => on.columns(['name']).doUpdateSet(row))
      .execute()
  }
}

export async function removeChannelSecrets(tx: Tx, channelId: Id): Promise<void> {
  await tx.db
    .deleteFrom('secrets')
    .where('name', 'in', Object.values(names(channelId)))
    .execute()
}
