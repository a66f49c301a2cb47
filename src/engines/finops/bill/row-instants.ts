/** The instants of the row under way: each different text is read once. */
import type { BillPlan } from './compile-plan.ts'
import { hasZone, readInstant, shiftInstant } from './instant-cell.ts'
import type { BillMapping } from './mapping-schema.ts'
import { excerptOf, type ProblemCollector } from './problems.ts'
import type { InstantBlock, RowBlock } from './row-block.ts'
import { placeOf, type RowInput } from './row-input.ts'

export type RowInstants = {
  /** False: refused. */
  read(row: number): boolean
  forget(): void
}

export function createRowInstants(
  plan: BillPlan,
  input: RowInput,
  block: RowBlock,
  style: BillMapping['dateStyle'],
  problems: ProblemCollector,
): RowInstants {
  const instants = plan.instants.map(one => ({
    ...one,
    block: block.columns[one.output] as InstantBlock,
    /** By field of the rule, milliseconds by code. */
    caches: one.fields.map((): number[] => []),
    needed: one.column.name === 'ChargePeriodStart' || one.column.name === 'BillingPeriodStart',
  }))
  type Instant = (typeof instants)[number]
  const zoneless = new Set<number>()

  /** Reads a text that was not seen before. NaN: it cannot be read; null: the row is refused for it. */
  function readText(one: Instant, field: number): number | null {
    const text = input.word(field) as string
    const name = plan.fields[field] as string
    const value = readInstant(text, style)
    if (typeof value === 'string') {
      if (one.needed) {
        input.refuse(value, field)
        return null
      }
      const { line, column } = placeOf(input.record, input.record.starts[field] as number)
      problems.notice('instant-unreadable', 1, line, name, excerptOf(text), column)
      return Number.NaN
    }
    if (!zoneless.has(field) && !hasZone(text)) {
      zoneless.add(field)
      problems.notice('instant-without-zone', 1, input.record.line, name, excerptOf(text))
    }
    return one.rule.shift === undefined ? value : shiftInstant(value, one.rule.shift)
  }

  function readOne(one: Instant): number | null {
    const { fields, caches } = one
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as number
      const code = input.codes[field] as number
      if (code === 0) continue
      const cache = caches[i] as number[]
      const known = cache[code]
      if (known !== undefined) return known
      const ms = readText(one, field)
      if (ms === null) return null
      // What cannot be read is said of every row.
      if (!Number.isNaN(ms)) return (cache[code] = ms)
    }
    return Number.NaN
  }

  return {
    read(row) {
      for (const one of instants) {
        const ms = readOne(one)
        if (ms === null) return false
        if (Number.isNaN(ms)) {
          if (one.needed) return input.refuse('instant-missing', one.fields[0] as number)
          input.noteNull(one.output)
        }
        one.block.ms[row] = ms
      }
      return true
    },
    forget() {
      for (const one of instants) one.caches = one.fields.map((): number[] => [])
    },
  }
}
