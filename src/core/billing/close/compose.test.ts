import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#shared/canonical.ts'
import type {
  BilledSubscription,
  EarlierInvoice,
  VersionFacts,
} from '#shared/contract/billing/close-facts.ts'
import { compose } from './compose.ts'
import { uncoveredUsage } from './uncovered.ts'

const price = (key: string, amount: bigint) => ({ key, name: key, quantity: 10n, scale: 0, amount })
function earlier(
  period: string,
  total: bigint,
  plan: string,
  prices: readonly ReturnType<typeof price>[],
): EarlierInvoice {
  const summary = canonicalJson({ period, plan, total, prices, corrections: 0n })
  return { invoiceId: `${period}/${total}`, currency: 'USD', apart: '', period, plan, total, summary }
}
const composed = (all: readonly EarlierInvoice[], more: { reviewed?: boolean; currency?: string } = {}) =>
  compose({
    ...{ invoiceId: 'i', customerId: 'c', customer: 'Acme', period: '2026-10', span: { from: 0n, to: 1n } },
    ...{ currency: 'USD', plan: 'Pro', lines: [], earlier: all, reviewed: false },
    ...more,
  })

describe('an invoice compared with earlier ones', () => {
  it('has the one over the most of the last month before it', () => {
    expect(composed([])).toMatchObject({ previous_id: null, previous_total: null, total: 0n, lines: 0n })
    const all = [
      earlier('2026-09', 5n, 'Pro', []),
      earlier('2026-09', 100n, 'Pro', []),
      earlier('2026-09', 50n, 'Pro', []),
      earlier('2026-08', 900n, 'Pro', []),
    ]
    expect(composed(all)).toMatchObject({ previous_id: '2026-09/100', previous_total: 100n })
    // A currency that there is no list of is read with two places.
    expect(composed(all, { currency: 'XQQ' }).total).toBe(0n)
  })

  it('adds up the invoices of one month, by price', () => {
    const line = {
      ...{ id: 'l', item: 'l', ordinal: 0n, subscriptionId: null, planVersionId: null, priceId: null },
      ...{ kind: 'fee', priceKey: 'base', name: 'base', service: { from: 0n, to: 1n }, scale: 0 },
      ...{ quantity: 10n, amount: 300n, taxRate: '0', tax: 0n, explanation: '' },
    }
    const of = (all: readonly EarlierInvoice[]) =>
      compose({
        ...{
          invoiceId: 'i',
          customerId: 'c',
          customer: 'Acme',
          period: '2026-10',
          span: { from: 0n, to: 1n },
        },
        ...{ currency: 'USD', plan: 'Pro', lines: [line] as never, earlier: all, reviewed: false },
      }).doubts
    const months = ['2026-09', '2026-08', '2026-07']
    const split = months.flatMap(month => [
      earlier(month, 100n, '', [price('base', 100n)]),
      earlier(month, 250n, 'Pro', [price('base', 200n), price('calls', 50n)]),
    ])
    const whole = months.map(month =>
      earlier(month, 350n, 'Pro', [{ ...price('base', 300n), quantity: 20n }, price('calls', 50n)]),
    )
    expect(of(split)).toEqual(of(whole))
    expect(of(split).map(one => one.code)).toContain('gone-metric')
    expect(of(whole.map(one => ({ ...one, summary: one.summary.replaceAll('calls', 'base2') })))).not.toEqual(
      of(whole),
    )
  })
})

describe('usage that nobody would be billed for', () => {
  const phase = (from: bigint, to: bigint | null, version: string, kind: 'active' | 'trial' = 'active') => ({
    ...{ id: `${from}`, planVersionId: version, quantity: 1n, kind, from, to },
  })
  const on = (phases: readonly ReturnType<typeof phase>[], more: Partial<BilledSubscription> = {}) => ({
    ...{ id: 's', currency: 'USD', interval: 'month', alignment: 'anniversary', anchorAt: 0n, billFrom: 0n },
    ...{ endedAt: null, phases, addOns: [] },
    ...more,
  })
  const metered = (metricId: string | null, currency = 'USD') => ({ metricId, currency })
  const versions = new Map([
    ['calls', { prices: [metered(null), metered('calls'), metered('gb', 'EUR')] }],
    ['fees', { prices: [metered(null)] }],
  ]) as unknown as ReadonlyMap<string, VersionFacts>
  const uncovered = (subscriptions: readonly object[], metricIds = ['calls']) =>
    uncoveredUsage({ metricIds, subscriptions: subscriptions as never }, versions, {
      from: 0n,
      to: 100n,
    }).map(one => [one.metricId, one.code, one.span.from, one.span.to])

  it('lies outside of all subscriptions, and where the plan has no price for it', () => {
    expect(uncovered([], [])).toEqual([])
    expect(uncovered([])).toEqual([['calls', 'no-subscription', 0n, 100n]])
    expect(uncovered([on([phase(0n, null, 'calls')])])).toEqual([])
    expect(uncovered([on([phase(10n, 20n, 'calls'), phase(20n, 90n, 'fees')])])).toEqual([
      ['calls', 'no-subscription', 0n, 10n],
      ['calls', 'no-subscription', 90n, 100n],
      ['calls', 'unpriced-usage', 20n, 90n],
    ])
    // A price in another currency is none; a trial covers everything; a version that is unknown prices nothing.
    expect(uncovered([on([phase(0n, 50n, 'calls'), phase(50n, null, 'fees', 'trial')])], ['gb'])).toEqual([
      ['gb', 'unpriced-usage', 0n, 50n],
    ])
    expect(uncovered([on([phase(0n, null, 'none')])])).toEqual([['calls', 'unpriced-usage', 0n, 100n]])
  })

  it('is covered by an add-on that prices it, for as long as it is there', () => {
    const with30to60 = (priceId: string | null) => {
      const addOn = { planVersionId: 'calls', priceId, stretches: [{ quantity: 1n, from: 30n, to: 60n }] }
      return on([phase(0n, null, 'fees')], { addOns: [addOn] as never })
    }
    expect(uncovered([with30to60(null)])).toEqual([
      ['calls', 'unpriced-usage', 0n, 30n],
      ['calls', 'unpriced-usage', 60n, 100n],
    ])
    expect(uncovered([with30to60('another price')])).toEqual([['calls', 'unpriced-usage', 0n, 100n]])
  })

  it('begins where a subscription ended, whatever its phases say', () => {
    const phases = [phase(0n, 60n, 'calls'), phase(60n, null, 'calls')]
    expect(uncovered([on(phases, { endedAt: 40n })])).toEqual([['calls', 'no-subscription', 40n, 100n]])
    expect(uncovered([on(phases, { endedAt: 80n })])).toEqual([['calls', 'no-subscription', 80n, 100n]])
    expect(uncovered([on([phase(0n, 30n, 'calls')], { endedAt: 80n })])).toEqual([
      ['calls', 'no-subscription', 30n, 100n],
    ])
  })
})
