import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvoiceState } from '#shared/contract/billing/invoices.ts'
import {
  approve,
  assign,
  hold,
  isAllowed,
  issue,
  type ReviewDecision,
  type ReviewedInvoice,
  release,
  sendBack,
  unapprove,
} from './invoice-states.ts'
import { summaryOf } from './invoice-summary.ts'
import {
  type DigestedInvoice,
  type DigestedLine,
  invoiceDigest,
  isWorthInvoicing,
  totalsOf,
} from './invoice-totals.ts'

const money = fc.bigInt(-(10n ** 12n), 10n ** 12n)

describe('totals', () => {
  test('net, tax and total are sums of lines', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ amount: money, tax: money })), lines => {
        const { net, tax, total } = totalsOf(lines)
        expect(net).toBe(lines.reduce((sum, line) => sum + line.amount, 0n))
        expect(tax).toBe(lines.reduce((sum, line) => sum + line.tax, 0n))
        expect(total).toBe(net + tax)
      }),
    )
  })

  test('lines of nothing make no invoice; lines that cancel out do', () => {
    expect(isWorthInvoicing([])).toBe(false)
    expect(isWorthInvoicing([{ amount: 0n, tax: 0n }])).toBe(false)
    expect(isWorthInvoicing([{ amount: 0n, tax: 1n }])).toBe(true)
    expect(
      isWorthInvoicing([
        { amount: 5n, tax: 0n },
        { amount: -5n, tax: 0n },
      ]),
    ).toBe(true)
  })
})

const line: DigestedLine = {
  ...{ item: 's/p/1/0', ordinal: 0, kind: 'usage', priceId: 'p', name: 'API calls', unit: 'calls' },
  ...{ service: { from: 0n, to: 10n }, quantity: 5n, scale: 0, exact: '1.005', amount: 101n, taxRate: '0.1' },
  tax: 10n,
}
const invoice: DigestedInvoice = {
  ...{ invoiceId: 'i', customerId: 'c', currency: 'USD', period: '2026-10', span: { from: 0n, to: 10n } },
  lines: [line, { ...line, ordinal: 1 }, { ...line, item: 's/q/1/0' }, { ...line, item: 's/o/1/0' }],
}

describe('the digest of an invoice', () => {
  test('does not depend on the order of lines or on what it does not cover', () => {
    const digest = invoiceDigest(invoice)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(invoiceDigest({ ...invoice, lines: [...invoice.lines].reverse() })).toBe(digest)
    expect(invoiceDigest({ ...invoice, note: 'x' } as DigestedInvoice)).toBe(digest)
    expect(invoiceDigest({ ...invoice, lines: invoice.lines.map(one => ({ ...one, steps: [] })) })).toBe(
      digest,
    )
  })

  test('depends on everything else', () => {
    const digest = invoiceDigest(invoice)
    const others: DigestedInvoice[] = [
      { ...invoice, invoiceId: 'j' },
      { ...invoice, customerId: 'd' },
      { ...invoice, currency: 'EUR' },
      { ...invoice, period: '2026-11' },
      { ...invoice, span: { from: 0n, to: 11n } },
      { ...invoice, lines: invoice.lines.slice(1) },
    ]
    const changed: Partial<DigestedLine>[] = [
      { item: 's/z/1/0' },
      { ordinal: 7 },
      { kind: 'fee' },
      { priceId: 'q' },
      { name: 'Calls' },
      { unit: 'requests' },
      { service: { from: 0n, to: 9n } },
      { service: { from: 1n, to: 10n } },
      { quantity: 6n },
      { scale: 1 },
      { exact: '1.006' },
      { amount: 100n },
      { taxRate: '0.2' },
      { tax: 11n },
    ]
    for (const change of changed)
      others.push({ ...invoice, lines: [{ ...line, ...change }, ...invoice.lines.slice(1)] })
    for (const other of others) expect(invoiceDigest(other)).not.toBe(digest)
    expect(new Set(others.map(invoiceDigest)).size).toBe(others.length)
  })
})

