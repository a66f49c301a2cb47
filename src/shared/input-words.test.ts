import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputFaults, placeWords } from './input-words.ts'

describe('words of an input', () => {
  it('says a place as people would, and counts from one', () => {
    expect(placeWords('prices.0.charge.tiers.1.upTo')).toBe('price 1, tier 2, up to')
    expect(placeWords('events.11.at')).toBe('event 12, time')
    expect(placeWords('renewMonths')).toBe('renew months')
    expect(placeWords('')).toBe('input')
  })

  it('says what is wrong without the words of a library, and keeps those of a schema', () => {
    const schema = z.object({
      ...{
        name: z.string().min(1),
        seats: z.number().int(),
        kind: z.enum(['a', 'b']),
        tags: z.array(z.string()).max(1),
      },
      ...{ rate: z.string().regex(/^\d+$/, 'a decimal of 0 or more'), gone: z.string() },
      charge: z.discriminatedUnion('model', [
        z.object({ model: z.literal('flat') }),
        z.object({ model: z.literal('volume') }),
      ]),
      ...{ strict: z.strictObject({}), at: z.iso.datetime({ offset: true }), on: z.iso.date() },
    })
    const wrong = {
      name: '',
      seats: 'x',
      kind: 'c',
      tags: ['a', 'b'],
      rate: '-1',
      charge: { model: 'x' },
      strict: { y: 1 },
      at: '2026-10-31',
      on: '31.10.2026',
    }
    expect(inputFaults(schema.safeParse(wrong).error!.issues)).toEqual([
      { path: 'name', message: 'at least 1 character' },
      { path: 'seats', message: 'a number' },
      { path: 'kind', message: 'one of a, b' },
      { path: 'tags', message: 'at most 1 entry' },
      { path: 'rate', message: 'a decimal of 0 or more' },
      { path: 'gone', message: 'missing' },
      { path: 'charge.model', message: 'one of flat, volume' },
      { path: 'strict', message: 'not known: y' },
      { path: 'at', message: 'a time with its zone, such as 2026-10-31T09:30:00Z' },
      { path: 'on', message: 'a day, such as 2026-10-31' },
    ])
  })
})
