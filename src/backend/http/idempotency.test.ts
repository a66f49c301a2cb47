import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intentionOf, KEPT_HOURS } from './idempotency.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 21, 9, 59, 59, 999)

/** All ids that a key stands for at a time. */
const idsAt = (key: string, now: number, asker = 'w/p') => {
  const { id, aliases } = intentionOf(asker, key, now)
  return { id, all: new Set([id, ...aliases]) }
}

describe('what a key stands for', () => {
  it('is known from whichever side of an hour it is asked, for a day', () => {
    const keys = fc.oneof(
      fc.stringMatching(/^[\x21-\x7e]{1,40}$/).filter(key => !/^".*"$/.test(key)),
      fc.integer({ min: NOW - 40 * 24 * HOUR, max: NOW + 40 * 24 * HOUR }).map(
        at =>
          `${at
            .toString(16)
            .padStart(12, '0')
            .replace(/(.{8})/, '$1-')}-7abc-8abc-0123456789ab`,
      ),
    )
    fc.assert(
      fc.property(keys, fc.integer({ min: -HOUR, max: KEPT_HOURS * HOUR }), (key, later) => {
        const first = idsAt(key, NOW)
        const again = idsAt(key, NOW + later)
        // Whichever of the two ran first, the other one looks for its id.
        expect(again.all.has(first.id)).toBe(true)
        if (later <= HOUR) expect(first.all.has(again.id)).toBe(true)
      }),
    )
  })

  it('is an id in the order of time: the time of a UUIDv7, else the hour', () => {
    const at = NOW - 5 * HOUR
    const key = `${at
      .toString(16)
      .padStart(12, '0')
      .replace(/(.{8})/, '$1-')}-7abc-8abc-0123456789ab`
    const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    expect(timeOf(intentionOf('w/p', key, NOW).id)).toBe(at)
    expect(timeOf(intentionOf('w/p', 'order 1'.replace(' ', '-'), NOW).id)).toBe(
      Math.floor(NOW / HOUR) * HOUR,
    )
  })

  it('is another for another asker, and the same in quotes', () => {
    expect(idsAt('k', NOW, 'w/a').all.has(idsAt('k', NOW, 'w/b').id)).toBe(false)
    expect(idsAt('"k"', NOW).id).toBe(idsAt('k', NOW).id)
  })

  it('is nothing for what is no key', () => {
    for (const key of ['', ' ', 'a b', 'ä', 'x'.repeat(201), 'line\nbreak'])
      expect(() => intentionOf('w/p', key, NOW), key).toThrow(
        expect.objectContaining({ code: 'HTTP_KEY_INVALID' }),
      )
  })
})
