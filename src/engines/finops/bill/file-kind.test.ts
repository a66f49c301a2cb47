import { describe, expect, it } from 'vitest'
import { detectDialect } from './csv-dialect.ts'
import { createByteDecoder, fileKind } from './file-kind.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, big: boolean) =>
  Uint8Array.from([...text].flatMap(c => (big ? [0, c.charCodeAt(0)] : [c.charCodeAt(0), 0])))
const csv = 'BilledCost,ChargePeriodStart\n1.5,2024-09-01\n'

describe('fileKind', () => {
  it.each([
    [new Uint8Array(0), 'empty'],
    [utf8(' \r\n\n'), 'empty'],
    [new Uint8Array([0, 0, 0]), 'binary'],
    [new Uint8Array([0x1f, 0x8b, 8]), 'gzip'],
    [utf8('PK\u0003\u0004xl'), 'zip'],
    [utf8('PAR1xxxx'), 'parquet'],
    [utf8('%PDF-1.7'), 'pdf'],
    [utf8(' {"a": 1}'), 'json'],
    [utf8('[1]'), 'json'],
    [utf8('<!doctype html>'), 'html'],
    [new Uint8Array([65, 0, 0, 66, 0, 0, 0, 1, 2, 0, 0, 0]), 'binary'],
  ])('%# is %s', (head, kind) => {
    expect(fileKind(head)).toEqual({ csv: false, kind })
  })

  it.each([
    [utf8(csv), 'utf-8', 0, true],
    [utf8(`\ufeff${csv}`), 'utf-8', 3, true],
    [utf8('é€').subarray(0, 4), 'utf-8', 0, true],
    [Uint8Array.from([0xff, 0xfe, ...utf16(csv, false)]), 'utf-16le', 2, true],
    [Uint8Array.from([0xfe, 0xff, ...utf16(csv, true)]), 'utf-16be', 2, true],
    [utf16(csv, false), 'utf-16le', 0, false],
    [utf16(csv, true), 'utf-16be', 0, false],
    [Uint8Array.from([...utf8('Caf'), 0xe9, ...utf8(',5')]), 'windows-1252', 0, false],
  ])('%# is %s', (head, encoding, bomBytes, certain) => {
    expect(fileKind(head)).toEqual({ csv: true, encoding, bomBytes, certain })
  })
})

describe('createByteDecoder', () => {
  it.each([
    [Uint8Array.from([0xff, 0xfe, ...utf16('é,b', false)]), 'utf-16le', 2, 'é,b'],
    [utf16('a,b', true), 'utf-16be', 0, 'a,b'],
    [Uint8Array.from([0x43, 0xe9, 0x80]), 'windows-1252', 0, 'Cé€'],
    [utf8('\ufeffaé'), 'utf-8', 3, 'aé'],
  ] as const)('%# in any chunks', (bytes, encoding, bomBytes, text) => {
    for (const size of [1, 2, 100]) {
      const decoder = createByteDecoder(encoding, bomBytes)
      const out: number[] = []
      for (let p = 0; p < bytes.length; p += size) out.push(...decoder.push(bytes.subarray(p, p + size)))
      out.push(...decoder.end())
      expect(new TextDecoder().decode(Uint8Array.from(out))).toBe(text)
    }
  })
})

describe('detectDialect', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2,5;3\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b|c\n1|2|3', '|'],
    ['"a;b",c\n1;5,2\n', ','],
    ['"{""k"": 1, ""l"": 2, ""m"": 3}";b\n"{""k"": 1, ""l"": 2}";2\n', ';'],
    ['alone\n1\n', ','],
    ['a,b', ','],
    ['"open', ','],
  ])('%j', (text, delimiter) => {
    expect(detectDialect(utf8(text))).toEqual({ delimiter, separatorLine: false })
  })

  it('knows the line that spreadsheets put first', () => {
    expect(detectDialect(utf8('sep=;\na,b;c\n'))).toEqual({ delimiter: ';', separatorLine: true })
  })
})
