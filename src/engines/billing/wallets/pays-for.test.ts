import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import { becauseOf, compareGrants, type Grant, sumOf } from './grants.ts'
import { covers, forMetric, isFor, type PayableLine, payLines, widthOf } from './pays-for.ts'

const only = (more: Partial<PaysFor>): PaysFor => ({ planIds: [], metricIds: [], products: [], ...more })
const CALLS = only({ metricIds: ['calls'] })
const PRO = only({ planIds: ['pro'] })
const SEATS = only({ products: [{ planId: 'pro', key: 'seats' }] })

function grant(id: string, rest: bigint, ...paysFor: PaysFor[]): Grant {
  return {
    ...{ id, kind: 'free', priority: 50, startsAt: 0n, expiresAt: null, createdAt: 0n, rest, held: 0n },
    paysFor,
  }
}
const line = (key: string, amount: bigint, more: Partial<PayableLine> = {}): PayableLine => ({
  ...{ planId: 'pro', metricId: null, key, amount, ...more },
})
const fee = (amount: bigint) => line('base', amount)
const seats = (amount: bigint) => line('seats', amount)
const calls = (amount: bigint) => line('calls', amount, { metricId: 'calls' })
const once = (amount: bigint) => line('', amount, { planId: null })
const paid = (grants: readonly Grant[], lines: readonly PayableLine[], most = 10n ** 9n) =>
  payLines(grants, lines, most)
    .map(part => `${part.grantId} ${part.amount}`)
    .join(', ')

describe('what a grant is for', () => {
  it('a line of any plan, metric or product that it names; of both limits where it has two', () => {
    expect([fee(1n), calls(1n), once(1n)].map(one => isFor(PRO, one))).toEqual([true, true, false])
    expect([fee(1n), calls(1n), once(1n)].map(one => isFor(CALLS, one))).toEqual([false, true, false])
    expect([fee(1n), seats(1n)].map(one => isFor(SEATS, one))).toEqual([false, true])
    expect(isFor(SEATS, line('seats', 1n, { planId: 'basic' }))).toBe(false)
    expect(isFor(only({ planIds: ['basic'], metricIds: ['calls'] }), calls(1n))).toBe(true)
    const both = grant('both', 1n, PRO, CALLS)
    expect([fee(1n), calls(1n)].map(one => covers(both, one))).toEqual([false, true])
    expect(covers(grant('all', 1n), once(1n))).toBe(true)
  })

  it('the narrower one comes first of the same priority and expiry, and says so', () => {
    const all = [grant('a', 1n), grant('b', 1n, PRO), grant('c', 1n, CALLS), grant('d', 1n, SEATS)]
    expect(all.map(widthOf)).toEqual([3, 2, 1, 0])
    expect(widthOf(grant('e', 1n, PRO, SEATS))).toBe(0)
    // It names a plan beside a product: it is as wide as the plan.
    expect(widthOf(grant('f', 1n, only({ ...SEATS, planIds: ['pro'] })))).toBe(2)
    const order = [...all].sort(compareGrants)
    expect(order.map(one => one.id)).toEqual(['d', 'c', 'b', 'a'])
    expect(becauseOf(order[0]!, order[1]!)).toBe('narrower')
    const soon = { ...grant('soon', 1n), expiresAt: 9n }
    expect([...all, soon].sort(compareGrants)[0]).toBe(soon)
  })

  it('a hold for a metric may use what is for it, a hold for nothing only what is for everything', () => {
    const all = [grant('all', 1n), grant('calls', 1n, CALLS), grant('pro', 1n, PRO)]
    expect(forMetric(all, 'calls').map(one => one.id)).toEqual(['all', 'calls'])
    expect(forMetric(all, null).map(one => one.id)).toEqual(['all'])
  })
})

