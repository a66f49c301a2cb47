import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountSums, balanceOf, reversed, type Transfer } from './accounts.ts'
import {
  type CreditAsk,
  type CreditableLine,
  type CreditSplit,
  creditTransfers,
  decideCredit,
  leftOfInvoice,
  type Standing,
  splitCredit,
} from './credit-note.ts'
import { creditedItem, itemCredited } from './credited-item.ts'

const NOTHING = { amount: 0n, tax: 0n, quantity: 0n }
const line = (id: string, amount: bigint, tax: bigint, quantity = 1n): CreditableLine => ({
  ...{ id, amount, tax, quantity, credited: NOTHING },
})

/** The lines after a credit note. */
function taken(lines: readonly CreditableLine[], ask: CreditAsk): readonly CreditableLine[] {
  const decision = decideCredit(lines, ask)
  if (!decision.ok) throw new Error(decision.failure.code)
  return lines.map(one => {
    const given = decision.lines.find(({ lineId }) => lineId === one.id)
    if (!given) return one
    const { credited } = one
    return {
      ...one,
      credited: {
        amount: credited.amount + given.amount,
        tax: credited.tax + given.tax,
        quantity: credited.quantity + given.quantity,
      },
    }
  })
}

const codeOf = (lines: readonly CreditableLine[], ask: CreditAsk) => {
  const decision = decideCredit(lines, ask)
  return decision.ok ? decision.total : decision.failure.code
}

