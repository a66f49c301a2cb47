import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText, tenTo } from './decimal-cell.ts'
import { awsCurMapping } from './mappings/aws-cur.ts'
import { blockRows } from './row-block.ts'
import { focusText, readText, tryReadText } from './testing/read-text.ts'

const codes = (result: ReturnType<typeof readText>) => result.summary.problems.counts
const decimal = (mantissa: bigint, scale: number) => ({ mantissa, scale })

describe('rows of a bill', () => {
  it('come out with their types', () => {
    const { rows, batches, places } = readText(
      focusText([
        { BilledCost: '0.00001605990', ConsumedQuantity: '0.002007490000000', ServiceName: 'Größe' },
      ]),
    )
    expect(rows).toEqual([
      {
        BilledCost: decimal(16060n, 9),
        EffectiveCost: decimal(1_250_000_000n, 9),
        BillingCurrency: 'USD',
        BillingAccountId: 'acc-1',
        ProviderName: 'AWS',
        BillingPeriodStart: { ms: Date.UTC(2024, 8, 1) },
        BillingPeriodEnd: { ms: Date.UTC(2024, 9, 1) },
        ChargePeriodStart: { ms: Date.UTC(2024, 8, 3, 10) },
        ChargePeriodEnd: { ms: Date.UTC(2024, 8, 3, 11) },
        ServiceName: 'Größe',
        ConsumedQuantity: decimal(200_749n, 8),
      },
    ])
    expect(batches).toEqual([
      {
        provider: 'AWS',
        billingAccountId: 'acc-1',
        periodStart: Date.UTC(2024, 8, 1),
        periodEnd: Date.UTC(2024, 9, 1),
      },
    ])
    expect(places).toEqual([{ batch: 0, line: 2 }])
  })

  it('are kept apart by provider, account and period, and by currency in the totals', () => {
    const { summary, places } = readText(
      focusText([
        {},
        { BillingAccountId: 'acc-2' },
        { ProviderName: 'Azure' },
        { BillingPeriodStart: '2024-10-01', BillingPeriodEnd: '2024-11-01' },
        { BillingCurrency: 'jpy', BilledCost: '1234567.0000015' },
        { BillingCurrency: 'KWD', BilledCost: '0.0015' },
        {},
      ]),
    )
    expect(places.map(place => place.batch)).toEqual([0, 1, 2, 3, 0, 0, 0])
    const [first] = summary.batches
    expect(first).toMatchObject({
      rows: 4,
      firstCharge: Date.UTC(2024, 8, 3, 10),
      lastCharge: Date.UTC(2024, 8, 3, 10),
    })
    expect(first?.totals.map(({ currency, measures }) => [currency, measures.BilledCost?.stored])).toEqual([
      ['USD', '3'],
      ['JPY', '1234567.000002'],
      ['KWD', '0.0015'],
    ])
    expect(summary.totals.find(total => total.currency === 'JPY')?.measures.BilledCost).toMatchObject({
      exact: '1234567.0000015',
      storedUnits: 1_234_567_000_002n,
      residual: '-0.0000005',
      balanced: true,
    })
    expect(summary.totals[0]?.measures.BilledCost?.stored).toBe('7.5')
  })

  it('have null for NULL, for null and for nothing', () => {
    const { rows, summary } = readText(
      focusText([
        { ServiceName: 'NULL', ConsumedQuantity: 'null', EffectiveCost: 'NULL' },
        { ServiceName: '' },
        { ConsumedQuantity: ' ' },
      ]),
    )
    expect(rows.map(row => [row.ServiceName, row.ConsumedQuantity, row.EffectiveCost !== undefined])).toEqual(
      [
        [undefined, undefined, false],
        [undefined, decimal(2n, 0), true],
        ['Amazon S3', undefined, true],
      ],
    )
    expect(summary.problems.problems.filter(problem => problem.code === 'value-missing')).toMatchObject([
      { field: 'EffectiveCost', rows: 1, line: 2, severity: 'notice' },
      { field: 'ServiceName', rows: 2, line: 2 },
    ])
  })

  it('keep unknown columns under their name, apart from ours', () => {
    const { rows, columns } = readText(
      'x_Foo,BilledCost,BillingCurrency,ChargePeriodStart,x_Foo,,tag:env\na,1,USD,2024-09-01,b,c,d\n',
    )
    expect(rows[0]).toMatchObject({ x_Foo: 'a', 'x_Foo (2)': 'b', 'column 6': 'c', 'tag:env': 'd' })
    expect(columns.filter(column => column.origin === 'kept').map(column => column.name)).toEqual([
      'x_Foo',
      'x_Foo (2)',
      'column 6',
      'tag:env',
    ])
  })

  it('a kept column does not hide one of ours', () => {
    const { rows } = readText(focusText([{ Tags: '{"env": "prod"}', 'tag:env': 'file' }], ['tag:env']), {
      tagKeys: ['env'],
    })
    expect(rows[0]).toMatchObject({ 'tag:env': 'prod', 'tag:env (file)': 'file' })
  })

  it('say which columns are missing, repeated or assumed', () => {
    const { summary, rows } = readText('BilledCost,ChargePeriodStart,BilledCost\n1,2024-09-15,2\n', {
      currency: 'EUR',
    })
    expect(summary.missingColumns).toContain('EffectiveCost')
    expect(summary.assumed).toEqual(
      expect.arrayContaining([
        { column: 'BillingCurrency', value: 'EUR' },
        { column: 'ProviderName', value: '(not stated)' },
      ]),
    )
    expect(summary.problems.counts['column-repeated']).toBe(1)
    expect(rows[0]).toMatchObject({
      BillingPeriodStart: { ms: Date.UTC(2024, 8, 1) },
      BillingPeriodEnd: { ms: Date.UTC(2024, 9, 1) },
      'BilledCost (2)': '2',
    })
  })

  it('a file without what every row needs is refused whole', () => {
    expect(tryReadText('a,b\n1,2\n')).toEqual(['BilledCost', 'BillingCurrency', 'ChargePeriodStart'])
    expect(tryReadText('BilledCost,BillingPeriodStart\n1,2024-09-01\n')).toEqual(['BillingCurrency'])
    expect(tryReadText('\n')).toEqual(['no header'])
  })

  it('an account that some rows leave out is stated as such', () => {
    const { batches } = readText(focusText([{ BillingAccountId: '' }, { ProviderName: 'NULL' }]))
    expect(batches.map(batch => [batch.provider, batch.billingAccountId])).toEqual([
      ['AWS', '(not stated)'],
      ['(not stated)', 'acc-1'],
    ])
  })

  it('a period without an end gets its month', () => {
    const { batches } = readText(focusText([{ BillingPeriodEnd: '' }, { BillingPeriodEnd: '' }]))
    expect(batches.map(batch => batch.periodEnd)).toEqual([Date.UTC(2024, 9, 1)])
  })

  it('blank lines are no rows', () => {
    const { summary } = readText(`\n\n${focusText([{}]).replaceAll('\n', '\r\n\r\n')}`)
    expect(summary).toMatchObject({ rowsRead: 1, rowsStored: 1, blankLines: 4 })
  })

  it('skips the line that spreadsheets put first', () => {
    const { summary } = readText(`sep=,\n${focusText([{}])}`, {
      dialect: { delimiter: ',', separatorLine: true },
    })
    expect(summary.rowsStored).toBe(1)
  })
})

