import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteDictionary, internAll, internBytes, textOf } from './byte-dictionary.ts'
import { checksum } from './checksum.ts'
import { decodeColumn, encodeColumn } from './codec.ts'
import {
  bytesOf,
  type ColumnSegment,
  CorruptColumnError,
  codeAt,
  doubleAt,
  integerAt,
  isNullAt,
} from './column.ts'
import { encodeFrame } from './frame.ts'
import {
  clearIntegers,
  decimalBuilder,
  instantBuilder,
  integerSegment,
  pushInteger,
  pushNullInteger,
} from './integer-builder.ts'
import { segmentBuilder, takeSegment } from './segment-builder.ts'
import {
  clearText,
  pushText,
  pushTextBytes,
  type TextBuilder,
  textBuilder,
  textSegment,
} from './text-builder.ts'

const utf8 = new TextEncoder()

function texts(column: ColumnSegment): (string | null)[] {
  if (column.kind !== 'text') throw new Error('not text')
  return Array.from({ length: column.rows }, (_, row) => {
    const code = codeAt(column, row)
    return code === 0 ? null : textOf(column, code - 1)
  })
}

function integers(column: ColumnSegment): (bigint | null)[] {
  if (column.kind === 'text') throw new Error('not integers')
  return Array.from({ length: column.rows }, (_, row) =>
    isNullAt(column, row) ? null : integerAt(column, row),
  )
}

const through = (column: ColumnSegment) => decodeColumn(encodeColumn(column))

/** Texts of which many come again, some in a row. */
const someTexts = fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 80 }), { freq: 5 }), {
  maxLength: 200,
})

describe('text columns', () => {
  it('give back the rows that were pushed, as strings or as bytes', () => {
    fc.assert(
      fc.property(someTexts, fc.infiniteStream(fc.boolean()), (values, asBytes) => {
        const rows = values.flatMap(value => (value && value.length > 3 ? [value, value] : [value]))
        const builder = textBuilder()
        for (const value of rows) {
          if (value !== null && asBytes.next().value) {
            const bytes = utf8.encode(`..${value}..`)
            pushTextBytes(builder, bytes, 2, bytes.length - 2)
          } else {
            pushText(builder, value)
          }
        }
        const column = through(textSegment(builder))
        expect(texts(column)).toEqual(rows.map(value => value || null))
        expect(column.nulls).toBe(rows.filter(value => !value).length)
      }),
    )
  })

  it('uses one, two and four bytes for a code as the dictionary grows', () => {
    for (const [distinct, width] of [
      [200, 1],
      [300, 2],
      [70_000, 4],
    ] as const) {
      const builder = textBuilder()
      for (let i = 0; i < distinct; i++) pushText(builder, `value ${i}`)
      const column = textSegment(builder)
      expect(column.codes?.BYTES_PER_ELEMENT).toBe(width)
      expect(texts(through(column)).at(-1)).toBe(`value ${distinct - 1}`)
    }
  })

  it('keeps a column of one value, or of none, without codes', () => {
    const builder = textBuilder()
    pushText(builder, 'AWS')
    pushText(builder, 'AWS')
    const constant = textSegment(builder)
    expect(constant.codes).toBeNull()
    expect(texts(through(constant))).toEqual(['AWS', 'AWS'])
    clearText(builder)
    pushText(builder, null)
    const empty = textSegment(builder)
    expect(empty.codes).toBeNull()
    expect(texts(through(empty))).toEqual([null])
    expect(bytesOf(empty)).toBeLessThan(bytesOf(constant))
  })

  it('starts anew after it is cleared', () => {
    const builder: TextBuilder = textBuilder()
    for (const value of ['a', 'b', null]) pushText(builder, value)
    clearText(builder)
    for (const value of ['b', 'c']) pushText(builder, value)
    expect(texts(textSegment(builder))).toEqual(['b', 'c'])
    expect(textSegment(builder).distinct).toBe(2)
  })
})

