import { useCallback, useMemo, useRef, useState } from 'react'
import { isRequested } from '#renderer/ui/page/error-words.ts'

/** Commands under way at once. The core runs them one after the other; this only keeps it from waiting. */
const AT_ONCE = 4
/** Milliseconds between two showings of the progress. */
const SHOWN_EVERY = 100

export type BulkKind = 'approve' | 'issue' | 'hold' | 'assign' | 'undo'

export interface BulkFailure<Item> {
  readonly item: Item
  readonly error: unknown
}

export interface Bulk<Item> {
  readonly kind: BulkKind
  readonly total: number
  readonly done: number
  /** A server does them when it is reached. */
  readonly requested: number
  readonly failed: readonly BulkFailure<Item>[]
  readonly state: 'running' | 'stopped' | 'over'
}

export interface BulkRunner<Item> {
  readonly bulk: Bulk<Item> | null
  /** Runs a command for each; resolves when all of them are over or somebody has stopped it. */
  readonly start: (
    kind: BulkKind,
    items: readonly Item[],
    run: (item: Item) => Promise<void>,
  ) => Promise<Bulk<Item>>
  readonly stop: () => void
  readonly dismiss: () => void
}

/** The same command for many things: one command each, a progress, and a list of what failed. */
export function useBulk<Item>(): BulkRunner<Item> {
  const [bulk, setBulk] = useState<Bulk<Item> | null>(null)
  const stopped = useRef(false)
  const start = useCallback<BulkRunner<Item>['start']>(async (kind, items, run) => {
    stopped.current = false
    const result = await runEach(items, run, {
      stopped: () => stopped.current,
      onProgress: progress => setBulk({ kind, total: items.length, ...progress, state: 'running' }),
    })
    const over: Bulk<Item> = {
      kind,
      total: items.length,
      ...result,
      state: stopped.current ? 'stopped' : 'over',
    }
    setBulk(over)
    return over
  }, [])
  const stop = useCallback(() => {
    stopped.current = true
  }, [])
  const dismiss = useCallback(() => setBulk(null), [])
  return useMemo(() => ({ bulk, start, stop, dismiss }), [bulk, start, stop, dismiss])
}

/** How many of a bulk went through, wait for a server, or failed. */
export interface BulkProgress<Item> {
  readonly done: number
  readonly requested: number
  readonly failed: readonly BulkFailure<Item>[]
}

/** Runs something for each item, some at once, and goes on when one fails. */
export async function runEach<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<void>,
  on: {
    readonly stopped: () => boolean
    readonly onProgress: (progress: BulkProgress<Item>) => void
  },
): Promise<BulkProgress<Item>> {
  const failed: BulkFailure<Item>[] = []
  let done = 0
  let requested = 0
  let next = 0
  let shown = 0
  const tell = (now: number) => {
    if (now - shown < SHOWN_EVERY) return
    shown = now
    on.onProgress({ done, requested, failed: [...failed] })
  }
  on.onProgress({ done, requested, failed: [] })
  const worker = async () => {
    while (next < items.length && !on.stopped()) {
      const item = items[next++]!
      try {
        await run(item)
        done++
      } catch (error) {
        if (isRequested(error)) requested++
        else failed.push({ item, error })
      }
      tell(performance.now())
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  return { done, requested, failed }
}