describe('tags', () => {
  it('feed dimensions and columns of their own', () => {
    const { rows, summary } = readText(
      focusText([
        { Tags: '{"application": "Orbit", "business_unit": "Core", "env": "prod"}' },
        { Tags: '"Project": "Atlas","ms:Department": "Sales"' },
        { Tags: '{"env": "dev", "owner": "ann", "tenant_id": "t1"}' },
        { Tags: '{"env": "dev", "owner": "ann", "tenant_id": "t1"}' },
        { Tags: '{"broken' },
      ]),
      { tagKeys: ['env'] },
    )
    expect(rows.map(row => [row.Department, row.Project, row.User, row.Customer, row['tag:env']])).toEqual([
      ['Core', 'Orbit', undefined, undefined, 'prod'],
      ['Sales', 'Atlas', undefined, undefined, undefined],
      [undefined, undefined, 'ann', 't1', 'dev'],
      [undefined, undefined, 'ann', 't1', 'dev'],
      [undefined, undefined, undefined, undefined, undefined],
    ])
    expect(rows[1]?.Tags).toBe('{"Project":"Atlas","ms:Department":"Sales"}')
    expect(rows[4]?.Tags).toBe('{"broken')
    expect(summary.problems.problems.find(problem => problem.code === 'tags-unreadable')).toMatchObject({
      rows: 1,
      line: 6,
    })
    expect(summary.tagKeys).toEqual({
      found: ['env', 'Project', 'application', 'business_unit', 'ms:Department', 'owner', 'tenant_id'],
      columns: ['env'],
    })
  })

  it('a column of the file goes before a tag', () => {
    const { rows } = readText(
      focusText(
        [{ Tags: '{"team": "Tag"}', Department: 'File' }, { Tags: '{"team": "Tag"}' }],
        ['Department'],
      ),
    )
    expect(rows.map(row => row.Department)).toEqual(['File', 'Tag'])
  })

  it('follow the lists of the workspace', () => {
    const { rows } = readText(focusText([{ Tags: '{"squad": "Blue", "team": "Red"}' }]), {
      dimensions: { Department: ['squad'], Project: [], User: [], Customer: [] },
    })
    expect(rows[0]?.Department).toBe('Blue')
  })
})

