import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { demoBills, demoBillValues, demoCostRows } from './bills.ts'
import { demoCompany } from './company.ts'
import { amountFrom, amountText } from './decimal.ts'
import { AT, type DemoColumn, type DemoValues } from './focus-columns.ts'
import { csvRecord } from './focus-csv.ts'

const company = demoCompany('quarterdeck', '2026-10')
const bills = demoBills(company)
const linesOf = new Map(bills.map(bill => [bill.fileName, [...demoBillValues(company, bill)]]))
const lines = [...linesOf.values()].flat()

const cost = (row: DemoValues, column: DemoColumn): bigint => amountFrom(row[AT[column]]!)

function total(rows: Iterable<DemoValues>, column: DemoColumn): bigint {
  let sum = 0n
  for (const row of rows) sum += cost(row, column)
  return sum
}

/** Where two lists of rows differ. Comparing them row by row with the matchers of the test runner takes seconds. */
function differences(some: readonly object[], others: readonly object[]): number[] {
  const [one, other] = [some, others].map(rows => rows.map(row => JSON.stringify(row)))
  const length = Math.max(some.length, others.length)
  return Array.from({ length }, (_, index) => index).filter(index => one![index] !== other![index])
}

const dollars = (amount: bigint): number => Number(amount / 10n ** 18n)

