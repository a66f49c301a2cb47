import { type Layout, type Sums, scaleOf, sizeReader, sumReader } from './accumulator.ts'
import { firstInOrder } from './best.ts'
import { type DimensionTexts, keyText } from './text-space.ts'

/** Sums by group and bucket, current buckets first. */
export interface GroupTable {
  readonly sums: Sums
  readonly layout: Layout
  readonly buckets: number
  size(): number
  /** The number of the combination of the fixed columns. */
  columnsOf(group: number): number
  keys(group: number): { columns: number[]; dimensions: number[] | null }
  merged(group: number): number
  /** Whether the group is what was left over already. */
  isRest(group: number): boolean
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
  const sizeOf = sizes(table, current)
  return byColumns(table).map(({ columns, groups, rest }) => {
    const sizes = groups.map(sizeOf)
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

/** The size of a group's amount, sign aside. */
function sizes({ sums, layout }: GroupTable, current: number): (group: number) => number | bigint {
  const size = sizeReader(sums, layout)
  if (size) return group => size(group, 0, current)
  const read = sumReader(sums, layout, scaleOf(sums))
  return group => {
    const amount = read([group], 0, current)
    return amount < 0n ? -amount : amount
  }
}

/** Groups that have lines, by their fixed columns; groups that are a rest already are kept apart. */
function byColumns(table: GroupTable): { columns: number[]; groups: number[]; rest: number[] }[] {
  const found = new Map<number, { columns: number[]; groups: number[]; rest: number[] }>()
  const occupied = groupsWithLines(table)
  for (let group = 0; group < occupied.length; group++) {
    if (occupied[group] === 0) continue
    const number = table.columnsOf(group)
    let entry = found.get(number)
    if (!entry) {
      entry = { columns: table.keys(group).columns, groups: [], rest: [] }
      found.set(number, entry)
    }
    if (table.isRest(group)) entry.rest.push(group)
    else entry.groups.push(group)
  }
  return [...found.values()]
}

function groupsWithLines({ sums, layout: { perGroup, perBucket }, buckets, size }: GroupTable): Uint8Array {
  const occupied = new Uint8Array(size())
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (let group = 0; group < occupied.length; group++) {
      if (sums.lines[group * perGroup + bucket * perBucket] !== 0) occupied[group] = 1
    }
  }
  return occupied
}

function textsBefore(a: number[] | null, b: number[] | null, dimensions: readonly DimensionTexts[]): boolean {
  for (let i = 0; i < dimensions.length; i++) {
    const left = keyText(dimensions[i]!, a![i]!)
    const right = keyText(dimensions[i]!, b![i]!)
    if (left !== right) return left === null || (right !== null && left < right)
  }
  return false
}