describe('a dictionary', () => {
  it('tells texts apart that have the same hash', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 60 }), fc.nat(3), (values, hashes) => {
        const builder = textBuilder()
        for (const value of values) pushText(builder, value)
        const { distinct, bytes, offsets } = textSegment(builder)
        const texts = {
          bytes,
          offsets,
          hashes: Uint32Array.from({ length: distinct }, (_, i) => i % (hashes + 1)),
        }
        const dictionary = byteDictionary()
        const numbers = new Uint32Array(distinct)
        for (let time = 0; time < 2; time++) {
          internAll(dictionary, texts, distinct, numbers)
          expect(dictionary.size).toBe(distinct)
          for (let i = 0; i < distinct; i++) {
            expect(textOf(dictionary, numbers[i]!)).toBe(textOf(texts, i))
            expect(internBytes(dictionary, bytes, offsets[i]!, offsets[i + 1]!, texts.hashes[i]!)).toBe(i)
          }
        }
      }),
    )
  })
})

const anyInteger = fc.oneof(
  fc.bigInt({ min: -200n, max: 200n }),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
  fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }),
)
const hugeInteger = fc.oneof(anyInteger, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const steps = fc.constantFrom(1n, 1000n, 3_600_000n)

describe('integer columns', () => {
  const roundTrip = (values: (bigint | null)[], scale = 9) => {
    const builder = decimalBuilder(false)
    for (const value of values)
      value === null ? pushNullInteger(builder, scale) : pushInteger(builder, value, scale)
    const made = integerSegment(builder)
    const column = through(made)
    expect(integers(column)).toEqual(values)
    if (column.kind === 'text') throw new Error('not integers')
    const present = values.filter(value => value !== null)
    expect(column.sum).toBe(present.reduce((sum, value) => sum + value, 0n))
    expect(column.sumAbs).toBe(present.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n))
    expect(column.min).toBe(present.length ? present.reduce((a, b) => (b < a ? b : a)) : null)
    expect(column.max).toBe(present.length ? present.reduce((a, b) => (b > a ? b : a)) : null)
    expect(column.nulls).toBe(values.length - present.length)
    expect(column.scale).toBe(values.length > 0 ? scale : 0)
    expect(column).toEqual(made)
    return column
  }

  it('give back every value, with exact sums and extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyInteger)), steps, (values, step) => {
        roundTrip(values.map(value => value && (value * step) % 2n ** 52n))
      }),
    )
  })

  it('give back values of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.option(hugeInteger), { minLength: 1 }), values => void roundTrip(values)),
    )
    roundTrip([2n ** 70n, -(2n ** 90n), null, 5n])
    roundTrip([2n ** 53n - 1n, -(2n ** 53n) + 1n])
  })

  it('take as few bytes as the distances from the smallest value need', () => {
    const width = (values: bigint[]) => {
      const { low, high } = roundTrip(values)
      return [low?.BYTES_PER_ELEMENT ?? 0, high?.BYTES_PER_ELEMENT ?? 0]
    }
    expect(width([7n, 7n])).toEqual([0, 0])
    expect(width([1_000_000n, 1_000_100n])).toEqual([1, 0])
    expect(width([0n, 3_600_000n * 700n, 3_600_000n])).toEqual([2, 0])
    expect(width([-1n, 70_000n, 3n])).toEqual([4, 0])
    expect(width([0n, 2n ** 39n, 1n])).toEqual([4, 1])
    expect(width([0n, 2n ** 47n, 1n])).toEqual([4, 2])
    expect(width([0n, 2n ** 52n, 1n])).toEqual([4, 4])
  })

  it('reads single values of a narrow column as doubles', () => {
    const column = roundTrip([5n, 2n ** 40n + 5n])
    expect(doubleAt(column, 1)).toBe(2 ** 40 + 5)
  })

  it('sum beyond 2^53 exactly', () => {
    const column = roundTrip(Array.from({ length: 5000 }, (_, i) => 2n ** 52n - BigInt(i % 2)))
    expect(column.sum).toBe(5000n * 2n ** 52n - 2500n)
  })

  it('bring values of different scales to the smallest that holds them all', () => {
    const builder = decimalBuilder(true)
    pushInteger(builder, 2_000_000_000_000_000, 15)
    pushInteger(builder, 200_749_000n, 11)
    pushInteger(builder, 7)
    pushInteger(builder, 0, 20)
    pushNullInteger(builder)
    const column = through(integerSegment(builder))
    expect(column.kind === 'decimal' && column.scale).toBe(8)
    expect(integers(column)).toEqual([200_000_000n, 200_749n, 700_000_000n, 0n, null])
    expect(integerSegment(builder)).toEqual(integerSegment(builder))
  })

  it('hold values that no common scale brings below 2^63', () => {
    const builder = decimalBuilder(true)
    pushInteger(builder, 1, 25)
    pushInteger(builder, 9_007_199_254_740_991)
    pushInteger(builder, 9_007_199_254_740_993_000n, 3)
    pushInteger(builder, 12_345, 4)
    pushInteger(builder, 0)
    const column = through(integerSegment(builder))
    expect(column.kind === 'decimal' && column.scale).toBe(25)
    expect(integers(column)).toEqual([
      1n,
      9_007_199_254_740_991n * 10n ** 25n,
      9_007_199_254_740_993n * 10n ** 25n,
      12_345n * 10n ** 21n,
      0n,
    ])
  })

  it('equal decimals have equal values whatever their zeros', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hugeInteger, fc.nat(20)), { minLength: 1 }), pairs => {
        const builder = decimalBuilder(true)
        for (const [value, scale] of pairs) pushInteger(builder, value, scale)
        const column = integerSegment(builder)
        const all = integers(column)
        pairs.forEach(([value, scale], row) => {
          expect(all[row]! * 10n ** BigInt(scale)).toBe(value * 10n ** BigInt(column.scale))
        })
      }),
    )
  })

  it('grow, clear and start anew', () => {
    const builder = decimalBuilder(true)
    for (let i = 0; i < 3000; i++) pushInteger(builder, i, 1)
    pushInteger(builder, 2n ** 60n, 1)
    pushNullInteger(builder)
    clearIntegers(builder)
    pushInteger(builder, 4)
    expect(integers(integerSegment(builder))).toEqual([4n])
  })

  it('keep instants before and after 1970', () => {
    const builder = instantBuilder()
    for (const at of [-1, 0, 1_726_696_800_000]) pushInteger(builder, at)
    const column = through(integerSegment(builder))
    expect(column.kind).toBe('instant')
    expect(integers(column)).toEqual([-1n, 0n, 1_726_696_800_000n])
  })
})

