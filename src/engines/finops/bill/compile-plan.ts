/** Turns a mapping and the header of a file into what has to be done for each row. */
import { comparableName, findFocusColumn } from './focus-columns.ts'
import { type BillMapping, type ColumnRule, type DimensionName, dimensionNames } from './mapping-schema.ts'
import type { OutputColumn } from './row-block.ts'

/** Reads one output column from fields (positions in the file's rows). */
export type ColumnPlan = {
  output: number
  column: OutputColumn
  rule: ColumnRule
  fields: readonly number[]
  /** For costs and decimals. */
  cases: readonly CasePlan[]
}

export type CasePlan = {
  field: number
  is: readonly string[]
  filled: number
  sum: readonly { fields: readonly number[]; minus: boolean }[]
}

export type TagsPlan = {
  /** The field with all tags of a row, or -1. */
  field: number
  /** Fields that hold one tag each. */
  single: readonly { field: number; key: string }[]
  dimensions: readonly { output: number; dimension: DimensionName }[]
  keys: readonly { output: number; key: string }[]
  /** The output column with all tags as JSON, or -1. */
  output: number
}

export type BillPlan = {
  /** The names of the fields; a name that the header has twice gets a number. */
  fields: readonly string[]
  columns: readonly OutputColumn[]
  texts: readonly ColumnPlan[]
  costs: readonly ColumnPlan[]
  decimals: readonly ColumnPlan[]
  instants: readonly ColumnPlan[]
  tags: TagsPlan
  /** FOCUS columns that a file must have and this one has not. */
  missing: readonly string[]
  /** Names that the header had more than once. */
  repeated: readonly string[]
  /** Where a constant that the person or the workspace chose stands for a missing column. */
  assumed: readonly { column: string; value: string }[]
}

export type PlanFailure = {
  /** Columns without which no row can be stored. */
  needed: readonly ('BilledCost' | 'BillingCurrency' | 'ChargePeriodStart')[]
}

export type PlanOptions = {
  /** ISO 4217 code for files that do not state a currency. */
  currency?: string
  /** Tag keys that become columns of their own. */
  tagKeys: readonly string[]
}

/** Gives empty and repeated names of a header a name of their own. */
export function fieldNames(header: readonly string[]): { names: string[]; repeated: string[] } {
  const taken = new Map<string, number>()
  const repeated: string[] = []
  const names = header.map((name, i) => {
    const plain = name.trim() === '' ? `column ${i + 1}` : name.trim()
    const times = (taken.get(plain) ?? 0) + 1
    taken.set(plain, times)
    if (times > 1) repeated.push(plain)
    return times === 1 ? plain : `${plain} (${times})`
  })
  return { names, repeated }
}

const kindOf = (name: string): OutputColumn['kind'] => {
  const kind = findFocusColumn(name)?.kind ?? 'text'
  return kind === 'json' ? 'text' : kind
}

const isDimension = (name: string): name is DimensionName =>
  (dimensionNames as readonly string[]).includes(name)

