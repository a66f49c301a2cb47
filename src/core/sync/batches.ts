import type { Reader } from '#core/database/store.ts'
import type { Scope } from '#core/database/table.ts'
import type { Id } from '#shared/ids.ts'
import type { BatchPart } from './protocol.ts'

/** A part of the content of a batch; null when it is gone, or not for a desk with these scopes. */
export async function readBatchPart(
  reader: Reader,
  id: Id,
  part: number,
  scopes: readonly Scope[],
): Promise<BatchPart | null> {
  const row = await reader.db
    .selectFrom('batches as batch')
    .innerJoin('batch_parts as part', 'part.batch', 'batch.id')
    .select(['batch.scope', 'batch.parts', 'part.bytes'])
    .where('batch.id', '=', id)
    .where('part.part', '=', BigInt(part))
    .executeTakeFirst()
  if (!row || !scopes.includes(row.scope)) return null
  return { bytes: row.bytes, parts: Number(row.parts) }
}
