/** Reads the cells of one record into the next row of a block. The hot loop of an import. */
import { type Currency, findCurrency } from '#shared/currencies.ts'
import type { BillPlan, ColumnPlan } from './compile-plan.ts'
import type { CsvRecord } from './csv-tokenizer.ts'
import {
  createDecimalCell,
  type DecimalCell,
  readDecimal,
  readDecimalText,
  readStyledDecimal,
} from './decimal-cell.ts'
import { createStoredCost, roundToCost, type StoredCost } from './exact-total.ts'
import { addDecimals, fitDecimal } from './fit-decimal.ts'
import { findFocusColumn } from './focus-columns.ts'
import { hasZone, readInstant, shiftInstant } from './instant-cell.ts'
import type { BillMapping } from './mapping-schema.ts'
import { excerptOf, type ProblemCollector, type RefusalCode } from './problems.ts'
import {
  createRowBlock,
  type DecimalBlock,
  type InstantBlock,
  type RowBlock,
  type TextBlock,
} from './row-block.ts'
import type { Tag, TagDimensions } from './tag-dimensions.ts'
import {
  type ComputedText,
  computeText,
  createComputedText,
  createInterner,
  createTagReader,
  dimensionTarget,
  forgetField,
  type Interner,
  isInternerFull,
  jsonTarget,
  keyTarget,
  resetInterner,
  type TagReader,
  type TagTarget,
} from './text-columns.ts'
import {
  createTextDictionary,
  decodeText,
  encodeCell,
  isDictionaryFull,
  resetDictionary,
  type TextDictionary,
} from './text-dictionary.ts'

/** A cost of the row that was read last. */
export type RowCost = { measure: string; present: boolean; cell: DecimalCell; cost: StoredCost }

