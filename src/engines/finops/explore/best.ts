/**
 * The first `count` numbers below `length` in the order of `before`, in that order, found without sorting all.
 * `before` must be a strict total order.
 */
export function firstInOrder(
  length: number,
  count: number,
  before: (a: number, b: number) => boolean,
): number[] {
  const kept = bounded(count, before)
  for (let item = 0; item < length; item++) kept.offer(item)
  return kept.inOrder()
}

/** Keeps the first `count` items offered, in the order of `before`. */
export interface Bounded {
  /** Gives the item that is not kept now: the one offered, or the one it took the place of; -1 for none. */
  offer(item: number): number
  /** The last of those kept, once there are `count`; null before. */
  last(): number | null
  inOrder(): number[]
}

/** A heap with the last of the kept items on top. */
export function bounded(count: number, before: (a: number, b: number) => boolean): Bounded {
  const heap: number[] = []
  const swap = (i: number, j: number) => {
    const held = heap[i]!
    heap[i] = heap[j]!
    heap[j] = held
  }
  const sink = () => {
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      if (left >= heap.length) return
      const later = left + 1 < heap.length && before(heap[left]!, heap[left + 1]!) ? left + 1 : left
      if (!before(heap[at]!, heap[later]!)) return
      swap(at, later)
      at = later
    }
  }
  return {
    offer(item) {
      if (heap.length < count) {
        heap.push(item)
        for (let at = heap.length - 1; at > 0; ) {
          const parent = (at - 1) >> 1
          if (!before(heap[parent]!, heap[at]!)) break
          swap(at, parent)
          at = parent
        }
        return -1
      }
      const last = heap[0]
      if (last === undefined || !before(item, last)) return item
      heap[0] = item
      sink()
      return last
    },
    last: () => (heap.length === count ? (heap[0] ?? null) : null),
    inOrder: () => heap.toSorted((a, b) => (before(a, b) ? -1 : 1)),
  }
}