const curHeader = [
  'lineItem/UnblendedCost',
  'lineItem/LineItemType',
  'lineItem/UsageStartDate',
  'lineItem/CurrencyCode',
  'savingsPlan/SavingsPlanEffectiveCost',
  'savingsPlan/TotalCommitmentToDate',
  'savingsPlan/UsedCommitment',
  'reservation/EffectiveCost',
  'reservation/UnusedAmortizedUpfrontFeeForBillingPeriod',
  'reservation/UnusedRecurringFee',
  'reservation/ReservationARN',
  'resourceTags/user:team',
  'resourceTags/user:env',
]
const cur = (...rows: string[]) => `${curHeader.join(',')}\n${rows.join('\n')}\n`

describe('AWS CUR', () => {
  const effective = (row: string) => {
    const { rows, summary } = readText(cur(row), { mapping: awsCurMapping })
    const value = rows[0]?.EffectiveCost as { mantissa: bigint; scale: number } | undefined
    return value === undefined
      ? codes({ rows, summary } as ReturnType<typeof readText>)
      : decimalText(value.mantissa, value.scale)
  }
  it.each([
    ['5,Usage,2024-09-01,USD,,,,,,,,,', '5'],
    ['5,SavingsPlanCoveredUsage,2024-09-01,USD,3.5,,,,,,,,', '3.5'],
    ['-5,SavingsPlanNegation,2024-09-01,USD,,,,,,,,,', '0'],
    ['9,SavingsPlanRecurringFee,2024-09-01,USD,,10,7.25,,,,,,', '2.75'],
    ['5,DiscountedUsage,2024-09-01,USD,,,,1.5,,,,,', '1.5'],
    ['5,RIFee,2024-09-01,USD,,,,,0.5,0.25,,,', '0.75'],
    ['5,RIFee,2024-09-01,USD,,,,,,,,,', '0'],
    ['5,Fee,2024-09-01,USD,,,,,,,arn:ri,,', '0'],
    ['5,Fee,2024-09-01,USD,,,,,,,,,', '5'],
    ['5,DiscountedUsage,2024-09-01Z,USD,,,,x,,,,,', { 'instant-malformed': 1 }],
    ['5,DiscountedUsage,2024-09-01T00:00Z,USD,,,,x,,,,,', { 'number-malformed': 1 }],
  ])('%s costs %j in effect', (row, cost) => {
    expect(effective(row)).toEqual(cost)
  })

  it('has tags in columns of their own, and line item types in the words of FOCUS', () => {
    const { rows } = readText(
      cur(
        '5,Tax,2024-09-01,USD,,,,,,,,Blue,prod',
        '5,Refund,2024-09-01,USD,,,,,,,,Blue,prod',
        '5,Other,2024-09-01,USD,,,,,,,,,prod',
        '5,Usage,2024-09-01,USD,,,,,,,,,',
      ),
      { mapping: awsCurMapping, tagKeys: ['team'] },
    )
    expect(
      rows.map(row => [row.ChargeCategory, row.ChargeClass, row.Tags, row.Department, row['tag:team']]),
    ).toEqual([
      ['Tax', undefined, '{"team":"Blue","env":"prod"}', 'Blue', 'Blue'],
      ['Credit', 'Correction', '{"team":"Blue","env":"prod"}', 'Blue', 'Blue'],
      ['Usage', undefined, '{"env":"prod"}', undefined, undefined],
      ['Usage', undefined, undefined, undefined, undefined],
    ])
    expect(rows[0]?.['lineItem/LineItemType']).toBe('Tax')
    expect(rows[0]?.ProviderName).toBe('AWS')
  })

  it('leaves out cases about columns that the file does not have', () => {
    const text =
      'lineItem/UnblendedCost,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/CurrencyCode\n5,Fee,2024-09-01,USD\n'
    expect(readText(text, { mapping: awsCurMapping }).rows[0]?.EffectiveCost).toEqual(
      decimal(5_000_000_000n, 9),
    )
  })
})

