import { parameter } from './row-key.ts'
import type { Tx } from './store.ts'

/*
 * Which UTC days usage was stored for, so that the authority knows what to publish without looking through the usage
 * itself. One small row for each day, raised by the write that stores.
 */

/** The milliseconds of a UTC day. */
export const DAY = 86_400_000n

const statements = new Map<string, string>()

/** Notes that usage of these instants was stored. After the rows themselves: whoever writes both takes them in this order. */
export async function noteUsageDays(tx: Tx, instants: Iterable<bigint>): Promise<void> {
  const days = new Set<number>()
  for (const at of instants) days.add(Math.floor(Number(at) / Number(DAY)))
  if (days.size === 0) return
  tx.touched.changed.add('usage_days')
  for (const day of [...days].sort((a, b) => a - b))
    await tx.run(raising(tx.kind), [tx.workspace, BigInt(day) * DAY])
}

function raising(kind: Tx['kind']): string {
  let text = statements.get(kind)
  if (text === undefined) {
    text = `INSERT INTO usage_days AS d (workspace, day, marks, sums_published, events_published)
      VALUES (${parameter(kind, 1)}, ${parameter(kind, 2)}, 1, 0, 0)
      ON CONFLICT (workspace, day) DO UPDATE SET marks = d.marks + 1`
    statements.set(kind, text)
  }
  return text
}
