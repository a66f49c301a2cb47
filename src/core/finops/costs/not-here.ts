import type { Reader } from '#core/database/store.ts'
import { type Refusal, refuse } from '#shared/errors.ts'
import type { PublishedBatch } from './published.ts'

/** What says that content of batches is not on this desk yet, and of which billing periods it is. */
export function notHere(kind: 'cost.sums' | 'cost.lines', batches: readonly PublishedBatch[]): Refusal {
  const from = BigInt(Math.min(...batches.map(batch => Number(batch.period.from))))
  const to = BigInt(Math.max(...batches.map(batch => Number(batch.period.to))))
  return refuse('SYNC_NOT_HERE', { kind, from, to })
}

/** Whether lines of a batch are on their way to this desk, so that some of its columns may be here and others not. */
export async function isComing(reader: Reader, batch: string): Promise<boolean> {
  const row = await reader.db
    .selectFrom('batches_here')
    .select('id')
    .where('source', '=', batch)
    .where('kind', '=', 'cost.lines')
    .where('state', '=', 'wanted')
    .where('next_part', '>', 0n)
    .executeTakeFirst()
  return row !== undefined
}
