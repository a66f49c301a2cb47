/** The text columns of the row under way, and its currency. */
import { type Currency, findCurrency } from '#shared/currencies.ts'
import type { BillPlan, ColumnPlan } from './compile-plan.ts'
import type { RowBlock, TextBlock } from './row-block.ts'
import type { RowInput } from './row-input.ts'
import type { RowTags } from './row-tags.ts'
import {
  type ComputedText,
  computeText,
  createComputedText,
  forgetFields,
  type Interner,
} from './text-columns.ts'

export type RowTexts = {
  /** Of the row that was read last. */
  currency: Currency
  readonly interners: readonly Interner[]
  /** False: refused. */
  read(row: number): boolean
  forget(): void
  sync(): void
}

const upper = (text: string) => text.trim().toUpperCase()

export function createRowTexts(plan: BillPlan, input: RowInput, tags: RowTags, block: RowBlock): RowTexts {
  const direct: { column: TextBlock; field: number; output: number }[] = []
  const computed: { column: TextBlock; text: ComputedText; output: number }[] = []
  const money = plan.texts.find(one => one.column.name === 'BillingCurrency') as ColumnPlan
  const currencyField = money.fields[0] ?? -1
  const currencyText = createComputedText(money.rule, money.fields, -1)
  currencyText.wording = upper
  let known: Currency[] = []

  for (const one of plan.texts) {
    const { output, fields, rule } = one
    const column = block.columns[output] as TextBlock
    const tag = tags.targetOf(output)
    if (one === money) {
      computed.push({ column, text: currencyText, output })
    } else if (fields.length === 1 && rule.values === undefined && rule.constant === undefined && tag < 0) {
      direct.push({ column, field: fields[0] as number, output })
    } else {
      const text = createComputedText(rule, fields, tag)
      // A dimension's own values and those from tags share their codes.
      if (tag >= 0) text.interner = tags.interners[tag] as Interner
      computed.push({ column, text, output })
    }
  }

  function readCurrency(code: number): boolean {
    if (code === 0) return input.refuse('currency-missing', currencyField, 'BillingCurrency')
    const found = (known[code] ??= findCurrency(currencyText.interner.values[code] as string) as Currency)
    if (found === undefined) return input.refuse('currency-unknown', currencyField, 'BillingCurrency')
    texts.currency = found
    return true
  }

  const texts: RowTexts = {
    currency: findCurrency('USD') as Currency,
    interners: computed.map(one => one.text.interner),
    read(row) {
      const { codes } = input
      for (const one of direct) {
        const code = codes[one.field] as number
        one.column.codes[row] = code
        if (code === 0) input.noteNull(one.output)
      }
      for (const one of computed) {
        const code = computeText(one.text, input, tags.codes)
        one.column.codes[row] = code
        if (one.text === currencyText) {
          if (!readCurrency(code)) return false
        } else if (code === 0) input.noteNull(one.output)
      }
      return true
    },
    forget() {
      known = []
      for (const one of computed) forgetFields(one.text)
    },
    sync() {
      for (const one of direct) one.column.values = input.dictionary(one.field).values
      for (const one of computed) one.column.values = one.text.interner.values
    },
  }
  return texts
}