describe('what grants pay of an invoice', () => {
  it('only lines that they are for, and never more than those ask for', () => {
    // Calls cost 30.00: of 50.00 for calls 30.00 are used. The fee of 100.00 is paid by what is for everything.
    expect(paid([grant('c', 5000n, CALLS), grant('all', 20_000n)], [fee(10_000n), calls(3000n)])).toBe(
      'c 3000, all 10000',
    )
    expect(paid([grant('c', 5000n, CALLS)], [fee(10_000n)])).toBe('')
    expect(paid([grant('p', 5000n, PRO)], [once(10_000n)])).toBe('')
  })

  it('what is asked for at all is the most, whatever the lines come to', () => {
    // 20.00 of the balance paid already: 110.00 of 130.00 are left.
    expect(
      paid([grant('c', 5000n, CALLS), grant('all', 20_000n)], [fee(10_000n), calls(3000n)], 11_000n),
    ).toBe('c 3000, all 8000')
    expect(paid([grant('all', 1n)], [fee(1n)], 0n)).toBe('')
  })

  it('an earlier grant leaves to a later one what only that can pay', () => {
    // `all` comes first, by its priority: it pays 50.00 of the fee, and not of the calls, which `c` is for.
    const first = { ...grant('all', 5000n), priority: 1 }
    expect(paid([first, grant('c', 5000n, CALLS)], [calls(5000n), fee(5000n)])).toBe('all 5000, c 5000')
    // Over two steps: calls to c, seats to s, so that the plan's grant pays the base.
    const grants = [grant('p', 100n, PRO), grant('x', 100n, SEATS, PRO), grant('c', 100n, CALLS)]
    expect(paid(grants, [calls(100n), seats(100n), fee(100n)])).toBe('p 100, x 100, c 100')
  })

  it('a discount lowers what it was taken off', () => {
    // Calls of 50.00 with 20.00 off.
    expect(paid([grant('c', 10_000n, CALLS)], [calls(5000n), calls(-2000n), fee(1000n)])).toBe('c 3000')
    expect(paid([grant('c', 10_000n, CALLS)], [calls(1000n), calls(-2000n), fee(5000n)])).toBe('')
  })

  const minor = fc.bigInt({ min: 0n, max: 50n })
  const limits = fc.array(
    fc.record({
      planIds: fc.subarray(['p1', 'p2']),
      metricIds: fc.subarray(['m1', 'm2']),
      products: fc.subarray([
        { planId: 'p1', key: 'k1' },
        { planId: 'p2', key: 'k2' },
      ]),
    }),
    { maxLength: 2 },
  )
  const someGrants = fc.array(fc.tuple(minor, limits), { maxLength: 5 })
  const someLines = fc.array(
    fc.record({
      planId: fc.constantFrom('p1', 'p2', null),
      metricId: fc.constantFrom('m1', 'm2', null),
      key: fc.constantFrom('k1', 'k2'),
      amount: fc.bigInt({ min: -10n, max: 50n }),
    }),
    { maxLength: 6 },
  )

  /** The most that some grants can pay, by the cut that separates them from the lines: over all sets of kinds of lines. */
  function mostOf(grants: readonly Grant[], lines: readonly PayableLine[], most: bigint): bigint {
    const kinds = new Map<string, PayableLine>()
    for (const one of lines) {
      const id = `${one.planId}/${one.metricId}/${one.key}`
      kinds.set(id, { ...one, amount: one.amount + (kinds.get(id)?.amount ?? 0n) })
    }
    const all = [...kinds.values()].filter(one => one.amount > 0n)
    let least = most
    for (let set = 0; set < 2 ** all.length; set++) {
      const chosen = all.filter((_, index) => (set >> index) % 2 === 1)
      const others = all.filter(one => !chosen.includes(one))
      // All of the chosen lines, and every grant that could pay another one.
      const cut =
        sumOf(chosen) +
        grants.reduce((sum, one) => (others.some(other => covers(one, other)) ? sum + one.rest : sum), 0n)
      if (cut < least) least = cut
    }
    return least
  }

  it('is the most that they can pay, for each beginning of their order; never more than a grant has', () => {
    fc.assert(
      fc.property(someGrants, someLines, minor, (amounts, lines, more) => {
        const grants = amounts.map(([rest, paysFor], index) => grant(`g${index}`, rest, ...paysFor))
        const most = more * 3n
        const parts = payLines(grants, lines, most)
        const of = (id: string) => parts.find(part => part.grantId === id)?.amount ?? 0n
        for (const one of grants) expect(of(one.id) >= 0n && of(one.id) <= one.rest).toBe(true)
        // By the theorem of max flow and min cut: what the first so many pay together is the most that they could, so
        // none of them pays outside of what it is for (the cut of its lines would be exceeded) and none less for another.
        for (let count = 1; count <= grants.length; count++) {
          const first = grants.slice(0, count)
          const sum = first.reduce((all, one) => all + of(one.id), 0n)
          expect(sum).toBe(mostOf(first, lines, most))
        }
        // Any of them, wherever it stands, pays no more than the lines that it is for ask for.
        for (const one of grants) expect(of(one.id) <= mostOf([one], lines, most)).toBe(true)
      }),
    )
  })
})
