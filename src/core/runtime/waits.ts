import { createHistogram, type HistogramSummary } from './histogram.ts'

/** `read` and `write` are people's on the store's own connections; `heavy` ran in the reader thread. */
export type WaitKind = 'read' | 'write' | 'heavy'
const KINDS: readonly WaitKind[] = ['read', 'write', 'heavy']

/** How long people's reads and writes waited for their turn, and how long they took in all. */
export interface Waits {
  /** Give it to the store as `onWait`; milliseconds. */
  readonly onWait: (kind: WaitKind, waited: number, ran: number) => void
  summary(): readonly { kind: WaitKind; waited: HistogramSummary; total: HistogramSummary }[]
}

export function createWaits(): Waits {
  const kept = KINDS.map(kind => ({ kind, waited: createHistogram(), total: createHistogram() }))
  return {
    onWait(kind, waited, ran) {
      const one = kept[KINDS.indexOf(kind)]!
      one.waited.record(waited)
      one.total.record(waited + ran)
    },
    summary: () =>
      kept.map(({ kind, waited, total }) => ({ kind, waited: waited.summary(), total: total.summary() })),
  }
}
