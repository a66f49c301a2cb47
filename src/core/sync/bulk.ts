import type { Row } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'
import { type BatchKind, checkedPart, type PartRows } from './batches.ts'
import type { SyncServer } from './protocol.ts'

export interface BulkParts {
  readonly store: Store
  readonly workspace: Id
  readonly server: Pick<SyncServer, 'batch'>
  /** Is told after each commit which tables changed. */
  readonly committed: (tables: ReadonlySet<string>) => void
}

/** How many batches are whole now that were not before, and how many could not be had. */
export interface Fetched {
  readonly fetched: number
  readonly left: number
}

/** Content that every desk has; the rest is fetched where somebody asks for it. */
const ALWAYS: ReadonlySet<BatchKind> = new Set(['cost.sums'])

/** What a batch holds, by the tables that its parts go to. */
const TABLES: Record<BatchKind, readonly PartRows['table'][]> = {
  'cost.sums': ['cost_rollups', 'cost_sums'],
  'cost.lines': ['cost_segments'],
}

/**
 * The desk's half of bulk content: lets go of what was taken back, and fetches what every desk has and what
 * somebody asked for, part by part. Each part is checked against its digest and stored in one transaction with
 * the number of the next one, so that a fetch goes on where it was cut off and no part is stored twice. A part
 * that is not what the row says is left: the row is about to change, or the line is not to be trusted.
 */
export function createBulk(parts: BulkParts) {
  const { store, workspace, server } = parts
  let running: Promise<Fetched> | null = null

  async function write(work: (tx: Tx) => Promise<void>): Promise<void> {
    const changed = await store.write(workspace, 'job', async tx => {
      await work(tx)
      return tx.touched.changed
    })
    parts.committed(changed)
  }

  async function look() {
    return store.read(workspace, async reader => {
      const batches = await reader.db.selectFrom('batches').selectAll().execute()
      const here = await reader.db.selectFrom('batches_here').selectAll().execute()
      return {
        batches: new Map(batches.map(row => [row.id, row])),
        here: new Map(here.map(row => [row.id, row])),
      }
    })
  }

  async function letGo(gone: Row<'batches_here'>): Promise<void> {
    await write(async tx => {
      for (const table of TABLES[gone.kind as BatchKind])
        await tx.db.deleteFrom(table).where('batch', '=', gone.source).execute()
      await tx.db.deleteFrom('batches_here').where('id', '=', gone.id).execute()
    })
  }

  async function storePart(batch: Row<'batches'>, part: number, content: PartRows | null): Promise<void> {
    await write(async tx => {
      const known = await tx.db
        .selectFrom('batches_here')
        .selectAll()
        .where('id', '=', batch.id)
        .executeTakeFirst()
      if (known && known.next_part !== BigInt(part)) return
      if (content && content.rows.length > 0)
        await tx.db
          .insertInto(content.table)
          .values(content.rows as never)
          .execute()
      const next = content ? BigInt(part + 1) : batch.parts
      const state = next >= batch.parts ? 'here' : 'wanted'
      const { id, kind, source, period_from, period_to } = batch
      await tx.db
        .insertInto('batches_here')
        .values({ id, kind, source, period_from, period_to, state, next_part: next })
        .onConflict(conflict => conflict.columns(['id']).doUpdateSet({ state, next_part: next }))
        .execute()
    })
  }

  /** The content of a part when the server has it and it is what the row says; null otherwise. */
  async function ask(batch: Row<'batches'>, part: number): Promise<PartRows | null> {
    try {
      const answer = await server.batch({ id: batch.id, part })
      return answer && checkedPart(batch, part, answer.bytes)
    } catch {
      // Not reached: the next round asks again.
      return null
    }
  }

  async function fetchAll(): Promise<Fetched> {
    const { batches, here } = await look()
    for (const row of here.values()) if (!batches.has(row.id)) await letGo(row)
    let fetched = 0
    let left = 0
    for (const batch of batches.values()) {
      const known = here.get(batch.id)
      if (known?.state === 'here' || !(known || ALWAYS.has(batch.kind))) continue
      let whole = true
      for (let part = Number(known?.next_part ?? 0n); whole && part < Number(batch.parts); part++) {
        const content = await ask(batch, part)
        if (content) await storePart(batch, part, content)
        else whole = false
      }
      if (whole && batch.parts === 0n) await storePart(batch, 0, null)
      if (whole) fetched++
      else left++
    }
    return { fetched, left }
  }

  return {
    /** Asks for content that is not on every desk, for the next fetch. */
    async want(ids: readonly Id[]): Promise<void> {
      const { batches, here } = await look()
      await write(async tx => {
        for (const id of ids) {
          const batch = batches.get(id)
          if (!batch || here.has(id)) continue
          const { kind, source, period_from, period_to } = batch
          await tx.db
            .insertInto('batches_here')
            .values({ id, kind, source, period_from, period_to, state: 'wanted', next_part: 0n })
            .execute()
        }
      })
    },

    /** Fetches what is missing. A call while one runs waits for that one. */
    fetch(): Promise<Fetched> {
      running ??= fetchAll().finally(() => {
        running = null
      })
      return running
    },
  }
}

export type Bulk = ReturnType<typeof createBulk>
