import { dropDay, slicesOf, takeSlice } from '#core/billing/usage/usage-content.ts'
import type { Row } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import { DAY } from '#core/database/usage-days.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import { type BatchKind, checkedPart } from './batches.ts'
import type { CostKind, PartRows } from './cost-content.ts'
import type { SyncServer } from './protocol.ts'

export interface BulkParts {
  readonly store: Store
  readonly workspace: Id
  readonly server: Pick<SyncServer, 'batch'>
  readonly now: () => bigint
  /** Is told after each commit which tables changed. */
  readonly committed: (tables: ReadonlySet<string>) => void
}

/** How many batches are whole now that were not before, and how many could not be had. */
export interface Fetched {
  readonly fetched: number
  readonly left: number
}

/** Content of a span `[from, to)` that somebody wants on this desk. */
export interface BulkWant {
  readonly kind: BatchKind
  readonly from: bigint
  readonly to: bigint
}

/** Roll-ups of usage of so many days are on every desk: the month that is closed, the one before, and this one. */
const DAYS_OF_SUMS = 100n

/** What a batch of costs holds, by the tables that its parts go to. */
const TABLES: Record<CostKind, readonly PartRows['table'][]> = {
  'cost.sums': ['cost_rollups', 'cost_sums'],
  'cost.lines': ['cost_segments'],
}

type Batch = Row<'batches'>
type Here = Row<'batches_here'>

/** What a later version of the same content has in common with an earlier one. */
const placeOf = ({ kind, source }: { readonly kind: string; readonly source: string }) => `${kind}/${source}`

/**
 * The desk's half of bulk content: lets go of what was taken back, and fetches what every desk has and what
 * somebody asked for, part by part. Each part is checked against its digest and stored before the number of the
 * next one, so that a fetch goes on where it was cut off and no part counts twice. A part that is not what the row
 * says is left: the row is about to change, or the line is not to be trusted. What there is of an earlier version of
 * the same content stays until the later one is whole.
 */
