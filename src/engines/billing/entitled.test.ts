import { describe, expect, test } from 'vitest'
import type { Entitlement } from '#shared/contract/billing/catalog.ts'
import { EntitlementAnswer } from '#shared/contract/billing/entitlements.ts'
import { entitled } from './entitled.ts'
import { exactOf } from './exact.ts'

function ask(entitlements: Entitlement[], used = '0', more = '0', resets: (bigint | null)[] = []) {
  const allowances = entitlements.map((entitlement, index) => ({
    entitlement,
    resetsAt: resets[index] ?? null,
  }))
  const answer = entitled('key', allowances, exactOf(used), exactOf(more))
  expect(EntitlementAnswer.parse(answer)).toEqual(answer)
  return answer
}
const feature = (allowed: boolean): Entitlement => ({ kind: 'boolean', key: 'key', allowed })
const value = (text: string): Entitlement => ({ kind: 'static', key: 'key', value: text })
const metered = (limit: string | null, enforcement: 'soft' | 'hard' = 'hard'): Entitlement => ({
  ...{ kind: 'metered', key: 'key', limit, enforcement },
})

describe('entitlements', () => {
  test('of nothing are none', () => {
    expect(entitled('key', [])).toMatchObject({ kind: 'none', allowed: false, limit: null })
  })

  test('a feature that one of the subscriptions has', () => {
    expect(ask([feature(false)])).toMatchObject({ kind: 'boolean', allowed: false })
    expect(ask([feature(false), feature(true)]).allowed).toBe(true)
    expect(ask([feature(false), value('x')]).allowed).toBe(false)
  })

  test('the value of the first', () => {
    expect(ask([value('30 days'), value('7 days')])).toMatchObject({
      kind: 'static',
      allowed: true,
      value: '30 days',
    })
  })

  test('a hard limit refuses what goes over it', () => {
    expect(ask([metered('100')], '90', '10')).toMatchObject({ allowed: true, limit: '100', used: '90' })
    expect(ask([metered('100')], '90', '10.001').allowed).toBe(false)
    // Nothing more asked for: whether anything is left.
    expect(ask([metered('100')], '99.9').allowed).toBe(true)
    expect(ask([metered('100')], '100').allowed).toBe(false)
    expect(ask([metered('0')]).allowed).toBe(false)
  })

  test('a soft limit allows, and says that it is soft', () => {
    expect(ask([metered('100', 'soft')], '500', '1')).toMatchObject({ allowed: true, enforcement: 'soft' })
  })

  test('allowances add up; unlimited is unlimited; the first to begin anew counts', () => {
    expect(ask([metered('100'), metered('50.5')], '120', '30', [9n, 5n])).toMatchObject({
      ...{ allowed: true, limit: '150.5', enforcement: 'hard', resetsAt: 5n },
    })
    expect(ask([metered('100'), metered(null)], '9999', '1', [null, 7n])).toMatchObject({
      ...{ allowed: true, limit: null, resetsAt: 7n },
    })
    expect(ask([metered(null), metered('5')], '9999').limit).toBeNull()
    expect(ask([metered('1'), metered('1', 'soft')], '5').enforcement).toBe('soft')
    expect(ask([metered('1'), value('x')], '0', '1')).toMatchObject({ allowed: true, limit: '1' })
  })
})
