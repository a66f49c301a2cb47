import type { Reader } from '#core/database/store.ts'
import type { BatchKind } from './batches.ts'
import type { BulkWant } from './bulk.ts'

/** Bulk content of a span that the authority has and this desk has not. */
export interface Missing {
  readonly batches: number
  readonly bytes: bigint
  /** All of it is asked for, and on its way as soon as the server is reached. */
  readonly wanted: boolean
}

const NOTHING: Missing = { batches: 0, bytes: 0n, wanted: false }

/** What of bulk content is not on this desk; nothing where this machine has the last word. */
export async function missingOf(reader: Reader, { kind, from, to }: BulkWant): Promise<Missing> {
  if (!(await isDesk(reader))) return NOTHING
  const batches = await reader.db
    .selectFrom('batches')
    .select(['source', 'bytes', 'period_from', 'period_to'])
    .where('kind', '=', kind)
    .where('period_from', '<', to)
    .where('period_to', '>', from)
    .execute()
  const whole = await wholeOf(reader, [kind])
  const missing = batches.filter(batch => !whole.has(`${kind}/${batch.source}`))
  if (missing.length === 0) return NOTHING
  const wants = await reader.db.selectFrom('bulk_wants').selectAll().where('kind', '=', kind).execute()
  return {
    batches: missing.length,
    bytes: missing.reduce((sum, batch) => sum + batch.bytes, 0n),
    wanted: missing.every(batch =>
      wants.some(want => want.period_from < batch.period_to && want.period_to > batch.period_from),
    ),
  }
}

/** What of bulk content is on a desk, by month and kind, the newest month first. */
export async function keptHere(reader: Reader) {
  if (!(await isDesk(reader))) return []
  const batches = await reader.db
    .selectFrom('batches')
    .select(['kind', 'source', 'bytes', 'period_from'])
    .orderBy('period_from', 'desc')
    .execute()
  const whole = await wholeOf(reader, null)
  const months = new Map<
    string,
    { month: string; kind: BatchKind; batches: number; here: number; bytes: bigint; bytesHere: bigint }
  >()
  for (const { kind, source, bytes, period_from } of batches) {
    const month = new Date(Number(period_from)).toISOString().slice(0, 7)
    const key = `${month}/${kind}`
    let row = months.get(key)
    if (!row) months.set(key, (row = { month, kind, batches: 0, here: 0, bytes: 0n, bytesHere: 0n }))
    row.batches++
    row.bytes += bytes
    if (!whole.has(`${kind}/${source}`)) continue
    row.here++
    row.bytesHere += bytes
  }
  return [...months.values()]
}

async function isDesk(reader: Reader): Promise<boolean> {
  const { authority } = await reader.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  return authority === 'connected'
}

/** Content that is whole here, also where a later version of it is on its way. */
async function wholeOf(reader: Reader, kinds: readonly BatchKind[] | null): Promise<ReadonlySet<string>> {
  let query = reader.db.selectFrom('batches_here').select(['kind', 'source']).where('state', '=', 'here')
  if (kinds) query = query.where('kind', 'in', kinds)
  const rows = await query.execute()
  return new Set(rows.map(row => `${row.kind}/${row.source}`))
}