describe('the demo bills', () => {
  it('are a few hundred thousand cost lines in one bill for each account and month', () => {
    expect(lines.length).toBeGreaterThan(250_000)
    expect(lines.length).toBeLessThan(400_000)
    expect(new Set(bills.map(bill => bill.fileName)).size).toBe(bills.length)
    expect(bills.length).toBe(5 * 24 + 10)
  })

  it('are the same bytes for the same seed, in whatever order they are made', () => {
    const digest = (rows: Iterable<DemoValues>): string => {
      const hash = createHash('sha256')
      for (const row of rows) hash.update(csvRecord(row))
      return hash.digest('hex')
    }
    const again = demoCompany('quarterdeck', '2026-10')
    const bill = demoBills(again).find(item => item.fileName === 'focus-aws-2026-05.csv')!
    expect(digest(demoBillValues(again, bill))).toBe(digest(linesOf.get(bill.fileName)!))
    const other = demoCompany('another', '2026-10')
    expect(digest(demoBillValues(other, demoBills(other)[0]!))).not.toBe(
      digest(linesOf.get(bills[0]!.fileName)!),
    )
    expect(digest(linesOf.get('focus-google-japan-2026-10.csv')!)).toMatchInlineSnapshot(
      `"18af0aacbef2118262c20945d5c814968a11487d972c44fbd672a2ac9b8b1218"`,
    )
  })

  it('give the rows of a month by column name too', () => {
    const month = bills.filter(bill => bill.month === '2026-10')
    const rows = [...demoCostRows(company, '2026-10')]
    expect(rows.length).toBe(month.reduce((sum, bill) => sum + linesOf.get(bill.fileName)!.length, 0))
    expect(Object.keys(rows[0]!).length).toBe(51)
    expect(new Set(rows.map(row => row.BillingPeriodStart))).toEqual(new Set(['2026-10-01T00:00:00Z']))
  })

  it('keep every charge inside its billing period', () => {
    for (const row of lines) {
      const start = row[AT.ChargePeriodStart]!
      const end = row[AT.ChargePeriodEnd]!
      if (start < row[AT.BillingPeriodStart]! || end > row[AT.BillingPeriodEnd]! || start >= end) {
        expect.fail(csvRecord(row))
      }
    }
  })

  it('cost no more under a contract than by list, and no more in effect than by contract', () => {
    for (const row of lines) {
      if (row[AT.ChargeCategory] !== 'Usage') continue
      const effective = cost(row, 'EffectiveCost')
      const contracted = cost(row, 'ContractedCost')
      if (effective < 0n || effective > contracted || contracted > cost(row, 'ListCost')) {
        expect.fail(csvRecord(row))
      }
      const billed = row[AT.CommitmentDiscountId] === '' ? contracted : 0n
      if (cost(row, 'BilledCost') !== billed) expect.fail(csvRecord(row))
    }
  })

  it('give back only as credit or correction', () => {
    for (const row of lines) {
      const negative = cost(row, 'BilledCost') < 0n || cost(row, 'ListCost') < 0n
      if (negative && !['Credit', 'Adjustment'].includes(row[AT.ChargeCategory]!)) {
        expect.fail(csvRecord(row))
      }
    }
    expect(new Set(lines.map(row => row[AT.ChargeCategory]))).toEqual(
      new Set(['Usage', 'Purchase', 'Credit', 'Adjustment', 'Tax']),
    )
  })

  it('come in dollars, euros and yen, whose tax is whole minor units', () => {
    expect(new Set(lines.map(row => row[AT.BillingCurrency]))).toEqual(new Set(['USD', 'EUR', 'JPY']))
    for (const bill of bills) {
      const rows = linesOf.get(bill.fileName)!
      const taxes = rows.filter(row => row[AT.ChargeCategory] === 'Tax')
      expect(taxes.length).toBe(bill.account.tax === null ? 0 : 1)
      if (bill.account.tax === null) continue
      const before = rows.filter(row => row[AT.ChargeCategory] !== 'Tax')
      for (const column of ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const) {
        const exact = (total(before, column) * BigInt(bill.account.tax.perMille)) / 1000n
        const unit = 10n ** BigInt(18 - bill.account.decimals)
        const tax = cost(taxes[0]!, column)
        expect(tax % unit).toBe(0n)
        expect(tax - exact <= unit / 2n && exact - tax <= unit / 2n).toBe(true)
      }
    }
  })

  it('spend what was paid for commitments, used and unused together, to the last digit', () => {
    const tied = company.commitments.map(commitment => {
      const rows = lines.filter(row => row[AT.CommitmentDiscountId] === commitment.id)
      const paid = total(
        rows.filter(row => row[AT.ChargeCategory] === 'Purchase'),
        'BilledCost',
      )
      const used = total(
        rows.filter(row => row[AT.ChargeCategory] === 'Usage'),
        'EffectiveCost',
      )
      return { key: commitment.key, whole: commitment.to <= company.span.end, paid, used, commitment }
    })
    for (const { key, paid, used, commitment, whole } of tied) {
      expect(paid, key).toBeGreaterThan(0n)
      if (commitment.payment === 'monthly' || whole) expect(amountText(used), key).toBe(amountText(paid))
      else expect(used, key).toBeLessThan(paid)
    }
    expect(tied.some(({ commitment, whole }) => commitment.payment === 'upfront' && whole)).toBe(true)
  })

  it('have commitments with a part that nothing used', () => {
    const unused = lines.filter(row => row[AT.CommitmentDiscountStatus] === 'Unused')
    expect(dollars(total(unused, 'EffectiveCost'))).toBeGreaterThan(500)
  })

  it('name a resource for one thing only', () => {
    const types = new Map<string, string>()
    for (const row of lines) {
      const id = `${row[AT.ProviderName]} ${row[AT.ResourceId]}`
      const type = `${row[AT.ResourceType]} ${row[AT.ResourceName]}`
      if ((types.get(id) ?? type) !== type) expect.fail(`${id} is ${types.get(id)} and ${type}`)
      types.set(id, type)
    }
    expect(types.size).toBeGreaterThan(300)
  })

  it('are quieter at weekends and busier at the end of a month', () => {
    const month = linesOf.get('focus-aws-2026-10.csv')!
    const on = (date: string, service: string): number =>
      dollars(
        total(
          month.filter(row => row[AT.ChargePeriodStart]!.startsWith(date) && row[AT.ServiceName] === service),
          'ListCost',
        ),
      )
    expect(on('2026-10-17', 'AWS Fargate')).toBeLessThan(0.8 * on('2026-10-14', 'AWS Fargate'))
    expect(on('2026-10-30', 'AWS Glue')).toBeGreaterThan(3 * on('2026-10-14', 'AWS Glue'))
  })

  it('are less at the turn of the year', () => {
    const december = linesOf.get('focus-aws-2025-12.csv')!
    const out = (date: string): number =>
      dollars(
        total(
          december.filter(
            row => row[AT.ChargePeriodStart]!.startsWith(date) && row[AT.SkuMeter] === 'ApiGatewayRequest',
          ),
          'ListCost',
        ),
      )
    expect(out('2025-12-29')).toBeLessThan(0.85 * out('2025-12-15'))
  })
})

describe('a month that is still running', () => {
  const running = demoCompany('quarterdeck', '2026-10', 17)
  const open = [...demoCostRows(running, '2026-10')]
  const closed = [...demoCostRows(company, '2026-10')]

  it('has the same costs as once it is over, up to its last day', () => {
    const usage = (rows: typeof open) =>
      rows
        .filter(row => row.ChargeCategory === 'Usage' && row.ChargePeriodStart < '2026-10-18T00:00:00Z')
        .map(row => ({ ...row, InvoiceId: '' }))
    expect(usage(open).length).toBeGreaterThan(1000)
    expect(differences(usage(open), usage(closed))).toEqual([])
    expect(
      open
        .map(row => row.ChargePeriodStart)
        .toSorted()
        .at(-1),
    ).toBe('2026-10-17T00:00:00Z')
  })

  it('has no invoice and no tax yet', () => {
    expect(new Set(open.map(row => row.InvoiceId))).toEqual(new Set(['']))
    expect(closed.every(row => row.InvoiceId !== '')).toBe(true)
    expect(open.some(row => row.ChargeCategory === 'Tax')).toBe(false)
  })

  it('leaves the months before it as they are, and is whole on its last day', () => {
    const september = (of: typeof company) => [...demoCostRows(of, '2026-09')]
    expect(differences(september(running), september(company))).toEqual([])
    const whole = [...demoCostRows(demoCompany('quarterdeck', '2026-10', 31), '2026-10')]
    expect(differences(whole, closed)).toEqual([])
  })
})

