import { describe, expect, it } from 'vitest'
import { isNarrowedTo, mrrByCurrency, NARROWED, narrowedOf, type SubscriptionLine } from './narrowed.ts'

const NOW = 1_000_000_000n
const DAY = 86_400_000n
const line = (more: Partial<SubscriptionLine>) =>
  ({
    ...{ state: 'active', currency: 'USD', mrr: 100n, trialEndsAt: null, endsAt: null, planned: null },
    ...more,
  }) as SubscriptionLine
const of = (one: SubscriptionLine) => NARROWED.filter(to => isNarrowedTo(one, to, NOW))

describe('the list of subscriptions', () => {
  it('is narrowed to what is asked for', () => {
    expect(of(line({}))).toEqual(['running', 'all'])
    expect(of(line({ state: 'trialing', trialEndsAt: NOW + 7n * DAY }))).toEqual(['running', 'trials', 'all'])
    expect(of(line({ state: 'trialing', trialEndsAt: NOW + 8n * DAY }))).toEqual(['running', 'all'])
    expect(of(line({ planned: { kind: 'terms', at: NOW + 1n } }))).toEqual(['running', 'planned', 'all'])
    expect(of(line({ endsAt: NOW + 1n }))).toEqual(['running', 'planned', 'all'])
    expect(of(line({ state: 'unpaid' }))).toEqual(['running', 'behind', 'all'])
    expect(of(line({ state: 'cancelled', endsAt: NOW - 1n }))).toEqual(['over', 'all'])
  })

  it('shows what runs where the address asks for nothing that it knows', () => {
    expect([narrowedOf(null), narrowedOf('x'), narrowedOf('over')]).toEqual(['running', 'running', 'over'])
  })

  it('adds MRR up by currency', () => {
    const lines = [
      line({}),
      line({ currency: 'EUR', mrr: 300n }),
      line({}),
      line({ currency: 'JPY', mrr: 0n }),
    ]
    expect(mrrByCurrency(lines)).toEqual([
      ['EUR', 300n],
      ['USD', 200n],
    ])
  })
})
