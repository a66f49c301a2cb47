import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCsvTokenizer } from './csv-tokenizer.ts'

type Seen = { line: number; cells: string[]; fault: string | null; atEnd: boolean; faultText?: string }

function read(input: string | Uint8Array, chunk = Number.POSITIVE_INFINITY, maxRecordBytes?: number) {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  const seen: Seen[] = []
  const decoder = new TextDecoder()
  const tokenizer = createCsvTokenizer({
    delimiter: 44,
    ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }),
    onRecord: record => {
      const cells = Array.from({ length: record.fieldCount }, (_, i) => {
        const text = decoder.decode(record.bytes.subarray(record.starts[i], record.ends[i]))
        return record.escaped[i] === 1 ? text.replaceAll('""', '"') : text
      })
      const { line, fault, atEnd } = record
      seen.push({ line, cells, fault, atEnd })
    },
  })
  for (let p = 0; p < bytes.length; p += chunk)
    tokenizer.push(bytes.subarray(p, Math.min(bytes.length, p + chunk)))
  tokenizer.end()
  return { seen, newlines: tokenizer.newlines() }
}

const cells = (text: string) => read(text).seen.map(record => record.cells)

describe('cells and records', () => {
  it.each([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a\n\nb\n', [['a'], [''], ['b']]],
    [
      'a,\n,\n',
      [
        ['a', ''],
        ['', ''],
      ],
    ],
    ['"a,b","c""d"\n', [['a,b', 'c"d']]],
    [
      '"a\nb",c\nd,e',
      [
        ['a\nb', 'c'],
        ['d', 'e'],
      ],
    ],
    ['"a"', [['a']]],
    ['""\n', [['']]],
    ['""""\n', [['"']]],
    ['a"b,c\n', [['a"b', 'c']]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(cells(text)).toEqual(expected)
  })

  it('counts physical lines through quoted newlines of every kind', () => {
    const { seen, newlines } = read('h\n"a\nb\r\nc\rd",e\r\nf\rg\n')
    expect(seen.map(record => record.line)).toEqual([1, 2, 6, 7])
    expect(newlines).toEqual({ lf: 2, crlf: 1, cr: 1 })
  })

  it('reads rows of hundreds of cells', () => {
    const row = Array.from({ length: 500 }, (_, i) => `c${i}`)
    expect(cells(`${row.join(',')}\n`)).toEqual([row])
  })

  it('says when the file ends without a newline', () => {
    expect(read('a\nb').seen.map(record => record.atEnd)).toEqual([false, true])
  })
})

describe('faults', () => {
  it('a quote that is never closed costs one row', () => {
    const { seen } = read('a,b\n1,"x\n2,y\n3,z\n')
    expect(seen.map(({ line, fault }) => [line, fault])).toEqual([
      [1, null],
      [2, 'quote-not-closed'],
      [3, null],
      [4, null],
    ])
    expect(seen[3]?.cells).toEqual(['3', 'z'])
  })

  it('keeps the lines right where the open quote comes after a quoted newline', () => {
    const { seen } = read('"a\nb","x\n2,y\n')
    expect(seen.map(({ line, fault }) => [line, fault])).toEqual([
      [1, 'quote-not-closed'],
      [3, null],
    ])
  })

  it('an open quote in the last line, without a newline', () => {
    expect(read('1,"x').seen).toMatchObject([{ line: 1, fault: 'quote-not-closed' }])
    expect(read('1,"x""').seen).toMatchObject([{ line: 1, fault: 'quote-not-closed' }])
  })

  it('text after a closing quote', () => {
    const { seen } = read('"a"b,c\nd,e\n')
    expect(seen).toMatchObject([
      { fault: 'text-after-quote', cells: ['a', 'c'] },
      { fault: null, cells: ['d', 'e'] },
    ])
  })

  it('NUL bytes, within and without quotes', () => {
    const { seen } = read('a\0b,c\0\n"x\0",y\nd,e\n')
    expect(seen.map(({ fault }) => fault)).toEqual(['nul-byte', 'nul-byte', null])
  })

  it('gives up on an open quote after the bound and goes on', () => {
    const text = `a\n"${'x'.repeat(50)}\nb\n${'y'.repeat(200)}\nc\n`
    const expected = [
      [1, null],
      [2, 'quote-not-closed'],
      [3, null],
      [4, 'record-too-long'],
      [5, null],
    ]
    for (const chunk of [1, 7, 1000]) {
      expect(read(text, chunk, 100).seen.map(({ line, fault }) => [line, fault])).toEqual(expected)
    }
  })

  it('an overlong quoted line, with every newline', () => {
    for (const newline of ['\n', '\r\n', '\r']) {
      const text = `"${'x'.repeat(300)}${newline}b,c${newline}`
      for (const chunk of [1, 5, 1000]) {
        expect(read(text, chunk, 100).seen.map(({ line, fault }) => [line, fault])).toEqual([
          [1, 'quote-not-closed'],
          [2, null],
        ])
      }
    }
  })
})

describe('properties', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '€', '"', ',', '\n', '\r', ' ', '1') })
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

  it('reads back what is written', () => {
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), (rows, newline) => {
        const text = rows.map(row => row.map(quote).join(',') + newline).join('')
        expect(cells(text)).toEqual(rows)
      }),
    )
  })

  it('the ends of chunks never change the result', () => {
    const soup = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', '\0'), maxLength: 60 })
    fc.assert(
      fc.property(
        soup,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(8, 20, 1000),
        (text, chunk, bound) => {
          const trim = ({ seen, newlines }: ReturnType<typeof read>) => ({
            seen: seen.map(({ line, fault, cells }) => (fault === null ? { line, cells } : { line, fault })),
            newlines,
          })
          expect(trim(read(text, chunk, bound))).toEqual(trim(read(text, undefined, bound)))
        },
      ),
      { numRuns: 500 },
    )
  })
})