describe('the stories of the demo', () => {
  const story = (id: string) => company.stories.find(item => item.id === id)!

  /** The lines that a story's `where` names, in its currency and time. */
  function told(id: string, from: string, to: string): DemoValues[] {
    const { where, currency } = story(id)
    return lines.filter(
      row =>
        row[AT.BillingCurrency] === currency &&
        row[AT.ChargePeriodStart]! >= from &&
        row[AT.ChargePeriodStart]! < to &&
        Object.entries(where).every(([column, values]) =>
          column.startsWith('Tags/')
            ? values.includes(JSON.parse(row[AT.Tags] || '{}')[column.slice(5)])
            : values.includes(row[AT[column as DemoColumn]]!),
        ),
    )
  }

  it('happen at fixed times before the end', () => {
    expect(company.stories.map(({ id, from, to }) => [id, from, to])).toEqual([
      ['launch', '2026-01-01', null],
      ['leak', '2026-05-09', '2026-06-13'],
      ['model-price-cut', '2026-07-01', null],
      ['egress-price-rise', '2026-03-01', null],
    ])
  })

  it('launch: a region comes up over a quarter', () => {
    expect(told('launch', '2024-01-01', '2026-01-01')).toEqual([])
    const january = dollars(total(told('launch', '2026-01-01', '2026-02-01'), 'EffectiveCost'))
    const april = dollars(total(told('launch', '2026-04-01', '2026-05-01'), 'EffectiveCost'))
    const october = dollars(total(told('launch', '2026-10-01', '2026-11-01'), 'EffectiveCost'))
    expect(january).toBeGreaterThan(3000)
    expect(april).toBeGreaterThan(1.3 * january)
    expect(october).toBeGreaterThan(april)
  })

  it('leak: hardly anything before, thousands within five weeks, nothing after', () => {
    const before = dollars(total(told('leak', '2026-04-01', '2026-05-09'), 'BilledCost'))
    const during = told('leak', '2026-05-09', '2026-06-13')
    const after = dollars(total(told('leak', '2026-06-13', '2026-07-20'), 'BilledCost'))
    expect(before).toBeLessThan(100)
    expect(after).toBeLessThan(100)
    expect(dollars(total(during, 'BilledCost'))).toBeGreaterThan(2500)
    const lastDay = during.filter(row => row[AT.ChargePeriodStart]!.startsWith('2026-06-12'))
    expect(dollars(total(lastDay, 'BilledCost'))).toBeGreaterThan(350)
  })

  it('price cut: the unit price falls by 40 %, the SKU stays, its price is another', () => {
    const prices = (from: string, to: string): string[] =>
      [
        ...new Set(
          told('model-price-cut', from, to).map(row => `${row[AT.SkuPriceId]} ${row[AT.ListUnitPrice]}`),
        ),
      ].sort()
    expect(prices('2026-06-01', '2026-07-01')).toEqual([
      'api/gpt-5/cached-input/global/USD/v1 0.125',
      'api/gpt-5/input/global/USD/v1 1.25',
      'api/gpt-5/output/global/USD/v1 10',
    ])
    expect(prices('2026-07-01', '2026-08-01')).toEqual([
      'api/gpt-5/cached-input/global/USD/v2 0.075',
      'api/gpt-5/input/global/USD/v2 0.75',
      'api/gpt-5/output/global/USD/v2 6',
    ])
    const june = dollars(total(told('model-price-cut', '2026-06-01', '2026-07-01'), 'BilledCost'))
    const july = dollars(total(told('model-price-cut', '2026-07-01', '2026-08-01'), 'BilledCost'))
    expect(july / june).toBeLessThan(0.75)
  })

  it('price rise: egress costs a third more from one month to the next', () => {
    const february = dollars(total(told('egress-price-rise', '2026-02-01', '2026-03-01'), 'BilledCost'))
    const march = dollars(total(told('egress-price-rise', '2026-03-01', '2026-04-01'), 'BilledCost'))
    expect(march / february).toBeGreaterThan(1.3)
  })
})