describe('segments', () => {
  const specs = [
    { id: 'ServiceName', kind: 'text' },
    { id: 'BilledCost', kind: 'cost' },
    { id: 'ChargePeriodStart', kind: 'instant' },
  ] as const

  it('hand over their columns and begin again', () => {
    const builder = segmentBuilder(specs)
    const [service, cost, at] = builder.columns
    const push = (name: string, amount: number, when: number) => {
      if (service?.kind !== 'text' || cost?.kind !== 'decimal' || at?.kind !== 'instant')
        throw new Error('kinds')
      pushText(service, name)
      pushInteger(cost, amount)
      pushInteger(at, when)
    }
    push('S3', 1, 10)
    push('EC2', 2, 20)
    expect(takeSegment(builder).map(({ id, column }) => [id, column.rows])).toEqual([
      ['ServiceName', 2],
      ['BilledCost', 2],
      ['ChargePeriodStart', 2],
    ])
    push('SQS', 3, 30)
    expect(texts(takeSegment(builder)[0]!.column)).toEqual(['SQS'])
  })

  it('refuse a row that does not reach every column', () => {
    const builder = segmentBuilder(specs)
    if (builder.columns[0]?.kind === 'text') pushText(builder.columns[0], 'S3')
    expect(() => takeSegment(builder)).toThrow('Column BilledCost has 0 rows, others have 1')
    expect(takeSegment(segmentBuilder([]))).toEqual([])
  })
})

