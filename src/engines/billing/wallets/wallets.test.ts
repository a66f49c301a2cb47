import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountSums, heldOf, type Transfer, walletOf } from '../corrections/accounts.ts'
import {
  availableOf,
  becauseOf,
  compareGrants,
  countsAt,
  draw,
  type Grant,
  inOrder,
  lapsedParts,
  type Part,
  sumOf,
  takenOf,
  usable,
} from './grants.ts'
import {
  captureMoves,
  changesOf,
  grantMove,
  holdMoves,
  lapseMoves,
  movementOf,
  payBackMoves,
  payMoves,
  releaseMoves,
  takenBy,
  withdrawMove,
} from './wallet-moves.ts'

function grant(id: string, more: Partial<Grant> = {}): Grant {
  return {
    ...{ id, kind: 'paid', priority: 50, startsAt: 0n, expiresAt: null, createdAt: 0n, rest: 100n },
    ...{ held: 0n, paysFor: [], ...more },
  }
}
const ids = (grants: readonly Grant[]) => grants.map(one => one.id).join(' ')

describe('the order in which grants are used', () => {
  it('priority, then what expires sooner, then free before paid, then the older one', () => {
    const grants = [
      grant('stays'),
      grant('stays-free', { kind: 'free', createdAt: 9n }),
      grant('stays-free-older', { kind: 'free', createdAt: 3n }),
      grant('late', { expiresAt: 90n }),
      grant('soon', { expiresAt: 50n }),
      grant('soon-free', { expiresAt: 50n, kind: 'free' }),
      grant('first', { priority: 1 }),
    ]
    const order = [...grants].sort(compareGrants)
    expect(ids(order)).toBe('first soon-free soon late stays-free-older stays-free stays')
    expect(order.slice(1).map((one, n) => becauseOf(order[n]!, one))).toEqual([
      ...['priority', 'free-first', 'expiry', 'expiry', 'older', 'free-first'],
    ])
    expect(compareGrants(grant('a'), grant('b'))).toBe(-1)
    expect(compareGrants(grant('b'), grant('a'))).toBe(1)
    expect(compareGrants(grant('a'), grant('a'))).toBe(0)
  })

  it('a grant counts from its beginning up to its expiry, and not at it', () => {
    const one = grant('a', { startsAt: 10n, expiresAt: 20n })
    expect([9n, 10n, 19n, 20n].map(at => countsAt(one, at))).toEqual([false, true, true, false])
    expect(availableOf([one, grant('b', { rest: 0n })], 15n)).toBe(100n)
    expect(lapsedParts([one, grant('b')], 20n)).toEqual([{ grantId: 'a', amount: 100n }])
    expect(lapsedParts([one], 19n)).toEqual([])
  })

  it('an amount is taken of several, as far as there is enough', () => {
    const grants = [grant('a', { priority: 1, rest: 30n }), grant('b')]
    expect(draw(grants, 50n, 0n)).toEqual([
      { grantId: 'a', amount: 30n },
      { grantId: 'b', amount: 20n },
    ])
    expect(sumOf(draw(grants, 500n, 0n))).toBe(130n)
    expect(draw(grants, 0n, 0n)).toEqual([])
    const parts = draw(grants, 50n, 0n)
    expect(inOrder([...parts].reverse(), grants)).toEqual(parts)
  })
})

describe('the transfers of wallets', () => {
  const part: Part = { grantId: 'g', amount: 5n }
  const free = grant('g', { kind: 'free' })

  it('say what they were', () => {
    const said = (transfers: readonly Transfer[]) => transfers.map(movementOf).join()
    expect(said([grantMove(free, 5n)])).toBe('granted')
    expect(said([withdrawMove(grant('g'), 5n)])).toBe('withdrawn')
    expect(said(holdMoves([part]))).toBe('held')
    expect(said(releaseMoves([part]))).toBe('released')
    expect(said(captureMoves([part]))).toBe('used')
    expect(said(payMoves([part]))).toBe('paid')
    expect(said(payBackMoves([part]))).toBe('paid-back')
    expect(said(lapseMoves([part], new Map([['g', 'paid']])))).toBe('lapsed')
    expect(lapseMoves([part], new Map([['g', 'free']]))[0]!.credit).toBe('promotion')
  })

  it('say what a source took and did not give back', () => {
    const held = [...holdMoves([part]), ...captureMoves([{ grantId: 'g', amount: 2n }])]
    expect(takenBy(held, 'held')).toEqual([{ grantId: 'g', amount: 3n }])
    expect(takenBy([...payMoves([part]), ...payBackMoves([part])], 'wallet')).toEqual([])
    expect(takenBy(payMoves([part]), 'wallet')).toEqual([part])
  })
})

type Step =
  | {
      do: 'grant'
      amount: bigint
      kind: 'paid' | 'free'
      priority: number
      days: number | null
      later: number
    }
  | { do: 'hold'; amount: bigint }
  | { do: 'capture' | 'release'; which: number; amount: bigint }
  | { do: 'pay'; amount: bigint }
  | { do: 'pay-back'; which: number; amount: bigint }
  | { do: 'wait'; days: number }

