import { describe, expect, test } from 'vitest'
import { projectUsage, reachedAt } from './project-usage.ts'

const DAY = 86_400_000
const at = (month: number, day: number, hour = 0) => Date.UTC(2026, month - 1, day, hour)
/** Quantities of the days before an instant. */
const daysBefore = (end: number, count: number, of: (at: number) => number) =>
  Array.from({ length: count }, (_, i) => of(end - (count - i) * DAY))
const weekend = (instant: number) => [0, 6].includes(new Date(instant).getUTCDay())
/** Repeatable noise between -1 and 1. */
const noise = (seed: number) => {
  const x = Math.sin(seed * 12.9898) * 43758.5453
  return 2 * (x - Math.floor(x)) - 1
}

describe('a projection', () => {
  const [from, to] = [at(11, 1), at(12, 1)]

  test('follows the days of the week, and says how much it erred', () => {
    const usage = (instant: number) => (weekend(instant) ? 10 : 100)
    const now = at(11, 21)
    const days = daysBefore(now, 56, usage)
    const used = days.slice(-20).reduce((sum, one) => sum + one, 0)
    const found = projectUsage({ days, used, from, now, to })
    const actual = daysBefore(to, 30, usage).reduce((sum, one) => sum + one, 0)
    expect(found.method).toBe('weekdays')
    // Drawn to 1 by one week of eight, so not quite.
    expect(Math.abs(found.quantity - actual) / actual).toBeLessThan(0.02)
    expect(found.error).toBeLessThan(6)
    expect(found.low!).toBeLessThanOrEqual(found.quantity)
    expect(found.high!).toBeGreaterThanOrEqual(found.quantity)
    // The straight line of the period so far is off by more.
    const straight = used * 1.5
    expect(Math.abs(straight - actual)).toBeGreaterThan(Math.abs(found.quantity - actual))
  })

  test('is even where nothing is known but the period itself', () => {
    const now = at(11, 11)
    const found = projectUsage({ days: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5], used: 50, from, now, to })
    expect(found).toMatchObject({ quantity: 150, method: 'even', low: null, high: null, error: null })
    expect(projectUsage({ days: [], used: 0, from, now: from, to }).quantity).toBe(0)
    // An hour of the first day has passed.
    expect(projectUsage({ days: [], used: 2, from, now: from + DAY / 24, to }).quantity).toBeCloseTo(2 * 720)
  })

  test('its interval holds what comes four times of five, over many customers', () => {
    let within = 0
    let customers = 0
    for (let seed = 1; seed <= 60; seed++) {
      const usage = (instant: number) => {
        const n = noise(seed * 1000 + instant / DAY)
        return (weekend(instant) ? 40 : 100) * (1 + 0.3 * n) * (1 + 0.1 * noise(seed))
      }
      const now = at(11, 16)
      const days = daysBefore(now, 84, usage)
      const used = days.slice(-15).reduce((sum, one) => sum + one, 0)
      const found = projectUsage({ days, used, from, now, to })
      const actual = used + daysBefore(to, 15, usage).reduce((sum, one) => sum + one, 0)
      customers++
      if (actual >= found.low! && actual <= found.high!) within++
      expect(found.error!).toBeLessThan(25)
    }
    expect(within / customers).toBeGreaterThan(0.7)
  })

  test('says when a limit is reached', () => {
    const now = at(11, 21, 12)
    const days = [
      { at: at(11, 21), quantity: 5 },
      { at: at(11, 22), quantity: 10 },
      { at: at(11, 23), quantity: 0 },
    ]
    expect(reachedAt({ days }, 100, 100, now)).toBe(now)
    // Of the rest of the day five are used in twelve hours.
    expect(reachedAt({ days }, 100, 102.5, now)).toBe(now + DAY / 4)
    expect(reachedAt({ days }, 100, 110, now)).toBe(at(11, 22, 12))
    expect(reachedAt({ days }, 100, 116, now)).toBeNull()
  })
})
