import { plainSums, type Sums, scaleOf, sumReader } from './accumulator.ts'
import { firstInOrder } from './best.ts'
import { type DimensionTexts, keyText } from './text-space.ts'

/** Sums by group and bucket: the slot is `group · buckets + bucket`, current buckets first. */
export interface GroupTable {
  readonly sums: Sums
  readonly buckets: number
  size(): number
  keys(group: number): { columns: number[]; dimensions: number[] | null }
  merged(group: number): number
}

/** The groups of one combination of the fixed columns (currency and unit), where there are lines. */
export interface RankedGroups {
  readonly columns: readonly number[]
  /** The largest first. */
  readonly largest: readonly number[]
  readonly rest: readonly number[]
}

/**
 * Ranks the groups of every currency and unit by the size of their amount in the first `current` buckets, sign
 * aside, equal ones by their texts; the first `top` are the largest.
 */
export function rankGroups(
  table: GroupTable,
  current: number,
  top: number,
  dimensions: readonly DimensionTexts[],
): RankedGroups[] {
  const amountOf = amounts(table, current)
  return byColumns(table).map(({ columns, groups, rest }) => {
    const sizes = groups.map(group => magnitude(amountOf(group)))
    const before = (a: number, b: number) => {
      if (sizes[a] !== sizes[b]) return sizes[a]! > sizes[b]!
      return textsBefore(table.keys(groups[a]!).dimensions, table.keys(groups[b]!).dimensions, dimensions)
    }
    const order = firstInOrder(groups.length, top, before)
    const chosen = new Set(order)
    return {
      columns,
      largest: order.map(index => groups[index]!),
      rest: [...groups.filter((_, index) => !chosen.has(index)), ...rest],
    }
  })
}

function magnitude(amount: number | bigint): number | bigint {
  return amount < 0 ? -amount : amount
}

/** The exact amount of a group, as a double where the sums are plain. */
function amounts({ sums, buckets }: GroupTable, current: number): (group: number) => number | bigint {
  const plain = plainSums(sums)
  if (plain) {
    return group => {
      let total = 0
      for (let slot = group * buckets, end = slot + current; slot < end; slot++) total += plain[slot]!
      return total
    }
  }
  const read = sumReader(sums, scaleOf(sums))
  return group => read(slotsOf(group, buckets, current))
}

/** The slots of a group's first `count` buckets. */
export function slotsOf(group: number, buckets: number, count: number): number[] {
  return Array.from({ length: count }, (_, bucket) => group * buckets + bucket)
}

/** Groups that have lines, by their fixed columns; groups that are a rest already are kept apart. */
function byColumns(table: GroupTable): { columns: number[]; groups: number[]; rest: number[] }[] {
  const found = new Map<string, { columns: number[]; groups: number[]; rest: number[] }>()
  const { buckets, sums } = table
  for (let group = 0; group < table.size(); group++) {
    if (!hasLines(sums.lines, group * buckets, buckets)) continue
    const { columns, dimensions } = table.keys(group)
    const name = columns.join()
    let entry = found.get(name)
    if (!entry) {
      entry = { columns, groups: [], rest: [] }
      found.set(name, entry)
    }
    if (dimensions === null) entry.rest.push(group)
    else entry.groups.push(group)
  }
  return [...found.values()]
}

function hasLines(lines: Int32Array, start: number, count: number): boolean {
  for (let slot = start; slot < start + count; slot++) if (lines[slot] !== 0) return true
  return false
}

function textsBefore(a: number[] | null, b: number[] | null, dimensions: readonly DimensionTexts[]): boolean {
  for (let i = 0; i < dimensions.length; i++) {
    const left = keyText(dimensions[i]!, a![i]!)
    const right = keyText(dimensions[i]!, b![i]!)
    if (left !== right) return left === null || (right !== null && left < right)
  }
  return false
}
