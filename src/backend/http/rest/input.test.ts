import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonText } from '../json-text.ts'
import { decoderOf, fromParameter, int64 } from './input.ts'

describe('values of JSON', () => {
  it('become what the contract takes, however deep an int64 stands', () => {
    const schema = z.object({
      at: z.bigint().optional(),
      list: z.array(z.object({ n: z.bigint().nullable() })).default([]),
      by: z.record(z.string(), z.bigint()),
      either: z.union([
        z.object({ kind: z.literal('a'), n: z.bigint() }),
        z.object({ kind: z.literal('b'), n: z.string() }),
      ]),
      plain: z.string(),
    })
    const given = {
      ...{ at: '5', list: [{ n: 7 }, { n: null }], by: { x: '9' }, plain: '11' },
      either: { kind: 'b', n: '12' },
    }
    const read = decoderOf(schema)?.(given)
    expect(schema.parse(read)).toEqual({
      ...{ at: 5n, list: [{ n: 7n }, { n: null }], by: { x: 9n }, plain: '11' },
      either: { kind: 'b', n: '12' },
    })
    expect(schema.parse(decoderOf(schema)?.({ ...given, either: { kind: 'a', n: '12' } })).either.n).toBe(12n)
    expect(given.at).toBe('5')
  })

  it('are left as they are where there is nothing to read, at no cost', () => {
    expect(decoderOf(z.object({ a: z.string(), b: z.array(z.number()) }))).toBeNull()
  })

  it('are no int64 beyond its range, and no number beyond what JSON carries', () => {
    expect(int64('9223372036854775807')).toBe(2n ** 63n - 1n)
    expect(int64('-9223372036854775808')).toBe(-(2n ** 63n))
    for (const wrong of [
      '9223372036854775808',
      '-9223372036854775809',
      '1e5',
      '0x1',
      '',
      ' 1',
      2 ** 53,
      0.5,
      true,
      null,
    ])
      expect(int64(wrong)).toBe(wrong)
  })

  it('come back as they went', () => {
    const value = {
      b: 2n,
      a: [1, 'x', null, undefined, true],
      bytes: new Uint8Array([1, 2]),
      gone: undefined,
    }
    expect(JSON.parse(jsonText(value))).toEqual({ b: '2', a: [1, 'x', null, null, true], bytes: 'AQI=' })
    expect(jsonText({ b: 1, a: 2 }, true)).toBe('{"a":2,"b":1}')
  })
})

describe('parameters of an address', () => {
  it('are words as their schema says, or JSON', () => {
    expect(fromParameter(z.number().default(3), '5')).toBe(5)
    expect(fromParameter(z.boolean().optional(), 'false')).toBe(false)
    expect(fromParameter(z.enum(['a', 'b']), 'a')).toBe('a')
    expect(fromParameter(z.string(), '5')).toBe('5')
    expect(fromParameter(z.object({ a: z.number() }), '{"a":1}')).toEqual({ a: 1 })
    expect(fromParameter(z.object({ a: z.number() }), '{"a"')).toBe('{"a"')
    expect(fromParameter(z.number(), 'many')).toBe('many')
  })
})
