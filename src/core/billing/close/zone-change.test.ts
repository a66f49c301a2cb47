import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'

const { billing } = contract
const at = (text: string) => BigInt(Date.parse(text))

describe('a customer whose time zone is changed', () => {
  let t: TestCore
  afterEach(() => t.close())

  // Round each end of a month, within the hours that belong to one month in one zone and to another in the other.
  const EVENTS = [
    '2026-09-01T02:00Z',
    '2026-09-30T20:00Z',
    '2026-10-01T02:00Z',
    '2026-10-31T20:00Z',
    '2026-11-01T02:00Z',
  ]

  it.each(['Asia/Tokyo', 'America/Los_Angeles'])('is billed once for everything, moved to %s', async zone => {
    t = await testCore('sqlite')
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })
    const events = EVENTS.map((text, index) => ({
      ...{ id: `e${index}`, customer: 'acme', metric: 'calls', at: at(text) },
      quantity: String(1000 * 10 ** index),
    }))
    await t.core.call(billing.usage.record, { events }, t.admin)
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    const { id: customerId, name, email, country, profile } = customer
    await t.core.call(billing.customer.edit, { customerId, name, email, country, zone, profile }, t.admin)
    t.clock.advance(16 * 86_400_000)
    await closeMonth(t, '2026-11')

    const lines = []
    for (const month of ['2026-09', '2026-10', '2026-11'])
      for (const { id } of await invoicesOf(t, month))
        lines.push(...(await t.core.call(billing.invoice.get, { invoiceId: id }, t.admin)).lineItems)
    // What was billed with all of its corrections.
    const calls = lines.filter(line => line.priceKey === 'calls')
    const amount = calls.reduce((sum, line) => sum + line.amount, 0n)
    const used = EVENTS.reduce((sum, _, index) => sum + 1000 * 10 ** index, 0)
    // 0.10 for each call, and 100 calls free in each of the billing periods in which something was used.
    const monthOf = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' })
    const months = new Set(EVENTS.map(text => monthOf.format(Number(at(text)))))
    expect(months.size).toBeGreaterThan(1)
    expect(amount).toBe(BigInt(used - 100 * months.size) * 10n)
  })
})
