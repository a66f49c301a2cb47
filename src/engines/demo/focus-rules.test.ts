import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { demoCostRows } from './bills.ts'
import { demoCompany } from './company.ts'
import { amountFrom } from './decimal.ts'
import { DEMO_COLUMNS, type DemoRow } from './focus-columns.ts'

/**
 * Holds the demo's rows against the FOCUS 1.2 requirements model of the FOCUS validator, by interpreting its
 * rules: a rule holds a check, which may refer to other rules, and a condition under which it applies.
 */
const MODEL = '../shared/data/focus/focus_validator_model-1.2.json'

interface Check {
  CheckFunction?: string
  ColumnName?: string
  CheckCondition?: string
  ColumnAName?: string
  ColumnBName?: string
  ResultColumnName?: string
  Value?: string | number | null
  ModelRuleId?: string
  Items?: Check[]
}

interface Rule {
  ApplicabilityCriteria: string[]
  ValidationCriteria: { MustSatisfy: string; Keyword: string; Requirement: Check; Condition: Check }
}

/** What the demo's vendors do not have, and so need no columns for. */
const UNSUPPORTED = new Set([
  'CAPACITY_RESERVATION_SUPPORTED',
  'PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED',
  'VIRTUAL_CURRENCY_SUPPORTED',
])

/**
 * Rules of the model that contradict the sentence they stand for: three about commitments test the opposite of
 * their condition or lack one, one lists states other than the specification's Used and Unused, one leaves out
 * which purchases it means, one asks every row for what only uninvoiced rows need, and one takes every issuer whose legal name is longer than the provider's for a
 * third party. The sentences themselves are tested below.
 */
const DISPUTED = new Set([
  'CommitmentDiscountStatus-C-003-C',
  'CommitmentDiscountStatus-C-004-C',
  'CommitmentDiscountStatus-C-005-M',
  'CommitmentDiscountCategory-C-005-M',
  'EffectiveCost-C-005-C',
  'BilledCost-C-005-C',
  'InvoiceId-C-004-C',
])

type Row = Record<string, string | undefined>
type Test = (row: Row) => boolean

const DECIMAL = /^-?\d+(\.\d+)?$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

function compile(check: Check, rules: Record<string, Rule>, failures: Set<string>): Test {
  // One rule of the model writes its column's name into another field.
  const name = check.ColumnName ?? check.CheckCondition ?? ''
  const at = (row: Row): string | null => row[name] || null
  const when =
    (test: (text: string) => boolean): Test =>
    row =>
      at(row) === null || test(at(row)!)
  switch (check.CheckFunction) {
    case undefined:
    case 'CheckDistinctCount':
    case 'CheckSameValue':
    case 'CheckNotSameValue':
      return () => true
    case 'AND':
    case 'OR': {
      const tests = check.Items!.map(item => compile(item, rules, failures))
      return check.CheckFunction === 'AND'
        ? row => tests.reduce((all, test) => test(row) && all, true)
        : row => tests.some(test => test(row))
    }
    case 'CheckModelRule':
      return compileRule(check.ModelRuleId!, rules, failures)
    case 'CheckValue':
      return row => at(row) === (check.Value ?? null)
    case 'CheckNotValue':
      return row => at(row) !== (check.Value ?? null)
    case 'CheckGreaterOrEqualThanValue':
      return when(text => Number(text) >= Number(check.Value))
    case 'ColumnPresent':
      return row => name in row
    case 'ColumnByColumnEqualsColumnValue':
      return row => {
        const [a, b, result] = [check.ColumnAName!, check.ColumnBName!, check.ResultColumnName!].map(
          column => row[column] || null,
        )
        if (a === null || b === null || result === null) return true
        return amountFrom(a!) * amountFrom(b!) === amountFrom(result!) * 10n ** 18n
      }
    case 'TypeDecimal':
    case 'FormatNumeric':
    case 'CheckDecimalValue':
      return when(text => DECIMAL.test(text))
    case 'TypeDateTime':
    case 'FormatDateTime':
      return when(text => INSTANT.test(text) && !Number.isNaN(Date.parse(text)))
    case 'FormatKeyValue':
      return when(text =>
        Object.values(JSON.parse(text) as object).every(value => value === null || typeof value !== 'object'),
      )
    case 'CheckNationalCurrency':
    case 'FormatCurrency':
      return when(text => /^[A-Z]{3}$/.test(text))
    case 'FormatUnit':
    case 'FormatString':
    case 'TypeString':
      return when(text => text.trim() === text)
    default:
      throw new Error(`unknown check ${check.CheckFunction}`)
  }
}

const compiled = new Map<string, Test>()

