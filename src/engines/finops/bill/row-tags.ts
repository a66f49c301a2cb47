/** The tags of the row under way: worked out once for each different text of tags. */
import type { BillPlan } from './compile-plan.ts'
import type { ProblemCollector } from './problems.ts'
import type { RowBlock, TextBlock } from './row-block.ts'
import type { RowInput } from './row-input.ts'
import type { Tag, TagDimensions } from './tag-dimensions.ts'
import {
  createInterner,
  createTagReader,
  dimensionTarget,
  type Interner,
  jsonTarget,
  keyTarget,
  type TagTarget,
} from './text-columns.ts'

export type RowTags = {
  /** The codes of the row's tags, by target. */
  codes: Int32Array<ArrayBufferLike>
  readonly interners: readonly Interner[]
  /** The target that feeds an output column, or -1. */
  targetOf(output: number): number
  read(): void
  /** Writes the columns that are tags and nothing else. */
  write(row: number): void
  isFull(): boolean
  /** Forgets all codes. */
  forget(): void
  /** Tells the block where the values of the columns are now. */
  sync(): void
  finish(): void
  keys(): ReadonlyMap<string, number>
}

const maxCombinations = 1 << 16

export function createRowTags(
  plan: BillPlan,
  input: RowInput,
  dimensions: TagDimensions,
  block: RowBlock,
  problems: ProblemCollector,
): RowTags {
  const { field, single } = plan.tags
  const targets: TagTarget[] = []
  const byOutput = new Map<number, number>()
  const columns: { column: TextBlock; target: number }[] = []
  const addColumn = (output: number, target: TagTarget) => {
    columns.push({ column: block.columns[output] as TextBlock, target: targets.push(target) - 1 })
  }
  for (const { output, dimension } of plan.tags.dimensions) {
    byOutput.set(output, targets.push(dimensionTarget(createInterner(), dimensions[dimension])) - 1)
  }
  for (const { output, key } of plan.tags.keys) addColumn(output, keyTarget(createInterner(), key))
  if (plan.tags.output >= 0) addColumn(plan.tags.output, jsonTarget(createInterner()))

  const reader = createTagReader(targets)
  let byCode: Int32Array<ArrayBufferLike>[] = []
  let byCombination = new Map<string, Int32Array<ArrayBufferLike>>()
  let unreadable = 0
  let unreadableLine = 0

  function work(): Int32Array<ArrayBufferLike> {
    const own = single.flatMap((tag): Tag[] => {
      const value = input.word(tag.field)
      return value === null ? [] : [[tag.key, value]]
    })
    const { codes, readable } = reader.read(field < 0 ? null : input.word(field), own)
    if (!readable && unreadable++ === 0) unreadableLine = input.record.line
    return codes
  }

  const tags: RowTags = {
    codes: new Int32Array(targets.length),
    interners: targets.map(target => target.interner),
    targetOf: output => byOutput.get(output) ?? -1,
    read() {
      const code = field < 0 ? 0 : (input.codes[field] as number)
      if (single.length === 0) {
        tags.codes = byCode[code] ??= work()
        return
      }
      const key = `${code} ${single.map(tag => input.codes[tag.field]).join(' ')}`
      const known = byCombination.get(key)
      tags.codes = known ?? work()
      if (known === undefined) byCombination.set(key, tags.codes)
    },
    write(row) {
      for (const { column, target } of columns) column.codes[row] = tags.codes[target] as number
    },
    isFull: () => byCombination.size > maxCombinations,
    forget() {
      byCode = []
      byCombination = new Map()
    },
    sync() {
      for (const { column, target } of columns) column.values = (targets[target] as TagTarget).interner.values
    },
    finish() {
      if (unreadable > 0) problems.notice('tags-unreadable', unreadable, unreadableLine, 'Tags')
    },
    keys: () => reader.keys,
  }
  return tags
}