export function createBulk(parts: BulkParts) {
  const { store, workspace, server } = parts
  let running: Promise<Fetched> | null = null
  let again = false

  async function write(work: (tx: Tx) => Promise<void>): Promise<void> {
    const changed = await store.write(workspace, 'job', async tx => {
      await work(tx)
      return tx.touched.changed
    })
    parts.committed(changed)
  }

  async function look() {
    return store.read(workspace, async reader => ({
      batches: await reader.db.selectFrom('batches').selectAll().orderBy('period_from', 'desc').execute(),
      here: await reader.db.selectFrom('batches_here').selectAll().execute(),
      wants: await reader.db.selectFrom('bulk_wants').selectAll().execute(),
    }))
  }

  async function letGo(gone: Here): Promise<void> {
    await write(async tx => {
      if (gone.kind === 'usage.sums' || gone.kind === 'usage.events')
        await dropDay(tx, gone.kind, BigInt(gone.source))
      else
        for (const table of TABLES[gone.kind as CostKind])
          await tx.db.deleteFrom(table).where('batch', '=', gone.source).execute()
      await tx.db.deleteFrom('batches_here').where('id', '=', gone.id).execute()
    })
  }

  /** Notes how far a batch is; false where another fetch was faster. */
  async function noteNext(tx: Tx, batch: Batch, part: number, next: bigint): Promise<boolean> {
    const known = await tx.db
      .selectFrom('batches_here')
      .select('next_part')
      .where('id', '=', batch.id)
      .executeTakeFirst()
    if (known && known.next_part !== BigInt(part)) return false
    const state = next >= batch.parts ? 'here' : 'wanted'
    const { id, kind, source, period_from, period_to } = batch
    await tx.db
      .insertInto('batches_here')
      .values({ id, kind, source, period_from, period_to, state, next_part: next })
      .onConflict(conflict => conflict.columns(['id']).doUpdateSet({ state, next_part: next }))
      .execute()
    if (state === 'here')
      await tx.db
        .deleteFrom('batches_here')
        .where('kind', '=', kind)
        .where('source', '=', source)
        .where('id', '!=', id)
        .execute()
    return true
  }

  async function storePart(batch: Batch, part: number, text: string): Promise<void> {
    const next = BigInt(part + 1)
    if (batch.kind === 'usage.sums' || batch.kind === 'usage.events') {
      // The same slice again changes nothing, so that only the last write has to say that the part is here.
      for (const slice of slicesOf(text)) await write(tx => takeSlice(tx, slice))
      return write(async tx => void (await noteNext(tx, batch, part, next)))
    }
    const content = fromCanonical<PartRows>(text)
    await write(async tx => {
      if (!(await noteNext(tx, batch, part, next)) || content.rows.length === 0) return
      // A desk that uploaded its workspace has them already; they never change.
      await tx.db
        .insertInto(content.table)
        .values(content.rows as never)
        .onConflict(conflict => conflict.doNothing())
        .execute()
    })
  }

  /** The content of a part when the server has it and it is what the row says; null otherwise. */
  async function ask(batch: Batch, part: number): Promise<string | null> {
    try {
      const answer = await server.batch({ id: batch.id, part })
      return answer && checkedPart(batch, part, answer.bytes)
    } catch {
      // Not reached: the next round asks again.
      return null
    }
  }

  async function fetchAll(): Promise<Fetched> {
    const { batches, here, wants } = await look()
    const there = new Set(batches.map(row => row.id))
    const places = new Set(batches.map(placeOf))
    for (const row of here) if (!there.has(row.id) && !places.has(placeOf(row))) await letGo(row)
    const known = new Map(here.map(row => [row.id, row]))
    const since = parts.now() - DAYS_OF_SUMS * DAY
    const isWanted = (batch: Batch) =>
      batch.kind === 'cost.sums' ||
      (batch.kind === 'usage.sums' && batch.period_to > since) ||
      known.has(batch.id) ||
      wants.some(
        want =>
          want.kind === batch.kind &&
          want.period_from < batch.period_to &&
          want.period_to > batch.period_from,
      )
    let fetched = 0
    let left = 0
    for (const batch of batches) {
      const row = known.get(batch.id)
      if (row?.state === 'here' || !isWanted(batch)) continue
      let whole = true
      for (let part = Number(row?.next_part ?? 0n); whole && part < Number(batch.parts); part++) {
        const text = await ask(batch, part)
        if (text === null) whole = false
        else await storePart(batch, part, text)
      }
      if (whole && batch.parts === 0n) await write(async tx => void (await noteNext(tx, batch, 0, 0n)))
      if (whole) fetched++
      else left++
    }
    return { fetched, left }
  }

  async function fetchUntilQuiet(): Promise<Fetched> {
    let all: Fetched = { fetched: 0, left: 0 }
    do {
      again = false
      const { fetched, left } = await fetchAll()
      all = { fetched: all.fetched + fetched, left }
    } while (again)
    return all
  }

  return {
    /** Asks for content that is not on every desk, for the next fetch and for all that comes later. */
    async want({ kind, from, to }: BulkWant): Promise<void> {
      const span = { period_from: from - (from % DAY), period_to: to + ((DAY - (to % DAY)) % DAY) }
      // Events are found by the roll-ups that they are in.
      const kinds: readonly BatchKind[] = kind === 'usage.events' ? [kind, 'usage.sums'] : [kind]
      await write(async tx => {
        await tx.db
          .insertInto('bulk_wants')
          .values(kinds.map(one => ({ kind: one, ...span })))
          .onConflict(conflict => conflict.columns(['kind', 'period_from', 'period_to']).doNothing())
          .execute()
      })
    },

    /** Fetches what is missing. A call while one runs waits for that one, which then looks once more. */
    fetch(): Promise<Fetched> {
      if (running) again = true
      running ??= fetchUntilQuiet().finally(() => {
        running = null
      })
      return running
    },
  }
}

export type Bulk = ReturnType<typeof createBulk>
