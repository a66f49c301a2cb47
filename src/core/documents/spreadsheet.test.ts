import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import exceljs from 'exceljs'
import { afterAll, describe, expect, it } from 'vitest'
import { csvCell, type SheetRow, writeSheet, xlsxCell } from './spreadsheet.ts'

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-sheet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const columns = [
  { title: 'name', kind: 'text' },
  { title: 'amount', kind: 'number' },
] as const

describe('cells', () => {
  it('quotes what needs it and disarms formulas in texts', () => {
    expect(['a', 'a,b', 'a"b', 'a\nb'].map(text => csvCell(text, 'text'))).toEqual([
      'a',
      '"a,b"',
      '"a""b"',
      '"a\nb"',
    ])
    expect(['=1+1', '+1', '-1', '@x', '\tx', '\rx'].map(text => csvCell(text, 'text'))).toEqual([
      ...["'=1+1", "'+1", "'-1", "'@x", "'\tx"],
      '"\'\rx"',
    ])
    expect([csvCell('-1.5', 'number'), csvCell(null, 'text')]).toEqual(['-1.5', ''])
  })

  it('keeps figures exact', () => {
    expect(xlsxCell('0.000000001', 'number')).toBe(1e-9)
    expect(xlsxCell('-123456789012345', 'number')).toBe(-123_456_789_012_345)
    expect(xlsxCell('1234567890.123456', 'number')).toBe('1234567890.123456')
    expect(xlsxCell('2026-03-01T00:00:00.000Z', 'instant')).toEqual(new Date(Date.UTC(2026, 2, 1)))
    expect([xlsxCell('=1', 'text'), xlsxCell(null, 'number')]).toEqual(['=1', null])
  })
})

describe.each(['csv', 'xlsx'] as const)('a sheet as %s', format => {
  const path = join(folder, `sheet.${format}`)

  it('takes rows in any number, as they come', async () => {
    async function* rows(): AsyncGenerator<SheetRow> {
      for (let i = 0; i < 5000; i++) yield [`a name that is long enough ${i}`, `${i}`]
    }
    const { rows: count, size } = await writeSheet({ path, format, sheet: 'Sheet', columns }, rows())
    expect(count).toBe(5000)
    expect(size).toBe(readFileSync(path).length)
    if (format === 'csv') {
      expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(5002)
      return
    }
    const book = new exceljs.Workbook()
    await book.xlsx.readFile(path)
    expect(book.getWorksheet('Sheet')?.getRow(5001).values).toEqual([
      undefined,
      'a name that is long enough 4999',
      4999,
    ])
  })

  it('leaves the file as it was when the rows fail or the work is cancelled', async () => {
    const before = readFileSync(path)
    function* broken(): Generator<SheetRow> {
      yield ['a', '1']
      throw new Error('no more rows')
    }
    await expect(writeSheet({ path, format, sheet: 'Sheet', columns }, broken())).rejects.toThrow(
      'no more rows',
    )
    const rows = [['a', '1']]
    await expect(
      writeSheet({ path, format, sheet: 'Sheet', columns }, rows, AbortSignal.abort(new Error('cancelled'))),
    ).rejects.toThrow('cancelled')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('goes on in another sheet, in formats that have sheets', async () => {
    const rows = Array.from({ length: 5 }, (_, i): SheetRow => [`row ${i}`, '1'])
    await writeSheet({ path, format, sheet: 'Sheet', columns, rowsPerSheet: 2 }, rows)
    if (format === 'csv') {
      expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(7)
      return
    }
    const book = new exceljs.Workbook()
    await book.xlsx.readFile(path)
    expect(book.worksheets.map(sheet => [sheet.name, sheet.rowCount])).toEqual([
      ['Sheet', 3],
      ['Sheet 2', 3],
      ['Sheet 3', 2],
    ])
  })

  it('says why it cannot write', async () => {
    const nowhere = join(folder, 'nowhere', 'sheet')
    const many = Array.from({ length: 5000 }, (_, i): SheetRow => [`row ${i}`.repeat(10), '1'])
    await expect(writeSheet({ path: nowhere, format, sheet: 'Sheet', columns }, many)).rejects.toThrow(
      'ENOENT',
    )
  })
})

it('cells that a row lacks are empty, and instants are days and times', async () => {
  const more = [...columns, { title: 'at', kind: 'instant' as const }]
  async function* rows(): AsyncGenerator<SheetRow> {
    yield ['a']
    yield ['b', '2', '2026-03-01T00:00:00.000Z']
  }
  const path = join(folder, 'lacking')
  await writeSheet({ path: `${path}.csv`, format: 'csv', sheet: 'S', columns: more }, rows())
  expect(readFileSync(`${path}.csv`, 'utf8')).toBe(
    '\uFEFFname,amount,at\r\na,,\r\nb,2,2026-03-01T00:00:00.000Z\r\n',
  )
  await writeSheet({ path: `${path}.xlsx`, format: 'xlsx', sheet: 'S', columns: more }, rows())
  const book = new exceljs.Workbook()
  await book.xlsx.readFile(`${path}.xlsx`)
  const sheet = book.getWorksheet('S')!
  expect([2, 3].map(number => sheet.getCell(number, 3).value)).toEqual([null, new Date(Date.UTC(2026, 2, 1))])
  expect(sheet.getCell(3, 3).numFmt).toBe('yyyy-mm-dd hh:mm')
})