describe('refused rows', () => {
  const bad = (row: Record<string, string>, extra: string[] = []) => {
    const { summary } = readText(focusText([{}, row, {}], extra))
    expect(summary).toMatchObject({ rowsRead: 3, rowsStored: 2, rowsRefused: 1 })
    const refused = summary.problems.problems.filter(problem => problem.severity === 'refused')
    expect(refused).toHaveLength(1)
    return refused[0]
  }
  it.each([
    [{ BilledCost: 'abc' }, 'number-malformed', 'BilledCost', 1, 'abc'],
    [{ BilledCost: '1,234.50' }, 'number-thousands-separator', 'BilledCost', 2, '1,234.50'],
    [{ EffectiveCost: '1,5' }, 'number-decimal-comma', 'EffectiveCost', 6, '1,5'],
    [{ BilledCost: '€5' }, 'number-currency-sign', 'BilledCost', 1, '€5'],
    [{ BilledCost: '' }, 'cost-missing', 'BilledCost', 1, ''],
    [{ BilledCost: '9223372036.854775808' }, 'cost-overflow', 'BilledCost', 1, '9223372036.854775808'],
    [{ ConsumedQuantity: '1e40' }, 'number-out-of-range', 'ConsumedQuantity', 118, '1e40'],
    [{ ConsumedQuantity: 'many' }, 'number-malformed', 'ConsumedQuantity', 118, 'many'],
    [{ BillingCurrency: '' }, 'currency-missing', 'BillingCurrency', 10, ''],
    [{ BillingCurrency: 'BTC' }, 'currency-unknown', 'BillingCurrency', 10, 'BTC'],
    [{ ChargePeriodStart: '' }, 'instant-missing', 'ChargePeriodStart', 66, ''],
    [{ ChargePeriodStart: '5/1/25' }, 'instant-date-style', 'ChargePeriodStart', 66, '5/1/25'],
    [{ ChargePeriodStart: '2024-02-30' }, 'instant-no-such-day', 'ChargePeriodStart', 66, '2024-02-30'],
    [{ BillingPeriodStart: 'soon' }, 'instant-malformed', 'BillingPeriodStart', 24, 'soon'],
  ])('%j: %s in %s at character %i', (row, code, field, column, excerpt) => {
    expect(bad(row as Record<string, string>)).toEqual({
      code,
      severity: 'refused',
      line: 3,
      column,
      field,
      excerpt,
      rows: 1,
    })
  })

  it('counts characters and lines, not bytes, behind a quoted newline', () => {
    const text =
      'x_Note,BilledCost,BillingCurrency,ChargePeriodStart\n"é\r\nß€",oops,USD,2024-09-01\n"a\rb",oops,USD,2024-09-01\n'
    const problems = readText(text).summary.problems.problems.filter(
      problem => problem.severity === 'refused',
    )
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [3, 5],
      [5, 4],
    ])
  })

  it('too few, too many and cut-off fields, and faults of the text', () => {
    const good = focusText([{}])
    const { summary } = readText(
      `${good}1,2\n${'x,'.repeat(20)}\n"a"b,c\nAmazon\0,1\n1.5,1.25,USD,"open\n1,2`,
    )
    expect(summary.problems.problems.filter(problem => problem.severity === 'refused')).toMatchObject([
      { code: 'fields-too-few', line: 3, field: 'EffectiveCost', excerpt: '2' },
      { code: 'fields-too-many', line: 4, column: 25, field: null },
      { code: 'text-after-quote', line: 5, column: 4, field: 'BilledCost', excerpt: 'b,c' },
      { code: 'nul-byte', line: 6, column: 7, excerpt: '\\x00,1' },
      { code: 'quote-not-closed', line: 7, column: 14, field: 'BillingAccountId', excerpt: '"open' },
      { code: 'row-truncated', line: 8 },
    ])
    expect(summary.rowsStored).toBe(1)
  })

  it('bytes that are not UTF-8', () => {
    const text = new TextEncoder().encode(focusText([{}, { ServiceName: 'Caf#' }]))
    text[text.lastIndexOf(35)] = 0xe9
    const result = readText(text, { encoding: 'utf-8', bomBytes: 0 })
    expect(codes(result)).toEqual({ 'text-not-utf8': 1 })
    expect(result.rows).toHaveLength(1)
    const latin = readText(text, { encoding: 'windows-1252', bomBytes: 0 })
    expect(latin.rows[1]?.ServiceName).toBe('Café')
  })

  it('are listed up to a bound and counted beyond it', () => {
    const { summary } = readText(focusText(Array.from({ length: 30 }, () => ({ BilledCost: 'x' }))), {
      maxProblems: 10,
    })
    expect(summary.problems).toMatchObject({ counts: { 'number-malformed': 30 }, left: 20 })
    expect(summary.problems.problems).toHaveLength(10)
    expect(summary.problems.problems[9]?.line).toBe(11)
  })

  it('leave nothing behind in the rows after them', () => {
    const huge = '123456789012345678901'
    const { rows, summary } = readText(
      focusText([
        { ConsumedQuantity: '9223372036854775807', BilledCost: '9007199254.740993' },
        { ConsumedQuantity: '9223372036854775807', BillingPeriodStart: 'x' },
        { ConsumedQuantity: '' },
        { ConsumedQuantity: huge },
      ]),
    )
    expect(rows.map(row => row.ConsumedQuantity)).toEqual([decimal(9223372036854775807n, 0), undefined])
    expect(summary.rowsRefused).toBe(2)
    const { rows: later } = readText(
      focusText([{ ConsumedQuantity: '9223372036854775807', Tags: '' }, { ConsumedQuantity: 'x' }, {}]),
    )
    expect(later.map(row => row.ConsumedQuantity)).toEqual([decimal(9223372036854775807n, 0), decimal(2n, 0)])
  })

  it('more batches than a bill can have', () => {
    const result = readText(
      focusText([{ BillingAccountId: 'a' }, { BillingAccountId: 'b' }, { BillingAccountId: 'a' }]),
      {
        maxBatches: 1,
      },
    )
    expect(codes(result)).toMatchObject({ 'batches-too-many': 1 })
    expect(result.rows).toHaveLength(2)
  })
})

