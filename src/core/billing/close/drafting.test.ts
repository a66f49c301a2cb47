import { describe, expect, it } from 'vitest'
import type { Metric, Price } from '#shared/contract/billing/catalog.ts'
import type {
  BilledLine,
  BilledSubscription,
  CustomerFacts,
  VersionFacts,
} from '#shared/contract/billing/close-facts.ts'
import { day } from '../testing/catalogue-kit.ts'
import { billedItems } from './billed-items.ts'
import { createDrafting } from './drafting.ts'

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const RUN = id(1)
const CALLS: Metric = {
  ...{ id: id(2), key: 'calls', name: 'Calls', unit: '', scale: 0, aggregation: 'sum' },
  ...{ excess: 'refuse', groupBy: [], active: true },
  ...{ property: null, rounding: null, carries: false },
}

const price = (n: number, currency: string): Price => ({
  ...{ id: id(n), key: 'calls', name: 'Calls', metricId: CALLS.id, currency, minimum: null, maximum: null },
  ...{ charge: { model: 'standard', unit: '1', free: '0' }, due: 'arrears', proration: 'second' },
})
const VERSIONS: VersionFacts[] = [
  { planVersionId: id(10), planId: id(100), planName: 'Here', prices: [price(20, 'USD')] },
  { planVersionId: id(11), planId: id(110), planName: 'There', prices: [price(21, 'EUR')] },
  { planVersionId: id(12), planId: id(120), planName: 'Before', prices: [price(22, 'USD')] },
]

function subscription(n: number, version: number, more: Partial<BilledSubscription> = {}) {
  const from = day('2026-08-01')
  return {
    ...{ id: id(n), currency: 'USD', interval: 'month', alignment: 'calendar', anchorAt: from },
    ...{ billFrom: from, endedAt: null, addOns: [], keepsPaid: false },
    cadences: [{ ordinal: 0, interval: 'month', alignment: 'calendar', anchorAt: from, from }],
    phases: [{ id: id(n + 100), planVersionId: id(version), quantity: 1n, kind: 'active', from, to: null }],
    ...more,
  } as BilledSubscription
}

const customer = (more: Partial<CustomerFacts>): CustomerFacts => ({
  ...{ customerId: id(3), key: 'acme', name: 'Acme', zone: 'UTC', taxRate: null, closedUntil: null },
  ...{ rerateFrom: null, marks: 0n, subscriptions: [], metricIds: [], earlier: [], open: [] },
  ...more,
})

/** Drafts of October, where every item comes to seven calls. */
async function october(one: CustomerFacts) {
  const drafting = createDrafting({
    ...{ runId: RUN, period: '2026-10', taxRate: '0' },
    prices: async ids => ({
      versions: VERSIONS.filter(version => ids.includes(version.planVersionId)),
      metrics: [CALLS],
    }),
    quantities: async requests => ({ quantities: requests.map(() => ({ quantity: 7n, events: 1 })) }),
    billed: async () => ({ lines: [] }),
  })
  const [result] = drafting.rate(await drafting.load([one]))
  return result!
}
const shown = (result: Awaited<ReturnType<typeof october>>) =>
  result.drafts.map(({ invoice }) => `${invoice.currency} ${invoice.plan}: ${invoice.net}`).sort()

describe('drafts of a customer', () => {
  it('are one for each currency, each under the plans of its own subscriptions', async () => {
    const subscriptions = [subscription(30, 10), subscription(31, 11, { currency: 'EUR' })]
    const closedUntil = day('2026-10-01')
    expect(shown(await october(customer({ subscriptions, closedUntil })))).toEqual([
      'EUR There: 700',
      'USD Here: 700',
    ])
  })

  it('have no plan of a subscription that ended in a month before, though its late usage is on them', async () => {
    const ended = subscription(32, 12, { endedAt: day('2026-10-01') })
    const facts = customer({
      subscriptions: [subscription(30, 10), ended],
      ...{ closedUntil: day('2026-10-01'), rerateFrom: day('2026-09-01') },
    })
    // September and October of the one, September of the other.
    expect(shown(await october(facts))).toEqual(['USD Here: 2100'])
  })

  it('are none where a plan is not known, and the usage under it is told', async () => {
    const facts = customer({ subscriptions: [subscription(33, 99)], metricIds: [CALLS.id] })
    const { drafts, problems } = await october(facts)
    expect(drafts).toEqual([])
    expect(problems.map(one => [one.code, one.detail])).toContainEqual(['unpriced-usage', 'Calls: 7'])
  })

  it('are told of usage of a metric that was taken back by its id', async () => {
    const { problems } = await october(customer({ metricIds: [id(98)] }))
    expect(problems.map(one => [one.code, one.detail])).toEqual([['no-subscription', `${id(98)}: 7`]])
  })
})

describe('what was billed for an item', () => {
  const line = (ordinal: bigint, amount: bigint, stands: boolean): BilledLine => ({
    ...{
      item: 'i',
      ordinal,
      stands,
      amount,
      tax: amount / 10n,
      taxRate: '0.1',
      taxBasis: null,
      quantity: amount,
      scale: 0n,
    },
    ...{ service: { from: 0n, to: 1n }, subscriptionId: id(30), priceId: id(20), priceKey: 'calls' },
    ...{ name: 'Calls', metricId: CALLS.id, unit: '', currency: 'USD' },
  })

  it('is what stands; of a void line the number is taken', () => {
    const items = billedItems([line(0n, 100n, true), line(1n, 500n, false), line(2n, -30n, true)])
    expect(items.get(id(30))!.get('i')).toMatchObject({ lines: 3, amount: 70n, tax: 7n, quantity: 70n })
    const taken = billedItems([line(0n, 500n, false)])
      .get(id(30))!
      .get('i')
    expect(taken).toMatchObject({ lines: 1, amount: 0n, tax: 0n, quantity: 0n })
  })
})