export type RowReader = {
  block: RowBlock
  /** Reads a record into row `block.rows`, which counts only when the caller moves on. False: refused. */
  read(record: CsvRecord): boolean
  /** Of the row that was read last. */
  costs: readonly RowCost[]
  currency(): Currency
  /** Call after the block was handed over and emptied: forgets what has grown too large. */
  trim(): void
  /** True where the block must be handed over at once, because something has grown too large. */
  mustTrim(): boolean
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

type TagCodes = Int32Array<ArrayBufferLike>
type InstantCache = { ms: number[] }

export function createRowReader({ plan, mapping, dimensions, problems }: Settings): RowReader {
  const nulls: ReadonlySet<string> = new Set(mapping.nullTexts)
  const plain = mapping.numberStyle === 'plain'
  const block = createRowBlock(plan.columns)
  const fieldCount = plan.fields.length
  const fieldCodes = new Int32Array(fieldCount)
  const dictionaries: (TextDictionary | null)[] = plan.fields.map(() => null)
  const needText = (field: number) => {
    dictionaries[field] ??= createTextDictionary()
  }
  for (const text of plan.texts) text.fields.forEach(needText)
  for (const instant of plan.instants) instant.fields.forEach(needText)
  for (const number of [...plan.costs, ...plan.decimals]) {
    for (const one of number.cases) {
      needText(one.field)
      if (one.filled >= 0) needText(one.filled)
    }
  }
  if (plan.tags.field >= 0) needText(plan.tags.field)
  for (const tag of plan.tags.single) needText(tag.field)
  const textFields = Int32Array.from(
    dictionaries.flatMap((dictionary, i) => (dictionary === null ? [] : [i])),
  )

  const { tagReader, tagTargets } = createTags(plan, dimensions)
  const direct: { column: TextBlock; field: number; plan: ColumnPlan }[] = []
  const computed: { column: TextBlock; text: ComputedText; plan: ColumnPlan }[] = []
  let currencyText: ComputedText | null = null
  for (const one of plan.texts) {
    const column = block.columns[one.output] as TextBlock
    const tag = tagTargets.byOutput.get(one.output) ?? -1
    const simple = one.fields.length === 1 && one.rule.values === undefined && tag < 0
    if (simple && one.rule.constant === undefined && one.column.name !== 'BillingCurrency') {
      direct.push({ column, field: one.fields[0] as number, plan: one })
    } else {
      const text = createComputedText(one.rule, one.fields, tag)
      // A dimension's own values and those from tags share their codes.
      if (tag >= 0) text.interner = (tagReader.targets[tag] as TagTarget).interner
      if (one.column.name === 'BillingCurrency') {
        text.wording = upper
        currencyText = text
      }
      computed.push({ column, text, plan: one })
    }
  }
  const tagColumns = tagTargets.columns.map(({ output, target }) => ({
    column: block.columns[output] as TextBlock,
    target,
  }))
  let tagCache: TagCodes[] = []
  let tagCombinations = new Map<string, TagCodes>()
  const noTags: TagCodes = new Int32Array(tagReader.targets.length)
  let unreadableTags = 0
  let unreadableLine = 0
  let roundedNumbers = 0
  let roundedLine = 0

  const instants = plan.instants.map(one => ({
    plan: one,
    column: block.columns[one.output] as InstantBlock,
    caches: one.fields.map((): InstantCache => ({ ms: [] })),
    needed: one.column.name === 'ChargePeriodStart' || one.column.name === 'BillingPeriodStart',
  }))
  const zoneless = new Set<number>()
  const cell = createDecimalCell()
  const costs = plan.costs.map(one => ({
    measure: one.column.name,
    present: false,
    cell: createDecimalCell(),
    cost: createStoredCost(),
    plan: one,
    column: block.columns[one.output] as DecimalBlock,
  }))
  const decimals = plan.decimals.map(one => ({
    plan: one,
    column: block.columns[one.output] as DecimalBlock,
  }))

  const nullCounts = new Float64Array(plan.columns.length)
  const nullLines = new Float64Array(plan.columns.length)
  const filled = plan.columns.map(column => findFocusColumn(column.name)?.nullable === false)

  const interners = new Set<Interner>([
    ...computed.map(one => one.text.interner),
    ...tagReader.targets.map(target => target.interner),
  ])
  let currencies: (Currency | null)[] = []
  let currency: Currency = findCurrency('USD') as Currency
  let record: CsvRecord
  let tagCodes: TagCodes = noTags

  function cellText(field: number): string {
    const text = decodeText(record.bytes, record.starts[field] as number, record.ends[field] as number)
    return (text ?? '').replaceAll('""', '"')
  }

  function refuse(code: RefusalCode, field: number, name?: string): false {
    const at = field >= 0 && field < record.fieldCount ? (record.starts[field] as number) : record.start
    const place = placeOf(record, at)
    const own = plan.fields[field]
    const value = field < 0 || field >= record.fieldCount ? null : excerptOf(cellText(field))
    problems.refuse(code, place.line, place.column, own ?? name ?? null, value)
    return false
  }

  function noteNull(output: number): void {
    if (filled[output] !== true) return
    if (nullCounts[output] === 0) nullLines[output] = record.line
    nullCounts[output] = (nullCounts[output] as number) + 1
  }

  /** 1: has a number, 0: empty, -1: refused. */
  function readNumber(out: DecimalCell, fields: readonly number[]): number {
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as number
      const start = record.starts[field] as number
      const end = record.ends[field] as number
      if (start === end) continue
      // A letter begins no number: it is most likely NULL.
      if ((record.bytes[start] as number) > 57 && nulls.has(cellText(field))) continue
      if (plain && readDecimal(out, record.bytes, start, end)) return 1
      const text = cellText(field)
      if (nulls.has(text) || text.trim() === '') continue
      if (!plain && readStyledDecimal(out, text, mapping.numberStyle)) return 1
      refuse(out.fault ?? 'number-malformed', field)
      return -1
    }
    return 0
  }

  function readCase(out: DecimalCell, one: ColumnPlan): number {
    for (const { field, is, filled: full, sum } of one.cases) {
      const word = dictionaries[field]?.values[fieldCodes[field] as number] ?? null
      if (word === null || !is.includes(word)) continue
      if (full >= 0 && (dictionaries[full]?.values[fieldCodes[full] as number] ?? null) === null) continue
      readDecimalText(out, '0')
      for (const term of sum) {
        const state = readNumber(cell, term.fields)
        if (state < 0) return -1
        if (state > 0) addDecimals(out, cell, term.minus)
      }
      return 1
    }
    return readNumber(out, one.fields)
  }

  function put(column: DecimalBlock, row: number, mantissa: number, big: bigint | null, scale: number): void {
    column.mantissas[row] = mantissa
    column.scales[row] = scale
    if (big !== null) column.big.set(row, big)
    else if (column.big.size > 0) column.big.delete(row)
  }

  function readTags(): void {
    const { field, single } = plan.tags
    const code = field < 0 ? 0 : (fieldCodes[field] as number)
    if (single.length === 0) {
      const known = tagCache[code]
      if (known !== undefined) {
        tagCodes = known
        return
      }
    }
    const key = single.length === 0 ? '' : `${code} ${single.map(tag => fieldCodes[tag.field]).join(' ')}`
    const known = single.length === 0 ? undefined : tagCombinations.get(key)
    if (known !== undefined) {
      tagCodes = known
      return
    }
    const text = field < 0 ? null : ((dictionaries[field] as TextDictionary).values[code] ?? null)
    const own = single.flatMap((tag): Tag[] => {
      const value =
        (dictionaries[tag.field] as TextDictionary).values[fieldCodes[tag.field] as number] ?? null
      return value === null ? [] : [[tag.key, value]]
    })
    const { codes, readable } = tagReader.read(text, own)
    if (!readable) {
      if (unreadableTags === 0) unreadableLine = record.line
      unreadableTags++
    }
    if (single.length === 0) tagCache[code] = codes
    else tagCombinations.set(key, codes)
    tagCodes = codes
  }

  function readInstants(row: number): boolean {
    for (const one of instants) {
      const { fields, rule } = one.plan
      let ms = Number.NaN
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as number
        const code = fieldCodes[field] as number
        if (code === 0) continue
        const cache = one.caches[i] as InstantCache
        const known = cache.ms[code]
        if (known === undefined) {
          const text = (dictionaries[field] as TextDictionary).values[code] as string
          const value = readInstant(text, mapping.dateStyle)
          if (typeof value === 'string') {
            if (one.needed) return refuse(value, field)
            const place = placeOf(record, record.starts[field] as number)
            const name = plan.fields[field] as string
            problems.notice('instant-unreadable', 1, place.line, name, excerptOf(text), place.column)
            continue
          }
          if (!zoneless.has(field) && !hasZone(text)) {
            zoneless.add(field)
            problems.notice(
              'instant-without-zone',
              1,
              record.line,
              plan.fields[field] as string,
              excerptOf(text),
            )
          }
          ms = rule.shift === undefined ? value : shiftInstant(value, rule.shift)
          cache.ms[code] = ms
        } else ms = known
        break
      }
      if (Number.isNaN(ms)) {
        if (one.needed) return refuse('instant-missing', fields[0] ?? -1, one.plan.column.name)
        noteNull(one.plan.output)
      }
      one.column.ms[row] = ms
    }
    return true
  }

  function readCurrency(code: number): boolean {
    const text = currencyText as ComputedText
    const known = currencies[code]
    if (known !== undefined && known !== null) {
      currency = known
      return true
    }
    const field = text.fields[0] ?? -1
    if (code === 0) return refuse('currency-missing', field, 'BillingCurrency')
    const found = findCurrency(text.interner.values[code] as string)
    if (found === undefined) return refuse('currency-unknown', field, 'BillingCurrency')
    currencies[code] = found
    currency = found
    return true
  }

  function read(next: CsvRecord): boolean {
    record = next
    const row = block.rows
    if (record.fault !== null) {
      const place = placeOf(record, record.faultAt)
      const excerpt = excerptOf(
        decodeText(record.bytes, record.faultAt, Math.min(record.faultAt + 80, record.end)) ?? '',
      )
      problems.refuse(record.fault, place.line, place.column, plan.fields[record.faultField] ?? null, excerpt)
      return false
    }
    if (record.fieldCount !== fieldCount) {
      if (record.fieldCount > fieldCount) return refuse('fields-too-many', fieldCount)
      return refuse(record.atEnd ? 'row-truncated' : 'fields-too-few', record.fieldCount - 1)
    }
    const { bytes, view, starts, ends, escaped } = record
    for (let i = 0; i < textFields.length; i++) {
      const field = textFields[i] as number
      const start = starts[field] as number
      const end = ends[field] as number
      if (start === end) {
        fieldCodes[field] = 0
        continue
      }
      const dictionary = dictionaries[field] as TextDictionary
      const code = encodeCell(dictionary, nulls, bytes, view, start, end, escaped[field] as number)
      if (code < 0) return refuse('text-not-utf8', field)
      fieldCodes[field] = dictionary.values[code] === null ? 0 : code
    }
    readTags()
    for (const one of direct) {
      const code = fieldCodes[one.field] as number
      one.column.codes[row] = code
      if (code === 0) noteNull(one.plan.output)
    }
    for (const one of computed) {
      const code = computeText(one.text, dictionaries, fieldCodes, tagCodes)
      one.column.codes[row] = code
      if (one.text === currencyText) {
        if (!readCurrency(code)) return false
      } else if (code === 0) noteNull(one.plan.output)
    }
    for (const { column, target } of tagColumns) column.codes[row] = tagCodes[target] as number
    return readInstants(row) && readCosts(row) && readDecimals(row)
  }

  function readCosts(row: number): boolean {
    for (const one of costs) {
      const state =
        one.plan.cases.length > 0 ? readCase(one.cell, one.plan) : readNumber(one.cell, one.plan.fields)
      if (state < 0) return false
      one.present = state > 0
      if (state === 0) {
        if (one.measure === 'BilledCost') return refuse('cost-missing', one.plan.fields[0] ?? -1)
        noteNull(one.plan.output)
        put(one.column, row, Number.NaN, null, currency.costScale)
      } else {
        if (!roundToCost(one.cost, one.cell, currency.costScale))
          return refuse('cost-overflow', one.plan.fields[0] ?? -1)
        put(one.column, row, one.cost.mantissa, one.cost.big, currency.costScale)
      }
    }
    return true
  }

  function readDecimals(row: number): boolean {
    for (const one of decimals) {
      const state = readNumber(cell, one.plan.fields)
      if (state < 0) return false
      if (state === 0) {
        noteNull(one.plan.output)
        put(one.column, row, Number.NaN, null, 0)
        continue
      }
      if (cell.big !== null || cell.scale > 18) {
        const fits = fitDecimal(cell)
        if (fits === 'too-large') return refuse('number-out-of-range', one.plan.fields[0] ?? -1)
        if (fits === 'rounded' && roundedNumbers++ === 0) roundedLine = record.line
      }
      put(one.column, row, cell.mantissa, cell.big, cell.scale)
    }
    return true
  }

  function syncValues(): void {
    for (const one of direct) one.column.values = (dictionaries[one.field] as TextDictionary).values
    for (const one of computed) one.column.values = one.text.interner.values
    for (const { column, target } of tagColumns)
      column.values = (tagReader.targets[target] as TagTarget).interner.values
  }
  syncValues()

  const anyFull = () =>
    dictionaries.some(dictionary => dictionary !== null && isDictionaryFull(dictionary)) ||
    [...interners].some(isInternerFull) ||
    tagCombinations.size > maxCombinations

  return {
    block,
    read,
    costs,
    currency: () => currency,
    mustTrim: anyFull,
    trim() {
      if (!anyFull()) return
      for (const interner of interners) resetInterner(interner)
      currencies = []
      tagCache = []
      tagCombinations = new Map()
      for (const one of computed) for (const field of one.text.fields) forgetField(one.text, field)
      for (const one of instants) for (const cache of one.caches) cache.ms = []
      for (const dictionary of dictionaries) {
        if (dictionary !== null && dictionary.values.length > keptEntries) resetDictionary(dictionary)
      }
      syncValues()
    },
    finish() {
      plan.columns.forEach((column, i) => {
        const count = nullCounts[i] as number
        if (count > 0) problems.notice('value-missing', count, nullLines[i] as number, column.name)
      })
      if (roundedNumbers > 0) problems.notice('number-rounded', roundedNumbers, roundedLine, null)
      if (unreadableTags > 0) problems.notice('tags-unreadable', unreadableTags, unreadableLine, 'Tags')
    },
    tagKeys: () => tagReader.keys,
  }
}