describe('notices', () => {
  it('an end that cannot be read leaves the row, without its end', () => {
    const { rows, summary } = readText(focusText([{ ChargePeriodEnd: '2024-09-03T30:00:00Z' }]))
    expect(rows).toHaveLength(1)
    expect(summary.problems.problems).toMatchObject([
      {
        code: 'instant-unreadable',
        severity: 'notice',
        line: 2,
        column: 87,
        excerpt: '2024-09-03T30:00:00Z',
      },
      { code: 'value-missing', field: 'ChargePeriodEnd' },
    ])
  })

  it('instants without a zone are said once for each column', () => {
    const result = readText(
      focusText([{ ChargePeriodStart: '2024-09-03' }, { ChargePeriodStart: '2024-09-04' }]),
    )
    expect(codes(result)).toEqual({ 'instant-without-zone': 1 })
  })

  it('quantities with more places than are kept are rounded, and counted', () => {
    const { rows, summary } = readText(
      focusText([
        { ConsumedQuantity: '0.12345678901234567895' },
        { ConsumedQuantity: '0.12345678901234567896' },
      ]),
    )
    expect(rows[0]?.ConsumedQuantity).toEqual(decimal(123456789012345679n, 18))
    expect(summary.problems.problems).toMatchObject([{ code: 'number-rounded', rows: 2, line: 2 }])
  })

  it('repeated rows and mixed newlines', () => {
    const { summary } = readText(focusText([{}, {}, { ServiceName: 'B' }, {}]).replace('\n', '\r\n'))
    expect(summary.duplicates).toEqual({ repeated: 2, compared: 2 })
    expect(summary.problems.problems).toMatchObject([
      { code: 'newlines-mixed', line: 0 },
      { code: 'rows-duplicate', rows: 2, line: 3 },
    ])
  })
})

describe('other number styles', () => {
  it('a decimal comma between semicolons', () => {
    const text =
      'BilledCost;BillingCurrency;ChargePeriodStart;ConsumedQuantity\n1.234,5;EUR;13.9.2024;0,5\n1.5;EUR;13.9.2024;\n'
    const { rows, summary } = readText(text, {
      dialect: { delimiter: ';', separatorLine: false },
      mapping: { numberStyle: 'decimal-comma', dateStyle: 'day-first' },
    })
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      BilledCost: decimal(1_234_500_000_000n, 9),
      ConsumedQuantity: decimal(5n, 1),
      ChargePeriodStart: { ms: Date.UTC(2024, 8, 13) },
    })
    expect(summary.problems.counts['number-malformed']).toBe(1)
  })
})

