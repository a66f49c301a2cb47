import { describe, expect, it } from 'vitest'
import { maxRecordBytesDefault } from '#engines/finops/bill/csv-tokenizer.ts'
import { createUsageReader, type FileRow, recogniseUsage } from './read-file.ts'

const AT = '2026-11-20T10:00:00Z'
const AT_MS = BigInt(Date.parse(AT))
const HEAD = 'id,customer,metric,quantity,timestamp'

/** The rows of a file, which is handed over in chunks of so many bytes. */
function rowsOf(content: string | Uint8Array, chunk = 1 << 20): FileRow[] {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const rows: FileRow[] = []
  const reader = createUsageReader(recogniseUsage(bytes), row => rows.push(row))
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.slice(at, at + chunk))
  reader.end()
  return rows
}

const problemsOf = (rows: readonly FileRow[]) =>
  rows.map(({ line, given }) => ('problem' in given ? [line, given.problem, given.field] : [line, given.id]))
const properties = ({ given }: FileRow) => ('problem' in given ? given : { ...given.properties })
const csvRow = (values: Partial<Record<'id' | 'customer' | 'metric' | 'quantity' | 'at', string>>) => {
  const { id, customer, metric, quantity, at } = {
    ...{ id: 'e', customer: 'acme', metric: 'calls', quantity: '1', at: AT },
    ...values,
  }
  return rowsOf(`${HEAD}\n${id},${customer},${metric},${quantity},${at}\n`)[0]!.given
}

describe('a row of usage', () => {
  it('is refused where something of it is missing or too long, with the place', () => {
    const long = 'x'.repeat(201)
    expect(csvRow({ id: 'x'.repeat(200) })).toMatchObject({ id: 'x'.repeat(200) })
    expect(csvRow({ id: long })).toEqual({ problem: 'id-too-long', field: 'id', value: long.slice(0, 80) })
    expect(csvRow({ customer: '' })).toEqual({ problem: 'customer-missing', field: 'customer', value: null })
    expect(csvRow({ metric: ' ' })).toEqual({ problem: 'metric-missing', field: 'metric', value: null })
    expect(csvRow({ at: '' })).toEqual({ problem: 'instant-missing', field: 'at', value: null })
    expect(csvRow({ at: '2026-02-30' })).toMatchObject({ problem: 'instant-no-such-day' })
  })

  it('has its instant in seconds, milliseconds, micro- or nanoseconds, as many digits as there are', () => {
    const of = (at: string) => (csvRow({ at }) as { at: bigint }).at
    expect(of('1795168800')).toBe(1_795_168_800_000n)
    expect(of('1795168800.25')).toBe(1_795_168_800_250n)
    expect(of('1795168800123')).toBe(1_795_168_800_123n)
    expect(of('1795168800123999')).toBe(1_795_168_800_123n)
    expect(of('1795168800123999999')).toBe(1_795_168_800_123n)
  })

  it('has its quantity as it was written, also with an exponent', () => {
    const of = (quantity: string) => (csvRow({ quantity }) as { quantity: string }).quantity
    expect(of('1.50')).toBe('1.50')
    expect(of('2.5e3')).toBe('2500')
    expect(of('12345678901234567890e2')).toBe('1234567890123456789000')
    expect(csvRow({ quantity: 'many' })).toEqual({
      ...{ problem: 'quantity-malformed', field: 'quantity', value: 'many' },
    })
  })

  it('has properties of 60 and 500 characters at most', () => {
    const one = (name: string, value: string) =>
      properties(rowsOf(`${HEAD},${name}\ne,a,m,1,${AT},${value}\n`)[0]!)
    expect(one('n'.repeat(60), 'v'.repeat(500))).toEqual({ ['n'.repeat(60)]: 'v'.repeat(500) })
    expect(one('n'.repeat(61), 'v')).toMatchObject({ problem: 'property-too-long', field: 'n'.repeat(60) })
    expect(one('n', 'v'.repeat(501))).toMatchObject({ problem: 'property-too-long', field: 'n' })
  })
})