function compileRule(id: string, rules: Record<string, Rule>, failures: Set<string>): Test {
  const known = compiled.get(id)
  if (known !== undefined) return known
  const rule = rules[id]!
  const { Keyword, Requirement, Condition, MustSatisfy } = rule.ValidationCriteria
  // A column that should be there, and is, must keep to its rules.
  const leaf = Requirement.Items?.[0]?.CheckFunction !== 'CheckModelRule'
  const binding = Keyword === 'MUST' || Keyword === 'MUST NOT' || !leaf
  if (!binding || DISPUTED.has(id) || rule.ApplicabilityCriteria.some(item => UNSUPPORTED.has(item))) {
    return () => true
  }
  const applies = compile(Condition, rules, new Set())
  const holds = compile(Requirement, rules, failures)
  const test: Test = row => {
    if (!applies(row) || holds(row)) return true
    if (leaf) failures.add(`${id}: ${MustSatisfy} (${row.ChargeCategory}, ${row.ChargeDescription})`)
    return false
  }
  compiled.set(id, test)
  return test
}

const company = demoCompany('quarterdeck', '2026-10')

/** Every line that is not plain usage, and one in eleven of those that are. */
function sample(months: readonly string[]): DemoRow[] {
  return months.flatMap(month =>
    [...demoCostRows(company, month)].filter(
      (row, index) => index % 11 === 0 || row.ChargeCategory !== 'Usage' || row.CommitmentDiscountId !== '',
    ),
  )
}

describe.skipIf(!existsSync(MODEL))(`the FOCUS 1.2 requirements model (skipped without ${MODEL})`, () => {
  const failures = new Set<string>()
  let valid: (row: DemoRow) => unknown
  let rows: readonly DemoRow[]
  // Not while tests are collected, which is done also where they are skipped.
  beforeAll(() => {
    const { ModelRules } = JSON.parse(readFileSync(MODEL, 'utf8')) as { ModelRules: Record<string, Rule> }
    valid = compileRule('CostAndUsage-D-000-M', ModelRules, failures)
    rows = sample(['2025-03', '2025-10', '2026-04', '2026-07'])
  })

  it('finds no fault in the demo', () => {
    for (const row of rows) valid(row)
    expect([...failures]).toEqual([])
  })

  it.each([
    ['a missing cost', { BilledCost: '' }],
    ['a cost that is not price times quantity', { ListCost: '1234.5' }],
    ['an unknown charge category', { ChargeCategory: 'Gift' }],
    ['a subcategory of another category', { ServiceSubcategory: 'Caching', ServiceCategory: 'Compute' }],
    ['a resource without a type', { ResourceType: '' }],
  ])('finds %s', (_, fault) => {
    failures.clear()
    const row = rows.find(item => item.ResourceId !== '' && item.ChargeCategory === 'Usage')!
    valid({ ...row, ...fault })
    expect(failures.size).toBeGreaterThan(0)
    failures.clear()
  })
})

describe('the FOCUS columns', () => {
  it('say of a commitment what kind it is and, on usage, whether it was used', () => {
    for (const row of sample(['2025-03', '2025-10', '2026-04'])) {
      const committed = row.CommitmentDiscountId !== ''
      const usage = row.ChargeCategory === 'Usage'
      const states = committed && usage ? ['Used', 'Unused'] : ['']
      if (!states.includes(row.CommitmentDiscountStatus)) expect.fail(JSON.stringify(row))
      if (!(committed ? ['Spend', 'Usage'] : ['']).includes(row.CommitmentDiscountCategory)) {
        expect.fail(JSON.stringify(row))
      }
      if (committed && !usage && row.EffectiveCost !== '0') expect.fail(JSON.stringify(row))
    }
  })

  // oxlint-disable-next-line vitest/expect-expect -- it fails by `expect.fail`
  it('give each SKU price one SKU, each service one category and each SKU price one list price', () => {
    const pairs = [
      ['SkuPriceId', 'SkuId'],
      ['ServiceName', 'ServiceCategory'],
      ['ServiceName', 'ServiceSubcategory'],
      ['SkuPriceId', 'ListUnitPrice'],
    ] as const
    const rows = company.months
      .filter((_, index) => index % 4 === 1)
      .flatMap(month => [...demoCostRows(company, month)])
    for (const [one, other] of pairs) {
      const seen = new Map<string, string>()
      for (const row of rows) {
        const key = `${row.ProviderName} ${row[one]}`
        if (row[one] === '') continue
        if ((seen.get(key) ?? row[other]) !== row[other])
          expect.fail(`${key}: ${seen.get(key)}, ${row[other]}`)
        seen.set(key, row[other])
      }
    }
  })

  it('are all used by the demo', () => {
    const rows = sample(['2025-03', '2025-10', '2026-01', '2026-07'])
    const unused = DEMO_COLUMNS.filter(column => rows.every(row => row[column] === ''))
    expect(unused).toEqual([])
  })
})
