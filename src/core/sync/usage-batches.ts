import { eventsOfDay } from '#core/billing/usage/usage-content.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import { DAY } from '#core/database/usage-days.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { digestOf, type Id, idFromCommand } from '#shared/ids.ts'
import type { ContentReader } from './content-reader.ts'
import { takeFeedVersion } from './feed-version.ts'

/*
 * Usage as bulk content, by UTC days. Roll-ups go on changing while their day is used, so that their parts are kept as
 * they were published; events are read from their table when they are asked for, and a day's are published once
 * nothing more came in for it from one look to the next.
 */

export type UsageKind = 'usage.sums' | 'usage.events'

/** Days of roll-ups, and of events, that one look publishes; the others follow a moment later. */
const SUMS_AT_ONCE = 10
const EVENTS_AT_ONCE = 4

/** What one look came to. */
export interface Published {
  readonly changed: ReadonlySet<string>
  /** Something is left for the next look. */
  readonly more: boolean
}

/** The content of a part of usage; null behind the last one, or when it is gone. */
export async function usagePartText(
  reader: Reader,
  kind: UsageKind,
  batch: { readonly id: string; readonly source: string },
  part: number,
): Promise<string | null> {
  if (kind === 'usage.events') return (await eventsOfDay(reader, BigInt(batch.source), part))?.text ?? null
  const row = await reader.db
    .selectFrom('batch_parts')
    .select('content')
    .where('batch', '=', batch.id)
    .where('part', '=', BigInt(part))
    .executeTakeFirst()
  return row ? new TextDecoder().decode(row.content) : null
}

/** Publishes days of usage, the newest first: their roll-ups, and the events of those that are quiet. */
export async function publishUsage(
  store: Store,
  workspace: Id,
  content: ContentReader,
  now: bigint,
): Promise<Published> {
  const changed = new Set<string>()
  const { sums, events } = await store.read(workspace, dueDays)
  const write = async (work: (tx: Tx) => Promise<void>) => {
    const touched = await store.write(workspace, 'job', async tx => {
      await work(tx)
      return tx.touched.changed
    })
    for (const name of touched) changed.add(name)
  }
  for (const day of sums.slice(0, SUMS_AT_ONCE)) {
    const { marks, parts, ...facts } = await content.sums(day)
    await write(async tx => {
      await putBatch(tx, { kind: 'usage.sums', day, now, ...facts }, parts)
      await tx.db.updateTable('usage_days').set({ sums_published: marks }).where('day', '=', day).execute()
    })
  }
  for (const day of events.slice(0, EVENTS_AT_ONCE)) {
    const { marks, ...facts } = await content.events(day)
    await write(async tx => {
      // What came in meanwhile may be in some of the parts and not in others: the next look has all of it.
      if ((await marksIn(tx, day)) !== marks) return
      await putBatch(tx, { kind: 'usage.events', day, now, ...facts }, [])
      await tx.db.updateTable('usage_days').set({ events_published: marks }).where('day', '=', day).execute()
    })
  }
  return { changed, more: sums.length > 0 || events.length > EVENTS_AT_ONCE }
}

/** Days with something to publish: of roll-ups at once, of events when the roll-ups were not touched since. */
async function dueDays(reader: Reader) {
  const rows = await reader.db
    .selectFrom('usage_days')
    .selectAll()
    .where(eb =>
      eb.or([eb('marks', '>', eb.ref('sums_published')), eb('marks', '>', eb.ref('events_published'))]),
    )
    .orderBy('day', 'desc')
    .execute()
  return {
    sums: rows.filter(row => row.marks > row.sums_published).map(row => row.day),
    events: rows.filter(row => row.marks === row.sums_published).map(row => row.day),
  }
}

const marksIn = async (tx: Tx, day: bigint) =>
  (await tx.db.selectFrom('usage_days').select('marks').where('day', '=', day).executeTakeFirstOrThrow())
    .marks

interface Batch {
  readonly kind: UsageKind
  readonly day: bigint
  readonly rows: number
  readonly now: bigint
  readonly digests: readonly string[]
  readonly bytes: number
}

/** Puts a batch in the place of the one before; the same content stays the same batch. */
async function putBatch(tx: Tx, batch: Batch, parts: readonly Uint8Array[]): Promise<void> {
  const { kind, day, rows, now, digests, bytes } = batch
  const source = String(day)
  const partDigests = canonicalJson(digests)
  const digest = digestOf(partDigests)
  const there = () =>
    tx.db
      .selectFrom('batches')
      .select(['id', 'digest'])
      .where('kind', '=', kind)
      .where('source', '=', source)
      .execute()
  const isThere = (rows: readonly { readonly digest: string }[]) => rows.some(row => row.digest === digest)
  if (isThere(await there())) return
  // From here on all commands of the workspace wait: what follows is sent at once, and carried out in this order.
  // Until here another publisher may have put the same in its place.
  const [, before] = await Promise.all([takeFeedVersion(tx), there()])
  if (isThere(before)) return
  const gone = before.map(row => row.id)
  // The same on a server that was restored, where the same day has the same content.
  const id = idFromCommand(`${day.toString(16).padStart(12, '0')}/${kind}/${digest}`, 0)
  const contents = parts.map((content, part) => ({ batch: id, part: BigInt(part), content }))
  await Promise.all([
    ...(gone.length > 0
      ? [
          tx.db.deleteFrom('batches').where('id', 'in', gone).execute(),
          tx.db.deleteFrom('batch_parts').where('batch', 'in', gone).execute(),
        ]
      : []),
    tx.db
      .insertInto('batches')
      .values({
        ...{ id, kind, source, scope: 'everyone', period_from: day, period_to: day + DAY },
        ...{ rows: BigInt(rows), bytes: BigInt(bytes), parts: BigInt(digests.length) },
        ...{ part_digests: partDigests, digest, published_at: now },
      })
      .execute(),
    ...contents.map(row => tx.db.insertInto('batch_parts').values(row).execute()),
  ])
}