describe('a file of usage in CSV', () => {
  it('is the same wherever its chunks end, with a line for the separator and empty lines', () => {
    const file = `sep=;\nid;customer;metric;timestamp;team\n\na;acme;calls;${AT};"x ""y"""\n\nb;acme;calls;${AT};ü\n\n`
    const rows = rowsOf(file)
    expect(rows).toMatchObject([
      { line: 4, given: { id: 'a', quantity: '1', at: AT_MS, properties: { team: 'x "y"' } } },
      { line: 6, given: { id: 'b', quantity: '1', at: AT_MS, properties: { team: 'ü' } } },
    ])
    for (const chunk of [1, 7, 64]) expect(rowsOf(file, chunk)).toEqual(rows)
  })

  it('may be UTF-16, whose last character comes when the file ends', () => {
    const text = Buffer.from(`\ufeff${HEAD}\na,acme,calls,1,${AT}`, 'utf16le')
    expect(problemsOf(rowsOf(text, 5))).toEqual([[2, 'a']])
    // Half a character at the end becomes the mark for one that cannot be read.
    const cut = Buffer.concat([
      Buffer.from(`\ufeff${HEAD},team\na,acme,calls,1,${AT},x`, 'utf16le'),
      Buffer.of(0x3d),
    ])
    expect(properties(rowsOf(cut)[0]!)).toEqual({ team: 'x\ufffd' })
  })

  it('refuses lines with a broken quote, with too few or too many fields, and goes on behind them', () => {
    const rows = rowsOf(
      `${HEAD}\na,acme,calls,1\nb,acme,calls,1,${AT},x\nc,"ac"me,calls,1,${AT}\nd,acme,calls,1,${AT}\n`,
    )
    expect(problemsOf(rows)).toEqual([
      [2, 'fields-too-few', null],
      [3, 'fields-too-many', null],
      [4, 'text-after-quote', 'customer'],
      [5, 'd'],
    ])
  })

  it('takes the members of a column `properties`, and a text there that is no object as it is', () => {
    const cells = ['"{""a"":""x"",""n"":1,""none"":null}"', 'plain', '{broken', '']
    const rows = rowsOf(
      `${HEAD},properties.b,properties\n${cells.map(one => `e,a,m,1,${AT},2,${one}`).join('\n')}\n`,
    )
    expect(rows.map(properties)).toEqual([
      { a: 'x', n: '1', b: '2' },
      { properties: 'plain', b: '2' },
      { properties: '{broken', b: '2' },
      { b: '2' },
    ])
  })

  it('is refused with the column that is missing', () => {
    const reason = (head: string) => {
      try {
        rowsOf(`${head}\n`)
        return null
      } catch (error) {
        return (error as { data: unknown }).data
      }
    }
    expect(reason('who,metric,at,customer')).toEqual({ reason: 'no-id-column', line: 1 })
    expect(reason('id,customer,at')).toEqual({ reason: 'no-metric-column', line: 1 })
    expect(reason('id,customer,metric')).toEqual({ reason: 'no-at-column', line: 1 })
    expect(reason('id,customer,metric,at')).toBeNull()
    expect(reason('\ufeff \n')).toEqual({ reason: 'empty', line: null })
  })
})

describe('a file of usage in JSON lines', () => {
  const line = (values: object) =>
    JSON.stringify({ id: 'e', customer: 'acme', metric: 'calls', at: AT, ...values })

  it('is the same wherever its chunks end, with or without a mark or a last line end', () => {
    const file = `\ufeff${line({ id: 'a', team: 'ü' })}\n\n${line({ id: 'b', properties: 'whole' })}`
    const rows = rowsOf(file)
    expect(problemsOf(rows)).toEqual([
      [1, 'a'],
      [3, 'b'],
    ])
    expect(rows.map(properties)).toEqual([{ team: 'ü' }, { properties: 'whole' }])
    for (const chunk of [1, 9, 50]) expect(rowsOf(file, chunk)).toEqual(rows)
    expect(rowsOf(`${file}\n`)).toEqual(rows)
  })

  it('keeps all digits of a number, and takes nothing for what is null', () => {
    const exact = `{"id":"e","customer":"acme","metric":"calls","at":"${AT}","quantity":12345678901234567.25,"n":{"quantity":1}}`
    const rows = rowsOf(
      `${exact}\n${line({ quantity: null })}\n${line({ metric: null })}\n${line({ customer: true })}\n`,
    )
    expect(rows.map(row => row.given)).toMatchObject([
      { quantity: '12345678901234567.25', properties: { n: '{"quantity":1}' } },
      { quantity: '1' },
      { problem: 'metric-missing' },
      { customer: 'true' },
    ])
  })

  it('refuses halves of characters, which no database keeps as they are', () => {
    const half = (name: string) => `{"id":"e","customer":"a","metric":"m","at":"${AT}",${name}}`
    const rows = rowsOf(['"id":"\\ud83d"', '"team":"\\ude00"', '"id":"\\ud83d\\ude00"'].map(half).join('\n'))
    expect(problemsOf(rows)).toEqual([
      [1, 'text-not-utf8', 'id'],
      [2, 'text-not-utf8', 'team'],
      [3, '😀'],
    ])
  })

  it('refuses a line that is no object, no text, or longer than a row may be, and goes on behind it', () => {
    const long = line({ filler: 'x'.repeat(maxRecordBytesDefault) })
    const bytes = Buffer.concat([
      Buffer.from(`${line({ id: 'a' })}\n[1]\n{"id":\n7\n`),
      Buffer.of(0x7b, 0xff, 0x7d, 0x0a),
      Buffer.from(`${long}\n${long}\n${line({ id: 'b' })}\n`),
    ])
    const expected = [
      [1, 'a'],
      [2, 'json-malformed', null],
      [3, 'json-malformed', null],
      [4, 'json-malformed', null],
      [5, 'text-not-utf8', null],
      [6, 'record-too-long', null],
      [7, 'record-too-long', null],
      [8, 'b'],
    ]
    expect(problemsOf(rowsOf(bytes, 1 << 26))).toEqual(expected)
    expect(problemsOf(rowsOf(bytes, maxRecordBytesDefault >> 2))).toEqual(expected)
    // Of a much longer one no more is kept than of a long one.
    const endless = Buffer.from(
      `${line({ filler: 'x'.repeat(2 * maxRecordBytesDefault) })}\n${line({ id: 'b' })}\n`,
    )
    expect(problemsOf(rowsOf(endless, maxRecordBytesDefault >> 2))).toEqual([
      [1, 'record-too-long', null],
      [2, 'b'],
    ])
  })
})
