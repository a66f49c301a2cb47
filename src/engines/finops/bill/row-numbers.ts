/** The costs, quantities and prices of the row under way. */
import type { CostScale } from '#shared/currencies.ts'
import type { BillPlan, ColumnPlan } from './compile-plan.ts'
import {
  createDecimalCell,
  type DecimalCell,
  type NumberFault,
  readDecimal,
  readDecimalText,
  readStyledDecimal,
} from './decimal-cell.ts'
import { createStoredCost, roundToCost, type StoredCost } from './exact-total.ts'
import { addDecimals, fitDecimal, maxScale } from './fit-decimal.ts'
import type { BillMapping } from './mapping-schema.ts'
import type { ProblemCollector } from './problems.ts'
import type { DecimalBlock, RowBlock } from './row-block.ts'
import type { RowInput } from './row-input.ts'

/** A cost of the row that was read last. */
export type RowCost = { measure: string; present: boolean; cell: DecimalCell; cost: StoredCost }

export type RowNumbers = {
  readonly costs: readonly RowCost[]
  /** False: refused. */
  read(row: number, costScale: CostScale): boolean
  finish(): void
}

/** What a cell was: a number, nothing, or a reason to refuse the row. */
type Found = 'number' | 'nothing' | 'refused'

export function createRowNumbers(
  plan: BillPlan,
  input: RowInput,
  block: RowBlock,
  style: BillMapping['numberStyle'],
  problems: ProblemCollector,
): RowNumbers {
  const plain = style === 'plain'
  const cell = createDecimalCell()
  const columnOf = (one: ColumnPlan) => block.columns[one.output] as DecimalBlock
  const costs = plan.costs.map(one => ({
    ...{ measure: one.column.name, present: false, cell: createDecimalCell(), cost: createStoredCost() },
    ...{ plan: one, column: columnOf(one) },
  }))
  const decimals = plan.decimals.map(one => ({ plan: one, column: columnOf(one) }))
  let rounded = 0
  let roundedLine = 0

  function readNumber(out: DecimalCell, fields: readonly number[]): Found {
    const { record, nulls } = input
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as number
      const start = record.starts[field] as number
      const end = record.ends[field] as number
      if (start === end) continue
      // A letter begins no number: it is most likely NULL.
      if ((record.bytes[start] as number) > 57 && nulls.has(input.text(field))) continue
      if (plain && readDecimal(out, record.bytes, start, end)) return 'number'
      const text = input.text(field)
      if (nulls.has(text) || text.trim() === '') continue
      if (!plain && readStyledDecimal(out, text, style)) return 'number'
      input.refuse(out.fault as NumberFault, field)
      return 'refused'
    }
    return 'nothing'
  }

  function readCase(out: DecimalCell, one: ColumnPlan): Found {
    for (const { field, is, filled, sum } of one.cases) {
      const word = input.word(field)
      if (word === null || !is.includes(word) || (filled >= 0 && input.word(filled) === null)) continue
      readDecimalText(out, '0')
      for (const term of sum) {
        const found = readNumber(cell, term.fields)
        if (found === 'refused') return found
        if (found === 'number') addDecimals(out, cell, term.minus)
      }
      return 'number'
    }
    return readNumber(out, one.fields)
  }

  function put(column: DecimalBlock, row: number, mantissa: number, big: bigint | null, scale: number): void {
    column.mantissas[row] = mantissa
    column.scales[row] = scale
    if (big !== null) column.big.set(row, big)
    else if (column.big.size > 0) column.big.delete(row)
  }

  function readCosts(row: number, costScale: CostScale): boolean {
    for (const one of costs) {
      const { plan: own, column, cost } = one
      const found = own.cases.length > 0 ? readCase(one.cell, own) : readNumber(one.cell, own.fields)
      one.present = found === 'number'
      if (found === 'refused') return false
      if (found === 'nothing') {
        if (one.measure === 'BilledCost') return input.refuse('cost-missing', own.fields[0] as number)
        input.noteNull(own.output)
        put(column, row, Number.NaN, null, costScale)
      } else {
        if (!roundToCost(cost, one.cell, costScale))
          return input.refuse('cost-overflow', own.fields[0] as number)
        put(column, row, cost.mantissa, cost.big, costScale)
      }
    }
    return true
  }

  function readDecimals(row: number): boolean {
    for (const { plan: own, column } of decimals) {
      const found = readNumber(cell, own.fields)
      if (found === 'refused') return false
      if (found === 'nothing') {
        input.noteNull(own.output)
        put(column, row, Number.NaN, null, 0)
        continue
      }
      if (cell.big !== null || cell.scale > maxScale) {
        const fits = fitDecimal(cell)
        if (fits === 'too-large') return input.refuse('number-out-of-range', own.fields[0] as number)
        if (fits === 'rounded' && rounded++ === 0) roundedLine = input.record.line
      }
      put(column, row, cell.mantissa, cell.big, cell.scale)
    }
    return true
  }

  return {
    costs,
    read: (row, costScale) => readCosts(row, costScale) && readDecimals(row),
    finish() {
      if (rounded > 0) problems.notice('number-rounded', rounded, roundedLine, null)
    },
  }
}
