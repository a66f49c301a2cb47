import { SEGMENT_ROWS } from '../columns/column.ts'
import { addAxis, addRows, addWeights, addWhole, growSums, type Layout, sumsOf } from './accumulator.ts'
import { type Axis, groupRows, groupsOf, keyIn, layOut, type SingleAxis, singleAxis } from './axes.ts'
import { cutPeriod, previousPeriod } from './calendar.ts'
import { columnsOfFilter, compileFilter } from './filters.ts'
import {
  CURRENCY_COLUMN,
  type ExploreQuery,
  type ExploreResult,
  MEASURE_COLUMNS,
  type Period,
  TIME_COLUMN,
  UNIT_COLUMN,
} from './query.ts'
import { type GroupTable, type RankedGroups, rankGroups } from './ranking.ts'
import { resultOf } from './result.ts'
import type { ExploreSegment } from './segment.ts'
import { type Selection, selector } from './selection.ts'
import { findPair, type PairTable, pairNumber, pairTable } from './slots.ts'
import { columnOf, type DimensionTexts, dimensionTexts, type TextSpace } from './text-space.ts'
import { sharedBucket, type TimeTable } from './time-table.ts'
import { widener } from './widen.ts'

/** Up to so many cells of group and bucket are kept as plain arrays without a table: 24 MB at most. */
const MOST_CELLS = 1 << 21

/** The columns that the query reads. All of them must be adopted into the space before it starts. */
export function columnsOfQuery(query: ExploreQuery): { texts: string[]; integers: string[] } {
  const filters = query.filters.map(columnsOfFilter)
  const unit = query.measure === 'quantity' ? [UNIT_COLUMN] : []
  const texts = [CURRENCY_COLUMN, ...unit, ...query.by.map(columnOf), ...filters.flatMap(f => f.texts)]
  const integers = [TIME_COLUMN, MEASURE_COLUMNS[query.measure], ...filters.flatMap(f => f.integers)]
  return { texts: [...new Set(texts)], integers: [...new Set(integers)] }
}

/** The periods whose lines the query adds up, the earliest first. */
export function periodsOf(query: ExploreQuery): Period[] {
  const { period, compare, zone } = query
  return compare === 'none' ? [period] : [previousPeriod(period, compare, zone), period]
}

/**
 * A query on its way. Give every segment to `add`, in any order; while `again` then returns true, give every
 * segment once more; take the result.
 */
export interface ExploreRun {
  add(segment: ExploreSegment): void
  again(): boolean
  result(): ExploreResult
}

/**
 * Starts a query over segments whose texts are all in `space`. Groups that fit a plain array are added up in
 * one pass. Otherwise the first pass finds the largest groups, and the second adds up those by bucket and all
 * others together; the numbers are the same.
 */
export function startExplore(query: ExploreQuery, space: TextSpace): ExploreRun {
  const spans = bucketSpans(query)
  const columns = [
    dimensionTexts(space, `column:${CURRENCY_COLUMN}`),
    ...(query.measure === 'quantity' ? [dimensionTexts(space, `column:${UNIT_COLUMN}`)] : []),
  ]
  const dimensions = query.by.map(dimension => dimensionTexts(space, dimension))
  const cells = groupsOf(columns) * groupsOf(dimensions)
  const filters = query.filters.map(filter => compileFilter(space, filter))
  const fine = timeTable(spans.current, spans.previous)
  const coarse = timeTable([query.period], spans.previous && [periodsOf(query)[0]!])
  const onePass = cells * fine.numbers.length <= MOST_CELLS || fine.numbers.length === coarse.numbers.length
  const mapper = cells * coarse.numbers.length <= MOST_CELLS ? denseGroups : pairedGroups

  const measure = MEASURE_COLUMNS[query.measure]
  let groups = mapper(columns, dimensions)
  let pass = passOf(onePass ? fine : coarse, groups)
  let passes = onePass ? 1 : 2

  function passOf(table: TimeTable, groups: Groups) {
    const buckets = table.numbers.length
    const select = selector(table, filters)
    const widen = widener()
    const slots = new Int32Array(SEGMENT_ROWS)
    const sums = sumsOf(groups.size() * buckets)
    // Bucket by bucket, because a segment touches few of them; but where groups are still being found, the
    // slots of a group must stay where they are.
    const layout = groups.grows
      ? { perGroup: buckets, perBucket: 1 }
      : { perGroup: 1, perBucket: groups.size() }
    const add = (segment: ExploreSegment) => {
      const selection = select(segment)
      if (selection === null) return
      const column = segment.integers(measure)
      const whole = selection.rows === null && !segment.weights
      const axis = whole && layout.perGroup === 1 ? groups.single(segment) : null
      if (axis !== null) {
        const placed = { ...axis, shared: axis.shared + selection.bucket * layout.perBucket }
        const { buckets } = selection
        if (addAxis(sums, placed, column, segment.rows, widen, buckets, layout.perBucket)) return
      }
      const shared = groups.assign(segment, selection, slots)
      growSums(sums, groups.size() * buckets)
      if (shared !== null && selection.buckets === null && selection.rows === null) {
        const slot = shared * layout.perGroup + selection.bucket * layout.perBucket
        addWhole(sums, slot, column, linesOf(segment))
        return
      }
      if (shared !== null) slots.fill(shared, 0, selection.count)
      placeBuckets(slots, selection, layout)
      addRows(sums, slots, column, selection.rows, selection.count, widen)
      if (segment.weights) addWeights(sums, slots, segment.weights, selection.rows, selection.count)
    }
    return { add, sums, buckets, layout }
  }

  const table = (): GroupTable => ({ ...groups, ...pass })
  return {
    add: segment => pass.add(segment),
    again() {
      if (passes === 1) return false
      passes = 1
      const ranking = rankGroups(table(), 1, query.top, dimensions)
      groups = chosenGroups(groups, ranking, columns, dimensions)
      pass = passOf(fine, groups)
      return true
    },
    result: () => resultOf(query, spans, table(), columns, dimensions),
  }
}