describe('the review of an invoice', () => {
  const draft: ReviewedInvoice = {
    ...{ state: 'draft', digest: 'd1', assignee: null, note: null },
    ...{ approvedBy: null, approvedAt: null, issuedAt: null },
  }
  const done = <T extends ReviewedInvoice>(decision: ReviewDecision<T>): T => {
    if (!decision.ok) throw new Error(JSON.stringify(decision.failure))
    return decision.invoice
  }

  test('draft → held → draft → approved → issued', () => {
    const held = done(hold(draft, 'Ask sales about the discount'))
    expect(held).toMatchObject({ state: 'held', note: 'Ask sales about the discount' })
    const released = done(release(held))
    expect(released).toEqual(draft)
    const approved = done(approve(released, 'ann', 'd1', 7n))
    expect(approved).toMatchObject({ state: 'approved', approvedBy: 'ann', approvedAt: 7n })
    expect(done(issue(approved, 'd1', 9n))).toMatchObject({
      state: 'issued',
      issuedAt: 9n,
      approvedBy: 'ann',
    })
  })

  test('back from approved: taken back, or sent back with a comment', () => {
    const approved = done(approve(draft, 'ann', 'd1', 7n))
    expect(done(unapprove(approved))).toEqual(draft)
    expect(done(sendBack(approved, 'Wrong month'))).toEqual({ ...draft, note: 'Wrong month' })
    expect(done(sendBack(draft, 'Wrong month'))).toEqual({ ...draft, note: 'Wrong month' })
    // The comment is settled once somebody approves.
    expect(done(approve({ ...draft, note: 'Wrong month' }, 'ann', 'd1', 7n)).note).toBeNull()
  })

  test('it is given to somebody, and keeps what else the caller knows of it', () => {
    expect(done(assign({ ...draft, number: 'INV-1' }, 'ben'))).toEqual({
      ...draft,
      number: 'INV-1',
      assignee: 'ben',
    })
    expect(done(assign({ ...draft, assignee: 'ben' }, null)).assignee).toBeNull()
  })

  test('what changed since it was seen is neither approved nor issued', () => {
    const failure = { code: 'BILLING_INVOICE_CHANGED', current: 'd1' }
    expect(approve(draft, 'ann', 'd0', 7n)).toEqual({ ok: false, failure })
    expect(issue({ ...draft, state: 'approved' }, 'd0', 7n)).toEqual({ ok: false, failure })
  })

  test('every other transition is refused with the state', () => {
    const actions = {
      approve: (one: ReviewedInvoice) => approve(one, 'ann', 'd1', 7n),
      unapprove,
      hold: (one: ReviewedInvoice) => hold(one, 'x'),
      release,
      sendBack: (one: ReviewedInvoice) => sendBack(one, 'x'),
      issue: (one: ReviewedInvoice) => issue(one, 'd1', 7n),
      assign: (one: ReviewedInvoice) => assign(one, null),
    }
    const allowed: Record<string, string[]> = {}
    for (const [name, action] of Object.entries(actions))
      for (const state of InvoiceState.options) {
        const decision = action({ ...draft, state })
        expect(decision.ok).toBe(isAllowed(name as keyof typeof actions, state))
        if (decision.ok) (allowed[name] ??= []).push(state)
        else expect(decision.failure).toEqual({ code: 'BILLING_INVOICE_STATE', state })
      }
    expect(allowed).toEqual({
      approve: ['draft'],
      unapprove: ['approved'],
      hold: ['draft'],
      release: ['held'],
      sendBack: ['draft', 'approved'],
      issue: ['approved'],
      assign: ['draft', 'held', 'approved'],
    })
  })
})

describe('the summary of an invoice', () => {
  test('prices together, corrections apart', () => {
    const base = { priceKey: 'fee', name: 'Fee', quantity: 1n, scale: 0, tax: 1n }
    const lines = [
      { ...base, kind: 'fee' as const, amount: 10n },
      { ...base, kind: 'fee' as const, amount: 20n },
      { ...base, kind: 'usage' as const, priceKey: 'use', name: 'Use', amount: 5n },
      { ...base, kind: 'credit' as const, amount: -7n },
      { ...base, kind: 'adjustment' as const, amount: 3n },
    ]
    expect(summaryOf('2026-10', 'Starter', lines)).toEqual({
      ...{ period: '2026-10', plan: 'Starter', total: 36n, corrections: -4n },
      prices: [
        { key: 'fee', name: 'Fee', quantity: 2n, scale: 0, amount: 30n },
        { key: 'use', name: 'Use', quantity: 1n, scale: 0, amount: 5n },
      ],
    })
  })
})