describe('large files', () => {
  it('pass through dictionaries that are emptied on the way', () => {
    const count = 70_000
    const lines = [
      'BilledCost,BillingCurrency,ChargePeriodStart,ResourceId,Tags,ProviderName,InvoiceIssuerName',
    ]
    for (let i = 0; i < count; i++) {
      lines.push(
        `0.${i},USD,2024-09-01,resource-${i},"{""owner"": ""person-${i}""}",${i % 2 === 0 ? 'AWS' : ''},Issuer`,
      )
    }
    const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`)
    const { rows, summary, blocks } = readText(bytes, { tagKeys: ['owner'] })
    expect(summary.rowsStored).toBe(count)
    expect(blocks).toBeGreaterThanOrEqual(Math.ceil(count / blockRows))
    const wrong = rows.findIndex(
      (row, i) =>
        row.ResourceId !== `resource-${i}` ||
        row.User !== `person-${i}` ||
        row['tag:owner'] !== `person-${i}` ||
        row.ProviderName !== (i % 2 === 0 ? 'AWS' : 'Issuer') ||
        row.BillingCurrency !== 'USD',
    )
    expect(wrong).toBe(-1)
    expect(summary.batches.map(batch => [batch.provider, batch.rows])).toEqual([
      ['AWS', count / 2],
      ['Issuer', count / 2],
    ])
  })

  it('pass with many combinations of tag columns', () => {
    const count = 70_000
    const lines = Array.from(
      { length: count },
      (_, i) => `1,Usage,2024-09-01,USD,,,,,,,,t${i % 300},e${Math.floor(i / 300)}`,
    )
    const { rows } = readText(cur(...lines), { mapping: awsCurMapping, tagKeys: ['env'] })
    const wrong = rows.findIndex(
      (row, i) => row.Department !== `t${i % 300}` || row['tag:env'] !== `e${Math.floor(i / 300)}`,
    )
    expect(wrong).toBe(-1)
  })
})

describe('properties', () => {
  const amount = fc
    .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat(14))
    .map(([mantissa, scale]) => ({ mantissa, scale, text: decimalText(mantissa, scale) }))
  const row = fc.record({
    amount,
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    account: fc.constantFrom('a', 'b'),
  })

  it('stored + residual is the exact total of the file, by currency and measure', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), rows => {
        const text = focusText(
          rows.map(one => ({
            BilledCost: one.amount.text,
            BillingCurrency: one.currency,
            BillingAccountId: one.account,
          })),
        )
        const { summary, rows: stored } = readText(text)
        for (const { currency, measures } of summary.totals) {
          const scale = currency === 'JPY' ? 6 : 9
          const kept = stored.filter(one => one.BillingCurrency === currency)
          const units = kept.reduce((sum, one) => sum + (one.BilledCost as { mantissa: bigint }).mantissa, 0n)
          expect(measures.BilledCost).toMatchObject({
            storedUnits: units,
            balanced: true,
            stored: decimalText(units, scale),
          })
          if (summary.rowsRefused === 0) {
            const all = rows.filter(one => one.currency === currency)
            const exact = all.reduce(
              (sum, one) => sum + one.amount.mantissa * tenTo(14 - one.amount.scale),
              0n,
            )
            expect(measures.BilledCost?.exact).toBe(decimalText(exact, 14))
          }
        }
      }),
    )
  })

  it('the ends of chunks never change the result', () => {
    const cell = fc.constantFrom(
      '1.5',
      'x',
      '"a\r\nb"',
      '"un',
      '',
      'é€',
      '2024-09-01',
      'USD',
      'NULL',
      'a"b',
      '"q""q"',
    )
    const line = fc.array(cell, { minLength: 3, maxLength: 6 }).map(cells => cells.join(','))
    const file = fc
      .array(line, { maxLength: 12 })
      .map(lines => ['BilledCost,BillingCurrency,ChargePeriodStart,x_Note', ...lines, '1,USD,2024-09-01,ok'])
    fc.assert(
      fc.property(
        file,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 40 }),
        (lines, newline, chunk) => {
          const text = lines.join(newline)
          const whole = readText(text)
          expect(readText(text, { chunk })).toEqual(whole)
        },
      ),
    )
  })
})
