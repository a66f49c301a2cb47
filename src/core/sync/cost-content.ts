import type { Reader } from '#core/database/store.ts'
import type { SyncRow } from '#core/database/sync-rows.ts'
import { canonicalJson } from '#shared/canonical.ts'

/* What an import stored, as it travels to desks: made from its tables, always the same bytes. */

/** What the content of a kind is made of, in this order; rows of a part. */
const CONTENT = {
  'cost.sums': [
    { table: 'cost_rollups', rows: 2000 },
    { table: 'cost_sums', rows: 40 },
  ],
  'cost.lines': [{ table: 'cost_segments', rows: 8 }],
} as const

export type CostKind = keyof typeof CONTENT
export const COST_KINDS = Object.keys(CONTENT) as CostKind[]
type ContentTable = (typeof CONTENT)[CostKind][number]['table']

/** Rows of one table, as they travel in a part. */
export interface PartRows {
  readonly table: ContentTable
  readonly rows: readonly SyncRow[]
}

const ORDER: Record<ContentTable, readonly string[]> = {
  cost_rollups: ['dimension', 'grain', 'at', 'currency', 'key'],
  cost_sums: ['dimension', 'grain'],
  cost_segments: ['name', 'segment'],
}

/** The content of a part; null behind the last one. */
export async function costPartText(
  reader: Reader,
  kind: CostKind,
  source: string,
  part: number,
): Promise<string | null> {
  let before = part
  for (const { table, rows: size } of CONTENT[kind]) {
    const { count } = await reader.db
      .selectFrom(table)
      .select(eb => eb.fn.countAll<bigint>().as('count'))
      .where('batch', '=', source)
      .executeTakeFirstOrThrow()
    const parts = Math.ceil(Number(count) / size)
    if (before >= parts) {
      before -= parts
      continue
    }
    let query = reader.db
      .selectFrom(table as 'cost_segments')
      .selectAll()
      .where('batch', '=', source)
    for (const column of ORDER[table]) query = query.orderBy(column as 'name')
    const rows = await query
      .limit(size)
      .offset(before * size)
      .execute()
    const own = rows.map(row => {
      const { workspace: _, ...rest } = row as typeof row & { workspace?: string }
      return rest
    })
    return canonicalJson({ table, rows: own } satisfies PartRows)
  }
  return null
}
