import { describe, expect, it } from 'vitest'
import type { LifeState } from '#shared/contract/billing/subscription-life.ts'
import { applyChange, firstLife } from './life-changes.ts'
import { lifeStateAt, momentsOf, TRANSITIONS, transitionBetween } from './life-cycle.ts'

const at = (day: string) => BigInt(Date.parse(`${day}T00:00:00Z`))
const FOREVER = at('2100-01-01')
const cadence = { interval: 'month', alignment: 'calendar', anchorAt: at('2026-01-01') } as const
const first = { planVersionId: 'a', quantity: 1n, at: at('2026-01-01'), zone: 'UTC', cadence }
const begun = (more: Partial<Parameters<typeof firstLife>[0]> = {}) =>
  firstLife({ ...first, trialDays: 0, card: true, afterTrial: 'convert', ...more })

function changed(life: ReturnType<typeof begun>, ...changes: Parameters<typeof applyChange>[1][]) {
  let now = life
  for (const change of changes) {
    const next = applyChange(now, change, 'UTC')
    if (!next.ok) throw new Error(next.refusal.reason)
    now = next.life
  }
  return now
}
const texts = (...of: Parameters<typeof momentsOf>) =>
  momentsOf(...of).map(one => `${new Date(Number(one.at)).toISOString().slice(0, 10)} ${one.transition}`)

describe('the table of transitions', () => {
  it.each(
    TRANSITIONS.flatMap(one =>
      one.from.flatMap(from => one.to.filter(to => to !== from).map(to => [one.id, from, to] as const)),
    ),
  )('%s leads from %s to %s, and nothing else does', (id, from, to) => {
    expect(transitionBetween(from, to)?.id).toBe(id)
  })

  it('has nothing between what does not follow each other', () => {
    const never: [LifeState | 'none', LifeState][] = [
      ['none', 'cancelled'],
      ['paused', 'trialing'],
      ['active', 'trialing'],
      ['active', 'scheduled'],
      ['cancelled', 'expired'],
      ['active', 'active'],
    ]
    for (const [from, to] of never) expect(transitionBetween(from, to)).toBeNull()
  })

  it('says of each what it means, and who brings it about', () => {
    expect(new Set(TRANSITIONS.map(one => one.id)).size).toBe(TRANSITIONS.length)
    for (const one of TRANSITIONS) {
      expect(one.by.length).toBeGreaterThan(0)
      expect(one.cause === 'command' ? one.by.join() : 'billing.subscription.sweep').not.toBe('')
    }
    const withheld = TRANSITIONS.filter(one => one.entitlements === 'withheld')
    expect(withheld.map(one => one.id)).toEqual(['grace-ends'])
  })
})

describe('the moments of a life', () => {
  it('a trial that converts, a pause, and an end', () => {
    const life = changed(
      begun({ trialDays: 14 }),
      { kind: 'pause', at: at('2026-02-01'), until: at('2026-03-01') },
      { kind: 'cancel', at: at('2026-04-01'), settlement: 'credit', reason: 'cancelled' },
    )
    expect(texts(life, null, 0n, FOREVER)).toEqual([
      '2026-01-01 begin-trial',
      '2026-01-15 convert',
      '2026-02-01 pause',
      '2026-03-01 resume',
      '2026-04-01 cancel',
    ])
    expect(texts(life, null, at('2026-01-15'), at('2026-03-01'))).toEqual([
      '2026-01-15 convert',
      '2026-02-01 pause',
    ])
    expect(lifeStateAt(life, null, at('2025-12-31'))).toBe('scheduled')
  })

  it('a trial without a payment method expires or pauses, as its plan says', () => {
    const expiring = begun({ trialDays: 14, card: false, afterTrial: 'expire' })
    expect(texts(expiring, null, 0n, FOREVER)).toEqual([
      '2026-01-01 begin-trial',
      '2026-01-15 expire-after-trial',
    ])
    expect(lifeStateAt(expiring, null, at('2026-01-15'))).toBe('expired')
    const pausing = begun({ trialDays: 14, card: false, afterTrial: 'pause' })
    expect(texts(pausing, null, 0n, FOREVER)).toEqual([
      '2026-01-01 begin-trial',
      '2026-01-15 pause-after-trial',
    ])
  })

  it('falls behind with payments at the due date, and is unpaid when grace ends', () => {
    const standing = { pastDueAt: at('2026-02-10'), unpaidAt: at('2026-02-17') }
    expect(texts(begun(), standing, 0n, FOREVER)).toEqual([
      '2026-01-01 begin',
      '2026-02-10 fall-behind',
      '2026-02-17 grace-ends',
    ])
    expect(texts(begun(), { ...standing, unpaidAt: standing.pastDueAt }, at('2026-02-01'), FOREVER)).toEqual([
      '2026-02-10 grace-ends',
    ])
    const ended = changed(begun(), {
      ...{ kind: 'cancel', at: at('2026-03-01'), settlement: 'none', reason: 'unpaid' },
    })
    expect(texts(ended, standing, at('2026-02-15'), FOREVER)).toEqual([
      '2026-02-17 grace-ends',
      '2026-03-01 give-up',
    ])
    expect(lifeStateAt(ended, standing, at('2026-03-01'))).toBe('expired')
  })

  it('a trial and a pause do not fall behind', () => {
    const standing = { pastDueAt: at('2026-01-05'), unpaidAt: at('2026-01-06') }
    const life = changed(begun({ trialDays: 14 }), { kind: 'pause', at: at('2026-01-20'), until: null })
    expect(texts(life, standing, 0n, FOREVER)).toEqual([
      '2026-01-01 begin-trial',
      '2026-01-15 convert',
      '2026-01-20 pause',
    ])
    expect(lifeStateAt(life, standing, at('2026-01-16'))).toBe('unpaid')
  })
})