/** The buckets of the query and of what it is compared with. */
export interface BucketSpans {
  readonly current: readonly Period[]
  readonly previous: readonly Period[] | null
}

/**
 * Says of the first and the last charge of a segment whether all between them fall into one bucket, so that the
 * column of time need not be read.
 */
export function withoutTime(query: ExploreQuery): (first: number, last: number) => boolean {
  const { current, previous } = bucketSpans(query)
  const table = timeTable(current, previous)
  return (first, last) => sharedBucket(table, first, last) !== null
}

/** Cuts the periods of a query into its buckets. */
export function bucketSpans(query: ExploreQuery): BucketSpans {
  const [current, previous] = periodsOf(query)
    .toReversed()
    .map(period => cutPeriod(period, query.grain, query.zone))
  return { current: current ?? [], previous: previous ?? null }
}

/** Current buckets have the first numbers, previous ones those that follow. */
function timeTable(current: readonly Period[], previous: readonly Period[] | null): TimeTable {
  const before = previous ?? []
  return {
    spans: [...before, ...current],
    numbers: [...before.map((_, i) => current.length + i), ...current.map((_, i) => i)],
  }
}

function linesOf({ rows, weights }: ExploreSegment): number {
  return weights ? weights.reduce((sum, lines) => sum + lines, 0) : rows
}

function placeBuckets(slots: Int32Array, selection: Selection, { perGroup, perBucket }: Layout): void {
  const { count, rows, buckets, bucket } = selection
  if (buckets === null) {
    const offset = bucket * perBucket
    if (perGroup === 1 && offset === 0) return
    for (let i = 0; i < count; i++) slots[i] = slots[i]! * perGroup + offset
  } else if (rows === null) {
    for (let i = 0; i < count; i++) slots[i] = slots[i]! * perGroup + buckets[i]! * perBucket
  } else {
    for (let i = 0; i < count; i++) slots[i] = slots[i]! * perGroup + buckets[rows[i]!]! * perBucket
  }
}

/** Numbers the groups that rows fall into. */
interface Groups {
  /** Whether more groups may come with more rows. */
  readonly grows: boolean
  /** Groups numbered so far. */
  size(): number
  /** As `groupRows`. */
  assign(segment: ExploreSegment, selection: Selection, out: Int32Array): number | null
  /** As `singleAxis`, where groups are numbered by axes. */
  single(segment: ExploreSegment): SingleAxis | null
  /** The number of the combination of the fixed columns. */
  columnsOf(group: number): number
  isRest(group: number): boolean
  /** Keys of the fixed columns, then of the dimensions; null where the group is the rest. */
  keys(group: number): { columns: number[]; dimensions: number[] | null }
  /** How many groups are in this one: 1, except in the rest. */
  merged(group: number): number
}

