import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkPlan } from '#engines/billing/check-price.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type DemoCompany, demoCompany } from '../company.ts'
import { firstDay, monthPlus } from '../days.ts'
import { type DemoBilling, demoBilling } from './billing.ts'
import { knownAt } from './known.ts'
import { lateBatch } from './late-batch.ts'
import { CURRENCIES, DEMO_METRICS, demoPriceList } from './price-list.ts'
import { billingSpan } from './span.ts'
import { type DemoUsage, demoUsage } from './usage-events.ts'

const DAY = 86_400_000

function digest(company: DemoCompany): string {
  const billing = demoBilling(company)
  const usage = demoUsage(company, billing)
  const hash = createHash('sha256')
  for (const part of [demoPriceList(), [...billing.subscriptions], [...billing.profiles], [...billing.cast]])
    hash.update(canonicalJson(part))
  for (const { ids, series, quantities, at } of [usage.events, usage.late])
    hash.update(ids.join()).update(series).update(quantities).update(at)
  return hash.update(lateBatch(usage, billing.span).text).digest('hex')
}

let company: DemoCompany
let billing: DemoBilling
let usage: DemoUsage
beforeAll(() => {
  company = demoCompany('quarterdeck', '2026-11', 20)
  billing = demoBilling(company)
  usage = demoUsage(company, billing)
})

describe('the demo’s billing', () => {
  it('is the same again, byte for byte, and another for another seed', () => {
    const first = digest(company)
    expect(digest(demoCompany('quarterdeck', '2026-11', 20))).toBe(first)
    expect(digest(demoCompany('other', '2026-11', 20))).not.toBe(first)
  })

  it('closes the month before the last that is over, and leaves that open', () => {
    expect(billing.span).toMatchObject({ open: '2026-10' })
    expect(billing.span.closed.length).toBe(17)
    expect(billing.span.closed.at(-1)).toBe('2026-09')
    expect(billingSpan(demoCompany('quarterdeck', '2026-11')).open).toBe('2026-11')
  })

  it('lists prices that can be rated, for every plan, metric and currency', () => {
    const known = new Map(DEMO_METRICS.map(({ key }) => [key, { key, active: true }]))
    const versions = demoPriceList()
    expect(versions.map(one => `${one.plan}/${one.number}`)).toEqual([
      ...['free/1', 'starter/1', 'starter/2', 'professional/1', 'professional/2'],
      ...['enterprise/1', 'enterprise/2'],
    ])
    for (const { plan, prices, entitlements } of versions) {
      const drafts = prices.map(({ metric, ...price }) => ({ ...price, metricId: metric }))
      expect(checkPlan({ prices: drafts, entitlements }, known)).toEqual([])
      for (const currency of CURRENCIES) {
        const own = prices.filter(price => price.currency === currency)
        expect(own.filter(price => price.metric !== null).length).toBe(DEMO_METRICS.length)
        expect(own.length - DEMO_METRICS.length).toBe(plan === 'free' ? 0 : 1)
      }
    }
  })

  it('has phases without gaps, from signing up to leaving, that end on the plan of the customer’s tier', () => {
    for (const customer of company.customers) {
      const { phases, startedAt, endedAt } = billing.subscriptions.get(customer.key)!
      expect(phases[0]!.from).toBe(startedAt)
      for (const [index, phase] of phases.entries()) {
        expect(phase.to).toBe(phases[index + 1]?.from ?? endedAt)
        if (phase.to !== null) expect(phase.to).toBeGreaterThan(phase.from)
      }
      expect(phases.at(-1)!.plan).toBe(customer.tier)
      expect(Math.abs(Number(startedAt) / DAY - customer.signupDay)).toBeLessThan(1.5)
      expect(endedAt === null).toBe(customer.churnDay === null)
    }
    const all = [...billing.subscriptions.values()]
    const some = (kind: string) => all.filter(one => one.phases.some(phase => phase.kind === kind)).length
    expect(some('trial')).toBeGreaterThan(30)
    expect(some('paused')).toBeGreaterThan(4)
    const moved = all.filter(one => new Set(one.phases.map(phase => phase.plan)).size > 1)
    expect(moved.length).toBeGreaterThan(15)
  })

  it('measures all metrics, only while somebody is subscribed, and ids once', () => {
    const { series, events } = usage
    expect(new Set(series.map(one => one.metric)).size).toBe(8)
    expect(new Set([...events.ids, ...usage.late.ids]).size).toBe(events.ids.length + usage.late.ids.length)
    let outside = 0
    for (let i = 0; i < events.ids.length; i++) {
      const { startedAt, endedAt } = billing.subscriptions.get(series[events.series[i]!]!.customer)!
      const at = events.at[i]!
      if (at < startedAt || (endedAt !== null && at >= endedAt)) outside++
      if (at >= BigInt(billing.span.until * DAY) || events.quantities[i]! <= 0n) outside++
    }
    expect(outside).toBe(0)
    expect(events.ids.length).toBeGreaterThan(100_000)
    expect(events.ids.length).toBeLessThan(250_000)
  })

  it('follows the week: a Saturday sees less than half of a Wednesday', () => {
    const { series, events } = usage
    const days = [0, 0, 0, 0, 0, 0, 0]
    const from = firstDay('2026-10') * DAY
    for (let i = 0; i < events.ids.length; i++) {
      if (Number(events.at[i]!) < from || series[events.series[i]!]!.metric !== 'api-calls') continue
      // By the date in the customer's zone the evening of one may be the next in UTC: look at Europe only.
      const customer = company.customers.find(one => one.key === series[events.series[i]!]!.customer)!
      if (!customer.timeZone.startsWith('Europe/')) continue
      days[new Date(Number(events.at[i]!)).getUTCDay()]! += Number(events.quantities[i]!)
    }
    expect(days[6]!).toBeLessThan(days[3]! / 2)
    expect(days[6]!).toBeGreaterThan(0)
  })

  it('lets one customer call four times as often in the open month, and one begin with model tokens', () => {
    const sumOf = (part: string, metric: string, month: string) => {
      const key = [...billing.cast].find(([, own]) => own === part)![0]
      const { series, events } = usage
      let sum = 0n
      for (let i = 0; i < events.ids.length; i++) {
        const one = series[events.series[i]!]!
        if (one.customer !== key || one.metric !== metric) continue
        if (new Date(Number(events.at[i]!)).toISOString().startsWith(month)) sum += events.quantities[i]!
      }
      return Number(sum)
    }
    const ratio = sumOf('jump', 'api-calls', '2026-10') / sumOf('jump', 'api-calls', '2026-09')
    expect(ratio).toBeGreaterThan(3.4)
    expect(ratio).toBeLessThan(4.8)
    expect(sumOf('new-metric', 'model-tokens', '2026-09')).toBe(0)
    expect(sumOf('new-metric', 'model-tokens', '2026-10')).toBeGreaterThan(10_000_000)
  })

  it('holds back four days of the last closed month for six customers', () => {
    const { late, series } = usage
    expect(new Set([...late.series].map(place => series[place]!.customer)).size).toBe(6)
    const { fileName, text } = lateBatch(usage, billing.span)
    expect(fileName).toBe(`usage-late-eu-${monthPlus(billing.span.open, -1)}.csv`)
    const [header, ...rows] = text.trimEnd().split('\n')
    expect(header).toBe('id,customer,metric,quantity,at')
    expect(rows.length).toBe(late.ids.length)
    const days = new Set(rows.map(row => row.split(',')[4]!.slice(0, 10)))
    expect([...days].sort()).toEqual(['2026-09-24', '2026-09-25', '2026-09-26', '2026-09-27'])
  })
})

