import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createTextDictionary,
  decodeText,
  encodeCell,
  isDictionaryFull,
  maxDictionaryEntries,
  resetDictionary,
  type TextDictionary,
} from './text-dictionary.ts'

const nulls = new Set(['NULL'])

function encode(dictionary: TextDictionary, text: string | Uint8Array, escaped = 0) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const padded = new Uint8Array(bytes.length + 3)
  padded.set(bytes, 3)
  return encodeCell(dictionary, nulls, padded, new DataView(padded.buffer), 3, padded.length, escaped)
}

describe('text dictionary', () => {
  it('gives one code to equal cells and others to others', () => {
    const dictionary = createTextDictionary()
    const words = [
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'a',
      'ab',
      'abc',
      'abcd',
      'abcde',
      '',
      'Übergröße',
      'us-east-1',
    ]
    const codes = words.map(word => encode(dictionary, word))
    expect(codes[8]).toBe(0)
    expect(codes[10]).toBe(codes[0])
    expect(new Set(codes).size).toBe(10)
    expect(codes.map(code => dictionary.values[code] ?? '')).toEqual(words)
  })

  it('knows null texts and doubled quotes', () => {
    const dictionary = createTextDictionary()
    expect(dictionary.values[encode(dictionary, 'NULL')]).toBeNull()
    const quoted = encode(dictionary, 'a""b', 1)
    const plain = encode(dictionary, 'a""b', 0)
    expect(dictionary.values[quoted]).toBe('a"b')
    expect(dictionary.values[plain]).toBe('a""b')
  })

  it('refuses what is not UTF-8', () => {
    expect(encode(createTextDictionary(), new Uint8Array([0x61, 0xff]))).toBe(-1)
    expect(decodeText(new Uint8Array([0xc3]), 0, 1)).toBeNull()
    expect(decodeText(new TextEncoder().encode('x'.repeat(1000)), 0, 1000)).toBe('x'.repeat(1000))
  })

  it('keeps every cell apart as it grows, and says when it is full', () => {
    const dictionary = createTextDictionary()
    const before = dictionary.values
    for (let i = 0; i < maxDictionaryEntries; i++) encode(dictionary, `resource-${i}`)
    expect(isDictionaryFull(dictionary)).toBe(true)
    for (const i of [0, 1, 4095, 60_000]) {
      expect(dictionary.values[encode(dictionary, `resource-${i}`)]).toBe(`resource-${i}`)
    }
    resetDictionary(dictionary)
    expect(isDictionaryFull(dictionary)).toBe(false)
    expect(before[1]).toBe('resource-0')
    expect(dictionary.values[encode(dictionary, 'again')]).toBe('again')
  })

  it('is full when its cells are large', () => {
    const dictionary = createTextDictionary()
    for (let i = 0; i < 17; i++) encode(dictionary, `${i}${'x'.repeat(1 << 20)}`)
    expect(isDictionaryFull(dictionary)).toBe(true)
  })

  it('agrees with a map, for any cells', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '1'), minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 300 }), words => {
        const dictionary = createTextDictionary()
        const map = new Map<string, number>()
        for (const one of words) {
          const code = encode(dictionary, one)
          expect(map.get(one) ?? code).toBe(code)
          map.set(one, code)
          expect(dictionary.values[code]).toBe(one)
        }
        expect(dictionary.values.length).toBe(map.size + 1)
      }),
    )
  })
})
