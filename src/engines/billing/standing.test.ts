import { describe, expect, it } from 'vitest'
import { standingAt, standingOf } from './standing.ts'

const at = (text: string) => BigInt(Date.parse(text))

describe('the standing of a customer', () => {
  it('is good where nothing is open', () => {
    expect(standingOf([], 7, 'UTC')).toBeNull()
    expect(standingAt(null, at('2026-05-01T00:00Z'))).toBe('good')
  })

  it('follows the earliest due date, and the days of grace after it', () => {
    const open = [{ dueAt: at('2026-03-31T12:00Z') }, { dueAt: at('2026-03-20T12:00Z') }]
    const standing = standingOf([...open, ...open], 7, 'UTC')!
    expect(standing).toEqual({ pastDueAt: at('2026-03-20T12:00Z'), unpaidAt: at('2026-03-27T12:00Z') })
    expect(standingAt(standing, standing.pastDueAt - 1n)).toBe('good')
    expect(standingAt(standing, standing.pastDueAt)).toBe('past-due')
    expect(standingAt(standing, standing.unpaidAt - 1n)).toBe('past-due')
    expect(standingAt(standing, standing.unpaidAt)).toBe('unpaid')
  })

  it('counts days of the customer: a week over the change of the clocks has an hour less', () => {
    const standing = standingOf([{ dueAt: at('2026-03-25T09:00Z') }], 7, 'Europe/Berlin')!
    expect(standing.unpaidAt).toBe(at('2026-04-01T08:00Z'))
  })

  it('without days of grace is unpaid at once', () => {
    const due = at('2026-03-25T09:00Z')
    expect(standingAt(standingOf([{ dueAt: due }], 0, 'UTC'), due)).toBe('unpaid')
  })
})
