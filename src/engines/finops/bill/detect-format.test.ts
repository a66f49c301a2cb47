import { describe, expect, it } from 'vitest'
import { chooseMapping, detectDateStyle, detectNumberStyle, focusVersion } from './detect-format.ts'
import { comparableName, costMeasures, findFocusColumn, focusColumns } from './focus-columns.ts'
import { BillMapping } from './mapping-schema.ts'
import { ownMappings } from './mappings/all.ts'

describe('own mappings', () => {
  it.each(ownMappings.map(mapping => [mapping.id, mapping] as const))('%s is a mapping', (_, mapping) => {
    expect(BillMapping.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping)
  })

  it('a mapping to a column that FOCUS does not have is refused', () => {
    const result = BillMapping.safeParse({ ...ownMappings[0], columns: { Nonsense: { columns: ['x'] } } })
    expect(result.success).toBe(false)
  })
})

describe('FOCUS columns', () => {
  it('are ordered, with one name each', () => {
    const names = focusColumns.map(column => column.name)
    expect(names).toEqual([...new Set(names)].sort())
    expect(names.length).toBe(57)
    expect(costMeasures.map(name => findFocusColumn(name)?.kind)).toEqual(['cost', 'cost', 'cost', 'cost'])
    expect(findFocusColumn('SkuPriceDetails')).toMatchObject({ kind: 'json', since: '1.1', nullable: true })
  })

  it('have names that compare without case and separators', () => {
    expect(comparableName('Sku_Price-id ')).toBe('skupriceid')
  })
})

describe('chooseMapping', () => {
  it.each([
    [['BilledCost', 'ChargePeriodStart', 'ChargeCategory'], 'focus'],
    [['billed_cost', 'billing period start', 'effective_cost'], 'focus'],
    [['lineItem/UnblendedCost', 'lineItem/LineItemType', 'lineItem/UsageStartDate'], 'aws-cur'],
    [['line_item_unblended_cost', 'line_item_line_item_type', 'line_item_usage_start_date'], 'aws-cur'],
    [['CostInBillingCurrency', 'MeterCategory', 'Date', 'BillingCurrencyCode'], 'azure-ea'],
    [['date', 'service', 'amount'], 'csv'],
  ])('%j is %s', (header, id) => {
    expect(chooseMapping(header, ownMappings)?.id).toBe(id)
  })

  it('finds the version', () => {
    expect(focusVersion(['BilledCost'])).toBe('1.0')
    expect(focusVersion(['BilledCost', 'SkuMeter'])).toBe('1.1')
    expect(focusVersion(['BilledCost', 'SkuMeter', 'InvoiceId'])).toBe('1.2')
  })
})

describe('detectNumberStyle', () => {
  it.each([
    [['1.5', '-0.1', '7'], ',', 'plain'],
    [['$50,000.00 ', '1'], ',', 'grouped'],
    [['1,234.50'], ',', 'grouped'],
    [['1,234,567'], ',', 'grouped'],
    [['1,234'], ',', 'plain'],
    [['-$5'], ',', 'grouped'],
    [['1,5', '2'], ';', 'decimal-comma'],
    [['1.234,50 €'], '\t', 'decimal-comma'],
    [['1,5', '2.5'], ';', 'plain'],
    [['1,5'], ',', 'plain'],
    [[], ',', 'plain'],
  ])('%j between %s is %s', (values, delimiter, style) => {
    expect(detectNumberStyle(values, delimiter)).toBe(style)
  })
})

describe('detectDateStyle', () => {
  it.each([
    [['2024-09-01'], 'iso', 'iso', true],
    [['5/1/25', '4/13/25'], 'iso', 'month-first', true],
    [['13/4/25'], 'month-first', 'day-first', true],
    [['5/1/25'], 'iso', 'month-first', false],
    [['5.1.25'], 'iso', 'day-first', false],
    [['5/1/25'], 'day-first', 'day-first', false],
  ] as const)('%j', (values, preferred, style, certain) => {
    expect(detectDateStyle(values, preferred)).toEqual({ style, certain })
  })
})