describe('decideCredit', () => {
  // Three lines of 33.33 at 19 %: 6.33 of tax each, rounded on each line, where 99.99 × 0.19 would be 19.00.
  const three = [line('a', 3333n, 633n), line('b', 3333n, 633n), line('c', 3333n, 633n)]

  it('a whole credit takes exactly the tax that was billed', () => {
    expect(decideCredit(three, { kind: 'whole' })).toMatchObject({ net: 9999n, tax: 1899n, total: 11_898n })
  })

  it('an amount with tax is spread over the lines by what is left of each', () => {
    const decision = decideCredit([line('a', 8000n, 1520n), line('b', 2000n, 380n)], {
      kind: 'amount',
      amount: 1190n,
    })
    // 80 % and 20 % of 11.90: 9.52 = 8.00 + 1.52, and 2.38 = 2.00 + 0.38.
    expect(decision).toMatchObject({
      lines: [
        { lineId: 'a', amount: 800n, tax: 152n, quantity: 0n },
        { lineId: 'b', amount: 200n, tax: 38n, quantity: 0n },
      ],
      net: 1000n,
      tax: 190n,
      total: 1190n,
    })
  })

  it('lines are given back by amount, by quantity, and never more than is left of them', () => {
    const lines = [line('a', 1000n, 190n, 3n), line('b', 500n, 95n, 1n)]
    const asked: CreditAsk = { kind: 'lines', lines: [{ lineId: 'a', quantity: 1n }] }
    // A third of 10.00 is 3.33; its tax a third of 1.90, 0.63.
    expect(decideCredit(lines, asked)).toMatchObject({ lines: [{ amount: 333n, tax: 63n, quantity: 1n }] })
    const rest = taken(lines, asked)
    expect(codeOf(rest, { kind: 'lines', lines: [{ lineId: 'a', quantity: 3n }] })).toBe(
      'BILLING_CREDIT_OVER_LINE',
    )
    expect(codeOf(rest, { kind: 'lines', lines: [{ lineId: 'a', amount: 668n }] })).toBe(
      'BILLING_CREDIT_OVER_LINE',
    )
    expect(codeOf(rest, { kind: 'lines', lines: [{ lineId: 'a', amount: 667n }] })).toBe(667n + 127n)
    expect(codeOf(rest, { kind: 'lines', lines: [{ lineId: 'a', quantity: 2n }] })).toBe(667n + 127n)
  })

  it('a quantity gives back no more money than is left of its line', () => {
    const lines = taken([line('a', 1000n, 200n, 4n)], { kind: 'amount', amount: 1080n })
    // 9.00 was taken off before, so that two of four are worth the 1.00 that is left.
    expect(decideCredit(lines, { kind: 'lines', lines: [{ lineId: 'a', quantity: 2n }] })).toMatchObject({
      lines: [{ amount: 100n, tax: 20n, quantity: 2n }],
    })
  })

  it('lines that give money back are taken back with the rest, and not by an amount', () => {
    const lines = [line('a', 1000n, 190n), line('b', -200n, -38n)]
    expect(codeOf(lines, { kind: 'whole' })).toBe(952n)
    expect(decideCredit(lines, { kind: 'amount', amount: 119n })).toMatchObject({
      lines: [{ lineId: 'a', amount: 100n, tax: 19n }],
    })
    expect(codeOf(lines, { kind: 'amount', amount: 953n })).toBe('BILLING_CREDIT_OVER_INVOICE')
    expect(codeOf(lines, { kind: 'lines', lines: [{ lineId: 'a', amount: 1000n }] })).toBe(
      'BILLING_CREDIT_OVER_INVOICE',
    )
    expect(codeOf(lines, { kind: 'lines', lines: [{ lineId: 'b', amount: -100n }] })).toBe(
      'BILLING_CREDIT_NOTHING',
    )
    expect(
      codeOf(lines, {
        kind: 'lines',
        lines: [
          { lineId: 'a', amount: 1000n },
          { lineId: 'b', amount: -200n },
        ],
      }),
    ).toBe(952n)
  })

  it('refuses what is unknown, named twice, nothing, or gone already', () => {
    expect(codeOf(three, { kind: 'lines', lines: [{ lineId: 'z', amount: 1n }] })).toBe(
      'BILLING_CREDIT_LINE_UNKNOWN',
    )
    const twice = [
      { lineId: 'a', amount: 1n },
      { lineId: 'a', amount: 1n },
    ]
    expect(codeOf(three, { kind: 'lines', lines: twice })).toBe('BILLING_CREDIT_LINE_UNKNOWN')
    expect(codeOf(three, { kind: 'lines', lines: [{ lineId: 'a', amount: 0n }] })).toBe(
      'BILLING_CREDIT_OVER_LINE',
    )
    expect(codeOf(three, { kind: 'amount', amount: 0n })).toBe('BILLING_CREDIT_NOTHING')
    expect(codeOf(taken(three, { kind: 'whole' }), { kind: 'whole' })).toBe('BILLING_CREDIT_NOTHING')
    expect(codeOf(taken(three, { kind: 'whole' }), { kind: 'amount', amount: 1n })).toBe(
      'BILLING_CREDIT_OVER_INVOICE',
    )
    expect(codeOf([], { kind: 'whole' })).toBe('BILLING_CREDIT_NOTHING')
  })

  const anyLine = fc.record({
    amount: fc.bigInt({ min: 1n, max: 1_000_000n }),
    rate: fc.constantFrom(0n, 7n, 19n, 20n, 25n),
    quantity: fc.bigInt({ min: 1n, max: 1000n }),
  })
  const anyInvoice = fc
    .array(anyLine, { minLength: 1, maxLength: 8 })
    .map(lines =>
      lines.map(({ amount, rate, quantity }, index) =>
        line(String(index), amount, (amount * rate + 50n) / 100n, quantity),
      ),
    )
  const sums = (lines: readonly CreditableLine[]) => ({
    amount: lines.reduce((sum, one) => sum + one.credited.amount, 0n),
    tax: lines.reduce((sum, one) => sum + one.credited.tax, 0n),
  })

  it('a full credit note cancels an invoice to zero, line by line', () => {
    fc.assert(
      fc.property(anyInvoice, lines => {
        const done = taken(lines, { kind: 'whole' })
        expect(leftOfInvoice(done)).toBe(0n)
        for (const { amount, tax, quantity, credited } of done)
          expect(credited).toEqual({ amount, tax, quantity })
      }),
    )
  })

  it('any parts, in any form, add up to exactly the invoice and its tax, and never to more', () => {
    const part = fc.oneof(
      fc.record({ kind: fc.constant('amount' as const), share: fc.integer({ min: 1, max: 100 }) }),
      fc.record({
        kind: fc.constantFrom('line' as const, 'quantity' as const),
        share: fc.integer({ min: 1, max: 100 }),
        at: fc.nat(),
      }),
    )
    fc.assert(
      fc.property(anyInvoice, fc.array(part, { maxLength: 12 }), (lines, parts) => {
        let now: readonly CreditableLine[] = lines
        for (const one of parts) {
          const left = leftOfInvoice(now)
          if (left === 0n) break
          let ask: CreditAsk
          if (one.kind === 'amount') ask = { kind: 'amount', amount: (left * BigInt(one.share) + 99n) / 100n }
          else {
            const chosen = now[one.at % now.length]!
            const of = one.kind === 'line' ? 'amount' : 'quantity'
            const most = chosen[of] - chosen.credited[of]
            if (most === 0n || chosen.amount === chosen.credited.amount) continue
            const asked = (most * BigInt(one.share) + 99n) / 100n
            ask = {
              kind: 'lines',
              lines: [
                of === 'amount'
                  ? { lineId: chosen.id, amount: asked }
                  : { lineId: chosen.id, quantity: asked },
              ],
            }
          }
          const decision = decideCredit(now, ask)
          // A small part of a line may come to nothing.
          if (!decision.ok) {
            expect(decision.failure.code).toMatch(/NOTHING|OVER_LINE/)
            continue
          }
          now = taken(now, ask)
          for (const { amount, tax, credited } of now) {
            expect(credited.amount <= amount).toBe(true)
            expect(credited.tax <= tax).toBe(true)
          }
        }
        if (leftOfInvoice(now) > 0n) now = taken(now, { kind: 'whole' })
        expect(sums(now)).toEqual({
          amount: lines.reduce((sum, one) => sum + one.amount, 0n),
          tax: lines.reduce((sum, one) => sum + one.tax, 0n),
        })
      }),
    )
  })
})