/** Every combination of keys has its place. */
function denseGroups(columns: readonly DimensionTexts[], dimensions: readonly DimensionTexts[]): Groups {
  const axes = layOut([...columns, ...dimensions], 1)
  const widen = widener()
  const size = groupsOf(axes)
  const perColumns = groupsOf(dimensions)
  return {
    grows: false,
    size: () => size,
    assign: (segment, { rows, count }, out) => groupRows(axes, segment, rows, count, out, widen),
    single: segment => singleAxis(axes, segment),
    columnsOf: group => Math.floor(group / perColumns),
    isRest: () => false,
    keys: group => ({
      columns: axes.slice(0, columns.length).map(axis => keyIn(axis, group)),
      dimensions: axes.slice(columns.length).map(axis => keyIn(axis, group)),
    }),
    merged: () => 1,
  }
}

/** Only combinations that occur have a place, found by a table of pairs. */
function pairedGroups(columns: readonly DimensionTexts[], dimensions: readonly DimensionTexts[]): Groups {
  const pairs = pairTable()
  return {
    ...pairKeys(pairs, columns, dimensions),
    grows: true,
    size: () => pairs.size,
    assign: pairAssign(columns, dimensions, (a, b) => pairNumber(pairs, a, b)),
    single: () => null,
  }
}

/** The first half of a pair: fixed columns and first dimension. The second half: the second dimension. */
function pairAxes(
  columns: readonly DimensionTexts[],
  dimensions: readonly DimensionTexts[],
): [Axis[], Axis[]] {
  return [layOut([...columns, ...dimensions.slice(0, 1)], 1), layOut(dimensions.slice(1), 1)]
}

function pairAssign(
  columns: readonly DimensionTexts[],
  dimensions: readonly DimensionTexts[],
  numberOf: (a: number, b: number) => number,
): Groups['assign'] {
  const [first, second] = pairAxes(columns, dimensions)
  const widen = widener()
  const others = new Int32Array(SEGMENT_ROWS)
  return (segment, { rows, count }, out) => {
    const a = groupRows(first, segment, rows, count, out, widen)
    const b = groupRows(second, segment, rows, count, others, widen)
    if (a !== null && b !== null) return numberOf(a, b)
    if (a !== null) out.fill(a, 0, count)
    if (b !== null) others.fill(b, 0, count)
    for (let i = 0; i < count; i++) out[i] = numberOf(out[i]!, others[i]!)
    return null
  }
}

function pairKeys(
  pairs: PairTable,
  columns: readonly DimensionTexts[],
  dimensions: readonly DimensionTexts[],
): Pick<Groups, 'keys' | 'merged' | 'columnsOf' | 'isRest'> {
  const [first, second] = pairAxes(columns, dimensions)
  const perColumns = dimensions[0]?.size ?? 1
  return {
    columnsOf: group => Math.floor(pairs.first[group]! / perColumns),
    isRest: () => false,
    keys: group => ({
      columns: first.slice(0, columns.length).map(axis => keyIn(axis, pairs.first[group]!)),
      dimensions: [
        ...first.slice(columns.length).map(axis => keyIn(axis, pairs.first[group]!)),
        ...second.map(axis => keyIn(axis, pairs.second[group]!)),
      ],
    }),
    merged: () => 1,
  }
}

/** The largest groups have a place each, and all others share one for each combination of the fixed columns. */
function chosenGroups(
  found: Groups,
  ranking: readonly RankedGroups[],
  columns: readonly DimensionTexts[],
  dimensions: readonly DimensionTexts[],
): Groups {
  const [first, second] = pairAxes(columns, dimensions)
  const restAxes = layOut(columns, 1)
  const pairs = pairTable()
  const merged = new Map<number, number>()
  for (const { columns: fixed, largest, rest } of ranking) {
    for (const group of largest) {
      const keys = [...fixed, ...(found.keys(group).dimensions ?? [])]
      pairNumber(pairs, numberIn(first, keys), numberIn(second, keys.slice(first.length)))
    }
    merged.set(numberIn(restAxes, fixed), rest.length)
  }
  const perColumns = dimensions[0]?.size ?? 1
  const places = pairs.size
  const own = pairKeys(pairs, columns, dimensions)
  return {
    grows: false,
    size: () => places + groupsOf(columns),
    assign: pairAssign(columns, dimensions, (a, b) => {
      const group = findPair(pairs, a, b)
      return group >= 0 ? group : places + Math.floor(a / perColumns)
    }),
    single: () => null,
    columnsOf: group => (group < places ? own.columnsOf(group) : group - places),
    isRest: group => group >= places,
    keys: group =>
      group < places
        ? own.keys(group)
        : { columns: restAxes.map(axis => keyIn(axis, group - places)), dimensions: null },
    merged: group => (group < places ? 1 : merged.get(group - places)!),
  }
}

function numberIn(axes: readonly Axis[], keys: readonly number[]): number {
  return axes.reduce((sum, axis, i) => sum + keys[i]! * axis.stride, 0)
}
