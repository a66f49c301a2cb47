import type { Reader } from '#core/database/store.ts'
import type { Kept } from '#core/runtime/kept.ts'

/** Keys that are kept; the one that came in first goes first. */
const MOST_KEPT = 50_000

/**
 * The ids of customers by their keys, by which programs name them: a check a program asks for many times a second would
 * otherwise ask the database for the id alone. Never older than the last commit.
 */
export interface CustomerKeys extends Kept {
  /** The id from memory; undefined where it has to be read. */
  idOf(key: string): string | undefined
  /** Keeps what was read, where nothing was committed since its snapshot was opened. */
  keep(reader: Reader, key: string, id: string): void
}

export function createCustomerKeys(most = MOST_KEPT): CustomerKeys {
  const ids = new Map<string, string>()
  /** Counts commits that changed customers. */
  let generation = 0
  const snapshots = new WeakMap<Reader, number>()
  return {
    committed(changed) {
      if (!changed.has('customers')) return
      generation++
      ids.clear()
    },
    opening: () => generation,
    opened: (reader, at) => void snapshots.set(reader, at),
    idOf: key => ids.get(key),
    keep(reader, key, id) {
      if (snapshots.get(reader) !== generation) return
      const [first] = ids.keys()
      if (first !== undefined && ids.size >= most) ids.delete(first)
      ids.set(key, id)
    },
  }
}
