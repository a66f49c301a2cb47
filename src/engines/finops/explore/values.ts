import { SEGMENT_ROWS } from '../columns/column.ts'
import { addRows, sumsOf } from './accumulator.ts'
import { groupRows, layOut } from './axes.ts'
import { firstInOrder } from './best.ts'
import type { Dimension, Period } from './query.ts'
import type { ExploreSegment } from './segment.ts'
import { selector } from './selection.ts'
import { dimensionTexts, keyText, type TextSpace } from './text-space.ts'
import { widener } from './widen.ts'

export interface ValueCount {
  readonly value: string | null
  readonly lines: number
}

export interface ValuesRun {
  add(segment: ExploreSegment): void
  /** The values that contain `search`, case aside, the most frequent first. Without a search, null is one too. */
  result(search: string, limit: number): ValueCount[]
}

/** Counts the lines of each value of a dimension, in a period or altogether. */
export function startValues(dimension: Dimension, period: Period | null, space: TextSpace): ValuesRun {
  const texts = dimensionTexts(space, dimension)
  const axes = layOut([texts], 1)
  const sums = sumsOf(texts.size)
  const select = selector(period && { spans: [period], numbers: [0] }, [])
  const slots = new Int32Array(SEGMENT_ROWS)
  const widen = widener()
  return {
    add(segment) {
      const selection = select(segment)
      if (selection === null) return
      const shared = groupRows(axes, segment, selection.rows, selection.count, slots, widen)
      if (shared !== null) sums.lines[shared]! += selection.count
      else addRows(sums, slots, null, selection.rows, selection.count, widen)
    },
    result(search, limit) {
      const wanted = search.toLowerCase()
      const keys: number[] = []
      for (let key = 0; key < texts.size; key++) {
        if (sums.lines[key] === 0) continue
        const text = keyText(texts, key)
        if (wanted === '' || text?.toLowerCase().includes(wanted)) keys.push(key)
      }
      const before = (a: number, b: number) => {
        const [left, right] = [sums.lines[keys[a]!]!, sums.lines[keys[b]!]!]
        if (left !== right) return left > right
        return (keyText(texts, keys[a]!) ?? '') < (keyText(texts, keys[b]!) ?? '')
      }
      return firstInOrder(keys.length, limit, before).map(index => ({
        value: keyText(texts, keys[index]!),
        lines: sums.lines[keys[index]!]!,
      }))
    },
  }
}
