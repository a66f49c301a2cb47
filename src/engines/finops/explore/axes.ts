import type { Narrow } from '../columns/column.ts'
import type { ExploreSegment } from './segment.ts'
import { ABSENT } from './segment.ts'
import type { DimensionTexts } from './text-space.ts'
import type { Widener } from './widen.ts'

/** A dimension of the grouping: keys below `size`, each worth `stride` in the number of its group. */
export interface Axis {
  readonly column: string
  readonly size: number
  readonly stride: number
  /** What a code of the column adds to the number of the group. */
  readonly worth: Int32Array
}

/** Lays dimensions out side by side: the last one varies fastest, from `stride` on. */
export function layOut(dimensions: readonly DimensionTexts[], stride: number): Axis[] {
  let step = stride
  const axes = dimensions.toReversed().map(texts => {
    const axis = { column: texts.column, size: texts.size, stride: step, worth: worthOf(texts, step) }
    step *= texts.size
    return axis
  })
  return axes.toReversed()
}

function worthOf({ map, size }: DimensionTexts, stride: number): Int32Array {
  if (map) return map.map(key => key * stride)
  return Int32Array.from({ length: size }, (_, key) => key * stride)
}

/** How many groups the dimensions make. */
export function groupsOf(dimensions: readonly { readonly size: number }[]): number {
  return dimensions.reduce((groups, { size }) => groups * size, 1)
}

/** The key of an axis in the number of a group. */
export function keyIn(axis: Axis, group: number): number {
  return Math.floor(group / axis.stride) % axis.size
}

/** A segment in which one axis varies: the group of a row is `worth[code] + shared`. */
export interface SingleAxis {
  readonly codes: Narrow
  readonly worth: Int32Array
  readonly shared: number
}

/** The only axis that varies within the segment; null where none does, or several do. */
export function singleAxis(axes: readonly Axis[], segment: ExploreSegment): SingleAxis | null {
  let found: { codes: Narrow; worth: Int32Array } | null = null
  let shared = 0
  for (const axis of axes) {
    const { codes, constant } = segment.text(axis.column) ?? ABSENT
    if (codes === null) shared += axis.worth[constant]!
    else if (found !== null) return null
    else found = { codes, worth: axis.worth }
  }
  return found && { ...found, shared }
}

/**
 * Writes the group of every selected row into `out`. Returns the one group that all rows share when no axis
 * varies within the segment, and then leaves `out` alone; otherwise null.
 */
export function groupRows(
  axes: readonly Axis[],
  segment: ExploreSegment,
  selected: Int32Array | null,
  count: number,
  out: Int32Array,
  widen: Widener,
): number | null {
  let shared = 0
  let started = false
  for (const axis of axes) {
    const { codes, constant } = segment.text(axis.column) ?? ABSENT
    if (codes === null) {
      shared += axis.worth[constant]!
      continue
    }
    const wide = widen.codes(codes, selected, count)
    if (started) addWorth(wide, axis.worth, out, count)
    else setWorth(wide, axis.worth, out, count)
    started = true
  }
  if (!started) return shared
  if (shared !== 0) addConstant(out, shared, count)
  return null
}

function setWorth(codes: Int32Array, worth: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = worth[codes[i]!]!
}

function addWorth(codes: Int32Array, worth: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = out[i]! + worth[codes[i]!]!
}

function addConstant(out: Int32Array, worth: number, count: number): void {
  for (let i = 0; i < count; i++) out[i] = out[i]! + worth
}
