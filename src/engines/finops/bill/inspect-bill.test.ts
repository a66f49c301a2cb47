import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Inspection, inspectBill, maxTagColumns, type ReadingChoice } from './inspect-bill.ts'
import { ownMappings } from './mappings/all.ts'
import { defaultTagDimensions } from './tag-dimensions.ts'
import { focusText } from './testing/read-text.ts'

function inspect(head: Uint8Array | string, choice: ReadingChoice = {}, complete = true, currency?: string) {
  return inspectBill({
    head: typeof head === 'string' ? new TextEncoder().encode(head) : head,
    complete,
    choice,
    mappings: ownMappings,
    dimensions: defaultTagDimensions,
    ...(currency === undefined ? {} : { currency }),
  })
}

function good(inspection: Inspection) {
  if (!inspection.ok) throw new Error(inspection.reason)
  const { summary } = inspection
  if (summary === null) throw new Error(`needs ${inspection.needed.join(', ')}`)
  return { ...inspection, summary }
}

describe('inspectBill', () => {
  it('shows what would come in', () => {
    const result = good(inspect(focusText([{ Tags: '{"env": "prod"}' }, { BilledCost: '-2' }])))
    expect(result).toMatchObject({
      version: '1.0',
      certain: { encoding: true, dateStyle: true },
      needed: [],
      reading: { encoding: 'utf-8', dialect: { delimiter: ',' }, tagKeys: ['env'] },
    })
    expect(result.rows).toHaveLength(2)
    expect(result.columns.map(column => column.name)).toContain('tag:env')
    expect(result.summary.totals[0]?.measures.BilledCost?.exact).toBe('-0.5')
  })

  it('leaves out the cut-off end of a head', () => {
    const text = focusText([{}, {}])
    expect(good(inspect(text.slice(0, -20), {}, false)).summary).toMatchObject({
      rowsRead: 1,
      rowsRefused: 0,
    })
    expect(good(inspect(text.slice(0, -20), {}, true)).summary).toMatchObject({ rowsRead: 2, rowsRefused: 1 })
  })

  it.each([
    ['', 'empty'],
    ['{"a": 1}', 'json'],
  ])('%j is refused: %s', (head, reason) => {
    expect(inspect(head)).toEqual({ ok: false, reason })
  })

  it('says what a file of another form needs', () => {
    expect(inspect('name,age\nann,5\n')).toMatchObject({
      ok: true,
      needed: ['BilledCost', 'BillingCurrency', 'ChargePeriodStart'],
      reading: { mapping: { id: 'csv' } },
      summary: null,
    })
  })

  it('says when it does not know the mapping, or finds no header', () => {
    expect(inspect('a,b\n1,2\n', { mapping: 'mine' })).toEqual({ ok: false, reason: 'unknown-mapping' })
    expect(inspect('sep=,\n')).toEqual({ ok: false, reason: 'no-header' })
  })

  it('proposes a mapping for other CSV, with the workspace’s currency', () => {
    const result = good(inspect('Date;Service;Amount\n13.9.2024;Mail;1,50\n', {}, true, 'EUR'))
    expect(result).toMatchObject({
      version: null,
      reading: {
        currency: 'EUR',
        dialect: { delimiter: ';' },
        mapping: { id: 'csv', numberStyle: 'decimal-comma', dateStyle: 'day-first' },
      },
    })
    expect(result.summary.totals).toMatchObject([
      { currency: 'EUR', measures: { BilledCost: { exact: '1.5' } } },
    ])
  })

  it('follows what a person chose', () => {
    const result = good(
      inspect(
        'Date,Amount\n5/1/25,1\n',
        {
          currency: 'CHF',
          dateStyle: 'day-first',
          numberStyle: 'grouped',
          delimiter: ',',
          encoding: 'windows-1252',
          mapping: 'csv',
        },
        true,
        'EUR',
      ),
    )
    expect(result.reading).toMatchObject({ encoding: 'windows-1252', bomBytes: 0, currency: 'CHF' })
    expect(result.summary.batches[0]?.periodStart).toBe(Date.UTC(2025, 0, 1))
    expect(result.certain.dateStyle).toBe(true)
  })

  it('takes what a person says of single columns', () => {
    const text = 'wann,was,wieviel,team\n2024-09-13,Mail,5,Blue\n'
    const columns = {
      ChargePeriodStart: 'wann',
      BilledCost: 'wieviel',
      ServiceName: 'was',
      User: 'team',
      Nonsense: 'was',
    }
    const result = good(inspect(text, { columns, currency: 'EUR' }))
    expect(
      result.columns.filter(column => column.origin !== 'kept').map(column => [column.name, column.from[0]]),
    ).toEqual(
      expect.arrayContaining([
        ['BilledCost', 'wieviel'],
        ['ServiceName', 'was'],
        ['User', 'team'],
      ]),
    )
    expect(result.summary.totals[0]?.measures).toMatchObject({
      BilledCost: { exact: '5' },
      EffectiveCost: { exact: '5' },
    })
    const named = good(inspect(text, { columns, currency: 'EUR', source: 'Post' }))
    expect(named.summary.batches).toMatchObject([{ provider: 'Post' }])
    expect(named.summary.assumed).toContainEqual({ column: 'ProviderName', value: 'Post' })
    const focus = good(inspect(focusText([{}]), { source: 'Post' }))
    expect(focus.summary.batches).toMatchObject([{ provider: 'AWS' }])
  })

  it('says when the order of day and month is a guess', () => {
    expect(good(inspect('Date,Amount,Currency\n5/1/25,1,USD\n')).certain.dateStyle).toBe(false)
  })

  it('reads UTF-16 as spreadsheets save it', () => {
    const text = `\ufeff${focusText([{ ServiceName: 'Café' }]).replaceAll(',', '\t')}`
    const bytes = new Uint8Array(text.length * 2)
    for (let i = 0; i < text.length; i++)
      new DataView(bytes.buffer).setUint16(i * 2, text.charCodeAt(i), true)
    const result = good(inspect(bytes))
    expect(result.reading).toMatchObject({ encoding: 'utf-16le', dialect: { delimiter: '\t' } })
    expect(result.summary.rowsStored).toBe(1)
  })

  it('gives columns to the most frequent tag keys only', () => {
    const tags = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, 'v']))
    const result = good(inspect(focusText([{ Tags: JSON.stringify(tags) }, { Tags: '{"k59": "w"}' }])))
    expect(result.reading.tagKeys).toHaveLength(maxTagColumns)
    expect(result.reading.tagKeys[0]).toBe('k59')
    expect(result.summary.tagKeys.found).toHaveLength(60)
  })
})

