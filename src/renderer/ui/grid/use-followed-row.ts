import { useEffect, useRef } from 'react'

/** How far from its place a row is looked for when rows have changed places. */
const REACH = 400

/**
 * Keeps a cursor on its row: when another row stands where it was, and nobody has moved it, it goes to where
 * its row is now. A row that is gone leaves the cursor to the one that took its place.
 */
export function useFollowedRow<T>(
  on: boolean,
  active: number,
  rowAt: (index: number) => T | undefined,
  rowKey: (row: T) => string,
  move: (row: number) => void,
): void {
  const held = useRef<{ row: number; key: string } | null>(null)
  useEffect(() => {
    if (!on || active < 0) return
    const row = rowAt(active)
    if (row === undefined) return
    const key = rowKey(row)
    const before = held.current
    if (before !== null && before.row === active && before.key !== key) {
      const at = placeNear(active, before.key, rowAt, rowKey)
      if (at !== null) {
        held.current = { row: at, key: before.key }
        move(at)
        return
      }
    }
    held.current = { row: active, key }
  }, [on, active, rowAt, rowKey, move])
}

/** The place of a row, looked for from near to far; null where it is not within reach. */
export function placeNear<T>(
  from: number,
  key: string,
  rowAt: (index: number) => T | undefined,
  rowKey: (row: T) => string,
): number | null {
  for (let away = 1; away <= REACH; away++) {
    for (const at of [from - away, from + away]) {
      const row = at < 0 ? undefined : rowAt(at)
      if (row !== undefined && rowKey(row) === key) return at
    }
  }
  return null
}