describe('damage', () => {
  const sample = () => {
    const builder = textBuilder()
    for (const value of ['AWS', 'Azure', null, 'AWS']) pushText(builder, value)
    return encodeColumn(textSegment(builder))
  }

  it('is found wherever one byte changes', () => {
    const whole = sample()
    for (let at = 0; at < whole.length; at++) {
      if (at === 6 || at === 7) continue // the two free bytes
      const damaged = whole.slice()
      damaged[at]! ^= 0x40
      expect(() => decodeColumn(damaged), `byte ${at}`).toThrow(CorruptColumnError)
    }
  })

  it('is found wherever the end is cut off', () => {
    const whole = sample()
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeColumn(whole.subarray(0, length))).toThrow(CorruptColumnError)
    }
  })

  it('reads bytes that do not begin on a word', () => {
    const whole = sample()
    const shifted = new Uint8Array(whole.length + 3)
    shifted.set(whole, 3)
    expect(decodeColumn(shifted.subarray(3))).toEqual(decodeColumn(whole))
  })

  const text = { kind: 'text', rows: 2, nulls: 0, distinct: 1, constant: 0 }
  const integer = {
    ...{ kind: 'decimal', rows: 2, nulls: 0, scale: 0, min: '0', max: '1', sum: '1', sumAbs: '1' },
    ...{ base: 0, factor: 1 },
  }
  const A = Uint8Array.of(65)
  const rows = Uint8Array.of(1, 1)
  it.each([
    ['an unknown kind', { ...text, kind: 'colour' }, []],
    ['texts missing', text, [rows, null, null, null]],
    ['offsets short', text, [rows, A, Uint32Array.of(0), Uint32Array.of(1)]],
    ['hashes short', text, [rows, A, Uint32Array.of(0, 1), new Uint32Array(0)]],
    ['offsets falling', { ...text, distinct: 2 }, [rows, A, Uint32Array.of(0, 3, 1), Uint32Array.of(1, 2)]],
    ['texts cut', text, [rows, A, Uint32Array.of(0, 2), Uint32Array.of(1)]],
    ['too few rows', text, [A, A, Uint32Array.of(0, 1), Uint32Array.of(1)]],
    ['codes past the texts', text, [Uint8Array.of(1, 2), A, Uint32Array.of(0, 1), Uint32Array.of(1)]],
    ['constant past the texts', { ...text, constant: 2 }, [null, A, Uint32Array.of(0, 1), Uint32Array.of(1)]],
    ['too few integers', integer, [Uint8Array.of(1), null, null]],
    ['limbs of bytes', integer, [null, null, null, rows]],
    ['nulls not marked', { ...integer, nulls: 1 }, [rows, null, null]],
    ['nulls marked and not said', integer, [rows, null, Uint8Array.of(1)]],
  ])('is found in a frame whose checksum is right: %s', (_, header, sections) => {
    expect(() => decodeColumn(encodeFrame(header, sections))).toThrow(CorruptColumnError)
  })

  it('has the checksum of the published algorithm', () => {
    // Vectors: XXH32 with seed 0 as printed by xxhsum 0.8.
    expect(checksum(utf8.encode(''))).toBe(0x02cc5d05)
    expect(checksum(utf8.encode('a'))).toBe(0x550d7456)
    expect(checksum(utf8.encode('abc'))).toBe(0x32d153ff)
    expect(checksum(utf8.encode('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f)
  })
})
