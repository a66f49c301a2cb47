/** Which queries are to be asked again: all of them, or those with these ids. */
export type Stale = 'everything' | ReadonlySet<string>

/** Milliseconds in which changes are gathered, for ordinary tables and for bulk ones. */
export const ORDINARY_PAUSE = 250
export const BULK_PAUSE = 1000

export interface Timers {
  set(run: () => void, milliseconds: number): unknown
  clear(timer: unknown): void
}

/**
 * Gathers what changed and says it at most every 250 ms, what changed in bulk at most once a second. The
 * first change starts the pause, so that a steady stream of them cannot put the answer off for ever.
 */
export function createInvalidation(invalidate: (stale: Stale) => void, timers: Timers) {
  const ordinary = new Set<string>()
  const bulk = new Set<string>()
  let ordinaryTimer: unknown
  let bulkTimer: unknown

  const flush = (ids: Set<string>) => {
    const stale = new Set(ids)
    ids.clear()
    if (stale.size > 0) invalidate(stale)
  }
  const forget = () => {
    if (ordinaryTimer !== undefined) timers.clear(ordinaryTimer)
    if (bulkTimer !== undefined) timers.clear(bulkTimer)
    ordinaryTimer = undefined
    bulkTimer = undefined
    ordinary.clear()
    bulk.clear()
  }
  return {
    changed(queries: readonly string[], isBulk: boolean): void {
      for (const id of queries) (isBulk ? bulk : ordinary).add(id)
      if (isBulk) {
        bulkTimer ??= timers.set(() => {
          bulkTimer = undefined
          flush(bulk)
        }, BULK_PAUSE)
      } else {
        ordinaryTimer ??= timers.set(() => {
          ordinaryTimer = undefined
          flush(ordinary)
        }, ORDINARY_PAUSE)
      }
    },
    /** Events were missed: ask everything again, now. */
    everything(): void {
      forget()
      invalidate('everything')
    },
    close: forget,
  }
}