const amount = fc.bigInt({ min: 1n, max: 200n })
const which = fc.nat({ max: 5 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      ...{
        do: fc.constant('grant' as const),
        amount,
        kind: fc.constantFrom('paid' as const, 'free' as const),
      },
      ...{ priority: fc.nat({ max: 3 }), days: fc.option(fc.integer({ min: 1, max: 9 })) },
      later: fc.nat({ max: 2 }),
    }),
    fc.record({ do: fc.constant('hold' as const), amount }),
    fc.record({ do: fc.constantFrom('capture' as const, 'release' as const), which, amount }),
    fc.record({ do: fc.constant('pay' as const), amount }),
    fc.record({ do: fc.constant('pay-back' as const), which, amount }),
    fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 4 }) }),
  ),
  { maxLength: 60 },
)

/** A wallet that is run by the engine alone: its ledger, and what its grants are by it. */
function run(all: readonly Step[]) {
  const ledger: Transfer[] = []
  const grants: Grant[] = []
  const sources: { kind: 'hold' | 'invoice'; moves: Transfer[] }[] = []
  let now = 0n
  const book = (moves: readonly Transfer[]) => {
    ledger.push(...moves)
    for (const [id, change] of changesOf(moves)) {
      const at = grants.findIndex(one => one.id === id)
      const before = grants[at]!
      grants[at] = { ...before, rest: before.rest + change.rest, held: before.held + change.held }
    }
    return [...moves]
  }
  const kinds = () => new Map(grants.map(one => [one.id, one.kind]))
  for (const step of all) {
    const lapsed = lapsedParts(grants, now)
    book(lapseMoves(lapsed, kinds()))
    if (step.do === 'wait') now += BigInt(step.days)
    else if (step.do === 'grant') {
      const id = `g${grants.length}`
      const startsAt = now + BigInt(step.later)
      const expiresAt = step.days === null ? null : startsAt + BigInt(step.days)
      const { kind, priority } = step
      const empty = { createdAt: now, rest: 0n, held: 0n, paysFor: [] }
      grants.push({ id, kind, priority, startsAt, expiresAt, ...empty })
      book([grantMove(grants.at(-1)!, step.amount)])
    } else if (step.do === 'hold' || step.do === 'pay') {
      const parts = draw(grants, step.amount, now)
      // A hold is of all or nothing; an invoice takes what there is.
      if (step.do === 'hold' && sumOf(parts) < step.amount) continue
      const moves = book(step.do === 'hold' ? holdMoves(parts) : payMoves(parts))
      sources.push({ kind: step.do === 'hold' ? 'hold' : 'invoice', moves })
    } else {
      const kind = step.do === 'pay-back' ? 'invoice' : 'hold'
      const own = sources.filter(one => one.kind === kind)
      const source = own[step.which % Math.max(own.length, 1)]
      if (!source) continue
      const parts = takenOf(takenBy(source.moves, kind === 'hold' ? 'held' : 'wallet'), step.amount)
      const moves =
        step.do === 'capture'
          ? captureMoves(parts)
          : step.do === 'release'
            ? releaseMoves(parts)
            : payBackMoves(parts)
      source.moves.push(...book(moves))
    }
  }
  return { ledger, grants, now }
}

describe('any life of a wallet', () => {
  it('never goes below nothing, loses no cent, and its grants are what the ledger says', () => {
    fc.assert(
      fc.property(steps, all => {
        const { ledger, grants, now } = run(all)
        const sums = accountSums(ledger)
        // Double entry: all accounts together are nothing, whatever happened.
        expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
        for (const one of grants) {
          expect(one.rest >= 0n && one.held >= 0n).toBe(true)
          expect(one.rest).toBe(-(sums.get(walletOf(one.id)) ?? 0n))
          expect(one.held).toBe(-(sums.get(heldOf(one.id)) ?? 0n))
        }
        // What came in is what is there, is held, was used, paid invoices, or has lapsed.
        const given = all.reduce((sum, step) => (step.do === 'grant' ? sum + step.amount : sum), 0n)
        const inside = grants.reduce((sum, one) => sum + one.rest + one.held, 0n)
        const wentTo = (account: 'consumed' | 'expired' | 'receivable') => -(sums.get(account) ?? 0n)
        const lapsedFree = sumOf(
          ledger.filter(one => one.credit === 'promotion' && one.debit.startsWith('wallet:')),
        )
        expect(inside + wentTo('consumed') + wentTo('receivable') + wentTo('expired') + lapsedFree).toBe(
          given,
        )
        expect(availableOf(grants, now)).toBe(sumOf(usable(grants, now).map(one => ({ amount: one.rest }))))
      }),
      { numRuns: 300 },
    )
  })

  it('what is drawn is the whole amount or all there is, never of what does not count, and in order', () => {
    fc.assert(
      fc.property(steps, amount, (all, asked) => {
        const { grants, now } = run(all)
        const parts = draw(grants, asked, now)
        const available = availableOf(grants, now)
        expect(sumOf(parts)).toBe(asked < available ? asked : available)
        const order = usable(grants, now)
        expect(parts.map(part => part.grantId)).toEqual(order.slice(0, parts.length).map(one => one.id))
        // Only the last one of them may have something left.
        for (const [n, part] of parts.slice(0, -1).entries()) expect(part.amount).toBe(order[n]!.rest)
      }),
      { numRuns: 200 },
    )
  })
})