const folder = '../shared/data/focus/'
const files = existsSync(folder)
  ? (readdirSync(folder, { recursive: true }) as string[]).filter(name => name.endsWith('.csv'))
  : []

describe.skipIf(files.length === 0)(`real files of ${folder} (skipped where the folder is absent)`, () => {
  const read = (name: string) => good(inspect(readFileSync(folder + name), {}, true, 'USD'))

  it.each(files)('%s loads whole, and its totals are proven', name => {
    const { summary } = read(name)
    expect(summary.rowsRefused).toBe(0)
    expect(summary.rowsStored).toBeGreaterThan(0)
    for (const { measures } of summary.totals) {
      for (const proof of Object.values(measures)) expect(proof).toMatchObject({ balanced: true })
    }
  })

  it('the FOCUS 1.0 sample', () => {
    const { summary, version, columns } = read('focus_sample_1.0_1000rows.csv')
    expect(version).toBe('1.0')
    expect(summary.rowsStored).toBe(1000)
    expect(summary.batches.map(({ provider, rows }) => [provider, rows])).toEqual([
      ['AWS', 942],
      ['Oracle', 6],
      ['Oracle', 1],
      ['Microsoft', 51],
    ])
    expect(summary.totals[0]?.measures.BilledCost).toMatchObject({
      exact: '20.52022672899',
      stored: '20.520226762',
      residual: '-0.00000003301',
    })
    expect(columns.find(column => column.name === 'ServiceId')?.from).toEqual(['Id'])
  })

  it('the AWS CUR sample', () => {
    const { summary, reading } = read('aws_cur_sample_anonymous.csv')
    expect(reading.mapping.id).toBe('aws-cur')
    expect(summary.totals[0]?.measures.BilledCost?.exact).toBe('1.6823086974')
  })

  it('the Azure EA sample, with the last day of its period made an exclusive end', () => {
    const { summary, reading } = read('azure_ea_sample_anonymous.csv')
    expect(reading.mapping.id).toBe('azure-ea')
    expect(summary.batches).toMatchObject([
      {
        periodStart: Date.UTC(2023, 8, 1),
        periodEnd: Date.UTC(2023, 9, 1),
        firstCharge: Date.UTC(2023, 8, 2),
      },
    ])
    expect(summary.totals[0]).toMatchObject({
      currency: 'CAD',
      measures: { BilledCost: { exact: '1.26136926505726' } },
    })
    expect(reading.tagKeys).toEqual(['tagA', 'tagB', 'tagC'])
  })

  it('amounts written with a currency sign and thousands', () => {
    const name = files.find(file => file.endsWith('simple_saas_agreements_c.csv')) as string
    const { summary, reading } = read(name)
    expect(reading.mapping).toMatchObject({ numberStyle: 'grouped', dateStyle: 'month-first' })
    expect(summary.totals[0]?.measures.BilledCost?.exact).toBe('35800')
  })
})