/** Compiles, or says which columns are missing so badly that no row can be stored. */
export function compilePlan(
  mapping: BillMapping,
  header: readonly string[],
  options: PlanOptions,
): BillPlan | PlanFailure {
  const { names, repeated } = fieldNames(header)
  const position = new Map<string, number>()
  names.forEach((name, i) => {
    const key = comparableName(name)
    if (!position.has(key)) position.set(key, i)
  })
  const find = (name: string): number => position.get(comparableName(name)) ?? -1
  const findAll = (wanted: readonly string[]): number[] => [...new Set(wanted.map(find).filter(i => i >= 0))]
  const findFirst = (wanted: readonly string[]): number => findAll(wanted)[0] ?? -1

  const rules = completeRules(mapping, findAll, options.currency)
  const needed = (['BilledCost', 'BillingCurrency', 'ChargePeriodStart'] as const).filter(name => {
    const rule = rules[name]
    return rule === undefined || (findAll(rule.columns).length === 0 && rule.constant === undefined)
  })
  if (needed.length > 0) return { needed }

  const columns: OutputColumn[] = []
  const plan = {
    texts: [] as ColumnPlan[],
    costs: [] as ColumnPlan[],
    decimals: [] as ColumnPlan[],
    instants: [] as ColumnPlan[],
  }
  const listOf = { text: plan.texts, cost: plan.costs, decimal: plan.decimals, instant: plan.instants }
  const covered = new Set<number>()
  const add = (column: OutputColumn, rule: ColumnRule, fields: number[], cases: CasePlan[]) => {
    const output = columns.push(column) - 1
    listOf[column.kind].push({ output, column, rule, fields, cases })
    return output
  }

  const tagFields = findAll(mapping.tags.columns)
  const single = singleTags(mapping, names, tagFields)
  const dimensions: { output: number; dimension: DimensionName }[] = []
  const hasTags = tagFields.length > 0 || single.length > 0
  for (const [name, rule] of Object.entries(rules)) {
    if (name === 'Tags') continue
    const fields = findAll(rule.columns)
    const derived = isDimension(name)
    if (fields.length === 0 && rule.constant === undefined && !derived) continue
    const from = fields.map(i => names[i] as string)
    const cases = (rule.cases ?? []).flatMap(one => compileCase(one, findFirst, findAll))
    const kind = kindOf(name)
    const output = add({ name, kind, origin: derived ? 'dimension' : 'focus', from }, rule, fields, cases)
    if (derived) dimensions.push({ output, dimension: name })
    if (fields[0] !== undefined && rule.values === undefined) covered.add(fields[0])
  }
  let tagsOutput = -1
  if (hasTags) {
    const from = [...tagFields, ...single.map(tag => tag.field)].map(i => names[i] as string)
    tagsOutput = columns.push({ name: 'Tags', kind: 'text', origin: 'focus', from }) - 1
    for (const field of [...tagFields.slice(0, 1), ...single.map(tag => tag.field)]) covered.add(field)
  }
  const keys = (hasTags ? options.tagKeys : []).map(key => {
    const column: OutputColumn = { name: `tag:${key}`, kind: 'text', origin: 'tag', from: ['Tags'] }
    return { output: columns.push(column) - 1, key }
  })
  const used = new Set(columns.map(column => comparableName(column.name)))
  names.forEach((name, i) => {
    if (covered.has(i)) return
    const own = used.has(comparableName(name)) ? `${name} (file)` : name
    used.add(comparableName(own))
    add({ name: own, kind: 'text', origin: 'kept', from: [name] }, { columns: [name] }, [i], [])
  })
  return {
    fields: names,
    columns,
    ...plan,
    tags: { field: tagFields[0] ?? -1, single, dimensions, keys, output: tagsOutput },
    missing: missingColumns(mapping, columns),
    repeated,
    assumed: assumedColumns(rules, columns),
  }
}

type Rules = Record<string, ColumnRule>

/** Adds what a bill needs and can be told from the rest: the billing period, the dimensions, the currency. */
function completeRules(
  mapping: BillMapping,
  findAll: (names: readonly string[]) => number[],
  currency?: string,
): Rules {
  const rules: Rules = { ...mapping.columns }
  const has = (name: string) => {
    const rule = rules[name]
    return rule !== undefined && (findAll(rule.columns).length > 0 || rule.constant !== undefined)
  }
  const take = (name: string, from: string, shift?: ColumnRule['shift']) => {
    const source = rules[from]
    if (!has(name) && source !== undefined) rules[name] = shift === undefined ? source : { ...source, shift }
  }
  take('ChargePeriodStart', 'BillingPeriodStart')
  // A bill that knows nothing of commitments costs what it bills.
  if (mapping.format === 'csv') take('EffectiveCost', 'BilledCost')
  take('BillingPeriodStart', 'ChargePeriodStart', 'month-start')
  take('BillingPeriodEnd', 'BillingPeriodStart', 'next-month-start')
  if (!has('BillingCurrency') && currency !== undefined)
    rules.BillingCurrency = { columns: [], constant: currency }
  for (const name of dimensionNames) rules[name] ??= { columns: [] }
  return rules
}

function compileCase(
  one: NonNullable<ColumnRule['cases']>[number],
  findFirst: (names: readonly string[]) => number,
  findAll: (names: readonly string[]) => number[],
): CasePlan[] {
  const field = findFirst(one.column)
  const filled = one.filled === undefined ? -1 : findFirst(one.filled)
  // A case about a column that the file does not have never applies.
  if (field < 0 || (one.filled !== undefined && filled < 0)) return []
  const sum = one.sum.map(term => ({ fields: findAll(term.columns), minus: term.minus === true }))
  return [{ field, is: one.is, filled, sum }]
}

function singleTags(
  mapping: BillMapping,
  names: readonly string[],
  tagFields: readonly number[],
): { field: number; key: string }[] {
  return names.flatMap((name, field) => {
    if (tagFields.includes(field)) return []
    const prefix = mapping.tags.prefixes.find(one => name.toLowerCase().startsWith(one.toLowerCase()))
    const key = prefix === undefined ? '' : name.slice(prefix.length)
    return key === '' ? [] : [{ field, key }]
  })
}

function missingColumns(mapping: BillMapping, columns: readonly OutputColumn[]): string[] {
  const present = new Set(columns.filter(column => column.from.length > 0).map(column => column.name))
  return Object.keys(mapping.columns).filter(
    name => findFocusColumn(name)?.presence === 'must' && !present.has(name),
  )
}

function assumedColumns(rules: Rules, columns: readonly OutputColumn[]): { column: string; value: string }[] {
  return columns.flatMap(column => {
    const value = rules[column.name]?.constant
    return column.from.length === 0 && value !== undefined ? [{ column: column.name, value }] : []
  })
}
