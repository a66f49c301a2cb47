import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, fromCanonical } from './canonical.ts'

describe('canonicalJson', () => {
  it('writes JSON as the library for RFC 8785 does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), value => {
        expect(canonicalJson(value)).toBe(canonicalize(value))
      }),
    )
    // The example of the RFC for numbers and for the order of members.
    const sample = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
      '\u20ac': 'Euro Sign',
      '\ud83d\ude00': 'Smiley',
      '\ufb33': 'Hebrew',
      1: 'One',
    }
    expect(canonicalJson(sample)).toBe(canonicalize(sample))
  })

  it('gives back what went in: whole numbers of any size and bytes too', () => {
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter(key => !key.startsWith('$') && key !== '__proto__'),
          tie('any'),
          {
            maxKeys: 4,
            noNullPrototype: true,
          },
        ),
      ),
    })).any
    fc.assert(
      fc.property(value, one => {
        expect(fromCanonical(canonicalJson(one))).toEqual(one)
      }),
    )
  })

  it('orders members that look like numbers or like a prototype as any other', () => {
    const members = ['10', '9', '__proto__', 'a', '-1', '01']
    const value = Object.fromEntries(members.map(name => [name, { [name]: [name] }]))
    const text = (name: string) => `"${name}":{"${name}":["${name}"]}`
    expect(canonicalJson({ b: value })).toBe(`{"b":{${[...members].sort().map(text).join(',')}}}`)
    expect(canonicalJson({ 'back\\ud800': 'back\\ud800' })).toBe('{"back\\\\ud800":"back\\\\ud800"}')
  })

  it('leaves out members that are undefined, and has no text for what JSON cannot say', () => {
    expect(canonicalJson({ b: undefined, a: 1, c: [undefined, 2] })).toBe('{"a":1,"c":[null,2]}')
    expect(canonicalJson(undefined)).toBe('null')
    expect(canonicalJson({ call: () => 1 })).toBe('{}')
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }])
      expect(() => canonicalJson(bad)).toThrow('not allowed')
  })
})