describe('what was known when a month was over', () => {
  const phase = (
    kind: 'trial' | 'active' | 'paused',
    planVersionId: string,
    from: bigint,
    to: bigint | null,
  ) => ({
    ...{ id: '', quantity: 1n, kind, planVersionId, from, to },
  })

  it('is neither a later change nor a later end', () => {
    const subscription = {
      endedAt: 30n,
      phases: [phase('active', 'a', 0n, 15n), phase('active', 'b', 15n, 30n)],
    }
    expect(knownAt(subscription, 10n)).toEqual({ endedAt: null, phases: [phase('active', 'a', 0n, null)] })
    expect(knownAt(subscription, 20n)?.phases).toEqual([
      phase('active', 'a', 0n, 15n),
      phase('active', 'b', 15n, null),
    ])
    expect(knownAt(subscription, 30n)).toBe(subscription)
  })

  it('is how a trial goes on, and a price list that holds from then on, and not a pause that begins then', () => {
    const trial = { endedAt: null, phases: [phase('trial', 'a', 0n, 15n), phase('active', 'a', 15n, null)] }
    expect(knownAt(trial, 10n)).toEqual(trial)
    const listed = { endedAt: null, phases: [phase('active', 'a', 0n, 10n), phase('active', 'b', 10n, null)] }
    expect(knownAt(listed, 10n)).toEqual(listed)
    const paused = { endedAt: null, phases: [phase('active', 'a', 0n, 10n), phase('paused', 'a', 10n, null)] }
    expect(knownAt(paused, 10n)?.phases).toEqual([phase('active', 'a', 0n, null)])
    expect(knownAt(trial, 0n)).toBeNull()
  })
})
