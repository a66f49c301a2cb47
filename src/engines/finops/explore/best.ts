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
  offer(item: number): void
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
      } else if (count > 0 && before(item, heap[0]!)) {
        heap[0] = item
        sink()
      }
    },
    last: () => (heap.length === count && count > 0 ? heap[0]! : null),
    inOrder: () => heap.toSorted((a, b) => (before(a, b) ? -1 : 1)),
  }
}