/** A dictionary with fewer entries survives a trim. */
const keptEntries = 4096
const maxCombinations = 1 << 16

const upper = (text: string) => text.trim().toUpperCase()

function createTags(plan: BillPlan, dimensions: TagDimensions) {
  const targets: TagTarget[] = []
  const byOutput = new Map<number, number>()
  const columns: { output: number; target: number }[] = []
  for (const { output, dimension } of plan.tags.dimensions) {
    byOutput.set(output, targets.push(dimensionTarget(createInterner(), dimensions[dimension])) - 1)
  }
  for (const { output, key } of plan.tags.keys) {
    columns.push({ output, target: targets.push(keyTarget(createInterner(), key)) - 1 })
  }
  if (plan.tags.output >= 0) {
    columns.push({ output: plan.tags.output, target: targets.push(jsonTarget(createInterner())) - 1 })
  }
  const tagReader: TagReader = createTagReader(targets)
  return { tagReader, tagTargets: { byOutput, columns } }
}

/** Physical line and character, both from 1, of an offset in a record. */
export function placeOf(record: CsvRecord, at: number): { line: number; column: number } {
  const { bytes, start } = record
  let line = record.line
  let lineStart = start
  for (let p = start; p < at; p++) {
    const c = bytes[p]
    if (c === 10 || (c === 13 && bytes[p + 1] !== 10)) {
      line++
      lineStart = p + 1
    }
  }
  let column = 1
  // Bytes that go on with a character do not count.
  for (let p = lineStart; p < at; p++) if (((bytes[p] as number) & 0xc0) !== 0x80) column++
  return { line, column }
}
