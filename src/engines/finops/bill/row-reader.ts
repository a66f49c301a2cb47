/** Reads the cells of one record into the next row of a block. The hot loop of an import. */
import type { Currency } from '#shared/currencies.ts'
import type { BillPlan } from './compile-plan.ts'
import type { CsvRecord } from './csv-tokenizer.ts'
import type { BillMapping } from './mapping-schema.ts'
import type { ProblemCollector } from './problems.ts'
import { createRowBlock, type RowBlock } from './row-block.ts'
import { createRowInput } from './row-input.ts'
import { createRowInstants } from './row-instants.ts'
import { createRowNumbers, type RowCost } from './row-numbers.ts'
import { createRowTags } from './row-tags.ts'
import { createRowTexts } from './row-texts.ts'
import type { TagDimensions } from './tag-dimensions.ts'
import { type Interner, isInternerFull, resetInterner } from './text-columns.ts'

export type RowReader = {
  block: RowBlock
  /** Reads a record into row `block.rows`, which counts only when the caller moves on. False: refused. */
  read(record: CsvRecord): boolean
  /** Of the row that was read last. */
  costs: readonly RowCost[]
  currency(): Currency
  /** True where the block must be handed over at once, because something has grown too large. */
  mustTrim(): boolean
  /** Call after the block was handed over and emptied: forgets what has grown too large. */
  trim(): void
  /** Reports what was counted along the way. */
  finish(): void
  tagKeys(): ReadonlyMap<string, number>
}

type Settings = {
  plan: BillPlan
  mapping: BillMapping
  dimensions: TagDimensions
  problems: ProblemCollector
}

export function createRowReader({ plan, mapping, dimensions, problems }: Settings): RowReader {
  const block = createRowBlock(plan.columns)
  const input = createRowInput(plan, new Set(mapping.nullTexts), problems)
  const tags = createRowTags(plan, input, dimensions, block, problems)
  const texts = createRowTexts(plan, input, tags, block)
  const instants = createRowInstants(plan, input, block, mapping.dateStyle, problems)
  const numbers = createRowNumbers(plan, input, block, mapping.numberStyle, problems)
  const interners = new Set<Interner>([...texts.interners, ...tags.interners])

  const sync = () => {
    texts.sync()
    tags.sync()
  }
  sync()
  const mustTrim = () => input.isFull() || tags.isFull() || [...interners].some(isInternerFull)

  return {
    block,
    read(record) {
      if (!input.take(record)) return false
      const row = block.rows
      tags.read()
      if (!texts.read(row)) return false
      tags.write(row)
      return instants.read(row) && numbers.read(row, texts.currency.costScale)
    },
    costs: numbers.costs,
    currency: () => texts.currency,
    mustTrim,
    trim() {
      if (!mustTrim()) return
      // Codes of one kind stand for codes of another, so that all are forgotten at once.
      input.trim()
      for (const interner of interners) resetInterner(interner)
      for (const part of [tags, texts, instants]) part.forget()
      sync()
    },
    finish() {
      for (const part of [input, numbers, tags]) part.finish()
    },
    tagKeys: tags.keys,
  }
}