describe('the money of a credit note', () => {
  const standing = (open: bigint, paid: bigint, more: Partial<Standing> = {}): Standing => ({
    ...{ open, paid, balance: 0n, wallets: 0n, bound: 0n, ...more },
  })
  const REFUND = { money: 'refund', wallets: 'grants' } as const
  const BALANCE = { money: 'balance', wallets: 'grants' } as const
  const all = (split: CreditSplit) => [split.applied, split.refunded, split.credited, split.returned]

  it('first is owed no more, then goes back to who paid, or onto the balance', () => {
    expect(all(splitCredit(100n, standing(100n, 0n), REFUND))).toEqual([100n, 0n, 0n, 0n])
    expect(all(splitCredit(100n, standing(30n, 70n), REFUND))).toEqual([30n, 70n, 0n, 0n])
    expect(all(splitCredit(100n, standing(30n, 70n), BALANCE))).toEqual([30n, 0n, 70n, 0n])
    // Settled from the balance before: that much cannot be sent back to anybody.
    expect(all(splitCredit(100n, standing(0n, 40n, { balance: 60n }), REFUND))).toEqual([0n, 40n, 60n, 0n])
    expect(all(splitCredit(100n, standing(-5n, 0n), BALANCE))).toEqual([0n, 0n, 100n, 0n])
  })

  it('what wallets paid goes back to them after what came as money, or onto the balance', () => {
    // 100.00 of which a payment settled 40.00 and a wallet 60.00. Of 70.00, 40.00 go to who paid, 30.00 to the wallet.
    const mixed = standing(0n, 4000n, { wallets: 6000n })
    expect(all(splitCredit(7000n, mixed, REFUND))).toEqual([0n, 4000n, 0n, 3000n])
    expect(all(splitCredit(7000n, mixed, BALANCE))).toEqual([0n, 0n, 4000n, 3000n])
    const onto = { money: 'refund', wallets: 'balance' } as const
    expect(all(splitCredit(7000n, mixed, onto))).toEqual([0n, 4000n, 3000n, 0n])
    // 50.00 of the wallet were for the very lines that are given back: of 70.00 only 20.00 are left for who paid.
    expect(all(splitCredit(7000n, { ...mixed, bound: 5000n }, REFUND))).toEqual([0n, 2000n, 0n, 5000n])
    // 60.00 are still owed, and 50.00 of a wallet were for the lines: those go back, and 20.00 are owed no more.
    const owed = standing(6000n, 0n, { wallets: 6000n, bound: 5000n })
    expect(all(splitCredit(7000n, owed, REFUND))).toEqual([2000n, 0n, 0n, 5000n])
    expect(all(splitCredit(7000n, owed, onto))).toEqual([6000n, 0n, 1000n, 0n])
    // 30.00 of the payment went onto the balance by an earlier credit note: 10.00 are left to be sent back.
    expect(all(splitCredit(2000n, { ...mixed, balance: -3000n }, REFUND))).toEqual([0n, 1000n, 0n, 1000n])
  })

  it('is booked from one account to another: all accounts sum to zero, and the parts to the total', () => {
    const minor = fc.bigInt({ min: 0n, max: 10n ** 12n })
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            amount: minor,
            at: fc.record({ open: minor, paid: minor, balance: fc.bigInt(-(10n ** 12n), 10n ** 12n) }),
            by: fc.tuple(minor, minor),
            money: fc.constantFrom('refund' as const, 'balance' as const),
            wallets: fc.constantFrom('grants' as const, 'balance' as const),
          }),
        ),
        credits => {
          const booked: Transfer[] = []
          let total = 0n
          for (const { amount, at, by, money, wallets } of credits) {
            const [bound, ofWallets] = by[0] < by[1] ? by : [by[1], by[0]]
            const split = splitCredit(amount, { ...at, wallets: ofWallets, bound }, { money, wallets })
            expect(split.applied + split.refunded + split.credited + split.returned).toBe(amount)
            // Never more is sent back than payments paid, nor given to wallets than they did.
            expect(split.refunded <= at.paid && split.returned <= ofWallets).toBe(true)
            expect(Object.values(split).every(part => part >= 0n)).toBe(true)
            booked.push(...creditTransfers(split))
            total += amount
          }
          const sums = accountSums(booked)
          expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
          expect(sums.get('credited') ?? 0n).toBe(total)
          expect(booked.every(({ amount }) => amount > 0n)).toBe(true)
          // What is booked the other way round leaves nothing anywhere.
          const none = accountSums([...booked, ...booked.map(reversed)])
          expect([...none.values()].every(sum => sum === 0n)).toBe(true)
        },
      ),
    )
  })

  it('a balance is what was put on it less what was taken', () => {
    const put: Transfer = { amount: 70n, debit: 'credited', credit: 'balance' }
    expect(balanceOf([put, { amount: 20n, debit: 'balance', credit: 'receivable' }])).toBe(50n)
    expect(balanceOf([])).toBe(0n)
  })
})

describe('creditedItem', () => {
  it('names what is given back, and is no item itself', () => {
    expect(itemCredited(creditedItem('s/p/3/0'))).toBe('s/p/3/0')
    expect(itemCredited('s/p/3/0')).toBeNull()
  })
})
