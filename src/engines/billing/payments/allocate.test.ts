import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, checkAllocations, type OpenInvoice } from './allocate.ts'

const invoice = (id: string, open: bigint, dueAt: bigint, currency = 'EUR'): OpenInvoice => ({
  id,
  number: `INV-${id}`,
  currency,
  open,
  dueAt,
})

describe('money that nobody allocated', () => {
  it('goes to what is due longest', () => {
    const open = [invoice('b', 300n, 20n), invoice('a', 200n, 10n)]
    expect(allocate(400n, 'EUR', open)).toEqual({
      allocations: [
        { invoiceId: 'a', amount: 200n },
        { invoiceId: 'b', amount: 200n },
      ],
      rest: 0n,
    })
  })

  it('goes to invoices that the payer named first, in that order', () => {
    const open = [invoice('a', 200n, 10n), invoice('b', 300n, 20n), invoice('c', 100n, 30n)]
    const { allocations, rest } = allocate(450n, 'EUR', open, ['c', 'b'])
    expect(allocations.map(part => [part.invoiceId, part.amount])).toEqual([
      ['c', 100n],
      ['b', 300n],
      ['a', 50n],
    ])
    expect(rest).toBe(0n)
  })

  it('leaves a rest, and passes over other currencies', () => {
    const open = [invoice('a', 200n, 10n), invoice('b', 300n, 20n, 'USD')]
    expect(allocate(250n, 'EUR', open)).toEqual({
      allocations: [{ invoiceId: 'a', amount: 200n }],
      rest: 50n,
    })
  })

  it('adds up, and gives no invoice more than it asks for', () => {
    const opens = fc.array(fc.tuple(fc.bigInt(1n, 1000n), fc.bigInt(0n, 50n)), { maxLength: 8 })
    fc.assert(
      fc.property(fc.bigInt(0n, 5000n), opens, (amount, rows) => {
        const open = rows.map(([owed, due], index) => invoice(`${index}`, owed, due))
        const { allocations, rest } = allocate(amount, 'EUR', open)
        const sum = allocations.reduce((total, part) => total + part.amount, 0n)
        expect(sum + rest).toBe(amount)
        for (const part of allocations) {
          const asked = open.find(({ id }) => id === part.invoiceId)!.open
          expect(part.amount > 0n && part.amount <= asked).toBe(true)
        }
        const owed = open.reduce((total, { open }) => total + open, 0n)
        expect(rest).toBe(amount > owed ? amount - owed : 0n)
      }),
    )
  })
})

describe('allocations that a person states', () => {
  const open = [invoice('a', 200n, 10n), invoice('b', 300n, 20n), invoice('u', 100n, 20n, 'USD')]

  it('are taken as they are, and those of one invoice together', () => {
    const wanted = [
      { invoiceId: 'b', amount: 100n },
      { invoiceId: 'a', amount: 50n },
      { invoiceId: 'b', amount: 100n },
    ]
    expect(checkAllocations(300n, 'EUR', wanted, open)).toEqual({
      ok: true,
      allocations: [
        { invoiceId: 'b', amount: 200n },
        { invoiceId: 'a', amount: 50n },
      ],
      rest: 50n,
    })
  })

  it.each([
    ['more than the invoice asks for', [{ invoiceId: 'a', amount: 201n }], 'BILLING_ALLOCATION_OVER_INVOICE'],
    [
      'more in two parts than the invoice asks for',
      [
        { invoiceId: 'a', amount: 150n },
        { invoiceId: 'a', amount: 51n },
      ],
      'BILLING_ALLOCATION_OVER_INVOICE',
    ],
    [
      'more than is left of the payment',
      [
        { invoiceId: 'a', amount: 200n },
        { invoiceId: 'b', amount: 200n },
      ],
      'BILLING_ALLOCATION_OVER_PAYMENT',
    ],
    ['an invoice that is not open', [{ invoiceId: 'x', amount: 1n }], 'BILLING_INVOICE_NOT_OPEN'],
    ['nothing at all', [{ invoiceId: 'a', amount: 0n }], 'BILLING_INVOICE_NOT_OPEN'],
    ['another currency', [{ invoiceId: 'u', amount: 1n }], 'BILLING_CURRENCY_DIFFERS'],
  ])('are refused: %s', (_, wanted, code) => {
    expect(checkAllocations(300n, 'EUR', wanted, open)).toMatchObject({ ok: false, failure: { code } })
  })
})
