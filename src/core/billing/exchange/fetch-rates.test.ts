import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWeb } from '#serving/ask-web.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { type WebServer, webServer } from '#test/kit/web-server.ts'

const { exchange: leaf } = contract.billing
const { settings } = contract.workspace

/** A publication of the bank: for each day its rates of one euro. */
const published = (...days: [string, Record<string, string>][]) =>
  `<?xml version="1.0"?><gesmes:Envelope><Cube>${days
    .map(
      ([day, rates]) =>
        `<Cube time='${day}'>${Object.entries(rates)
          .map(([currency, rate]) => `<Cube currency='${currency}' rate='${rate}'/>`)
          .join('')}</Cube>`,
    )
    .join('\n')}</Cube></gesmes:Envelope>`

// The clock stands on Saturday, 21 November 2026, 9:00 UTC: the bank published last on Friday the 20th.
describe.each(DATABASES)('rates of the European Central Bank (%s)', database => {
  let t: TestCore
  let bank: WebServer
  /** How long an answer is waited for: long, where it is not the point. */
  const patience = { limit: 20_000 }
  beforeEach(async () => {
    bank = await webServer()
    t = await testCore(database, { web: createWeb({ QUARTERDECK_ECB_URL: bank.url }, patience) })
  })
  afterEach(async () => {
    await t.close()
    await bank.close()
  })

  const allow = () => t.core.call(settings.set, { name: 'billing.fetchRates', value: true } as never, t.admin)
  const state = () => t.core.call(leaf.fetches, {}, t.admin)
  const fetch = async () => {
    t.clock.advance(1)
    await t.core.call(leaf.fetch, {}, t.admin)
    await t.core.background.idle()
    return state()
  }
  const list = async () =>
    (await t.core.call(leaf.list, {}, t.admin)).rates.map(one => `${one.day} ${one.quote} ${one.rate}`)

  it('billing.exchange.fetch: nothing leaves before it is allowed', async () => {
    await expect(t.core.call(leaf.fetch, {}, t.admin)).rejects.toMatchObject({ code: 'BILLING_OUTSIDE_OFF' })
    expect(await state()).toMatchObject({ service: 'off', expected: '2026-11-20', latest: null, missing: [] })
    expect(bank.taken).toEqual([])
  })

  it('billing.exchange.fetched: what is there stays, and it says what differs', async () => {
    await allow()
    const hand = { base: 'EUR', quote: 'USD', day: '2026-11-20', rate: '1.2', source: 'Contract' }
    await t.core.call(leaf.set, hand, t.admin)
    bank.manners.text = published(['2026-11-20', { USD: '1.1', JPY: '165', XXQ: '3' }])
    const found = await fetch()
    expect(bank.taken[0]!.path).toBe('/eurofxref-daily.xml')
    expect(found).toMatchObject({ latest: '2026-11-20', missing: [] })
    expect(found.fetches[0]).toMatchObject({
      // The currency that nobody knows is no rate.
      ...{ state: 'done', added: 1, there: 1, problems: 1, latest: '2026-11-20' },
      differing: [{ offered: { quote: 'USD', rate: '1.1' }, kept: { rate: '1.2', source: 'Contract' } }],
    })
    expect(await list()).toEqual(['2026-11-20 JPY 165', '2026-11-20 USD 1.2'])
    // The same again changes nothing.
    expect((await fetch()).fetches[0]).toMatchObject({ added: 0, there: 2 })
  })

  it('billing.exchange.fetchMissing: late, missing and doubled days', async () => {
    await allow()
    // Thursday's publication was not replaced yet: Friday's is late.
    bank.manners.text = published(['2026-11-19', { USD: '1.1' }])
    expect(await fetch()).toMatchObject({ latest: '2026-11-19', missing: ['2026-11-20'] })
    // Next Tuesday at 16:35 in Frankfurt, 15:35 UTC, three days are missing: the file of ninety days is asked for.
    bank.manners.text = published(
      ['2026-11-24', { USD: '1.3' }],
      ['2026-11-23', { USD: '1.25' }],
      ['2026-11-23', { USD: '1.26' }],
      ['2026-11-20', { USD: '1.2' }],
    )
    const before = bank.taken.length
    t.clock.advance(Date.UTC(2026, 10, 24, 15, 36) - Number(t.clock.now()))
    t.core.schedules.wake()
    await expect.poll(() => bank.taken.length, PATIENTLY).toBe(before + 1)
    await t.core.background.idle()
    expect(bank.taken.at(-1)!.path).toBe('/eurofxref-hist-90d.xml')
    expect(await state()).toMatchObject({ latest: '2026-11-24', missing: [] })
    expect((await state()).fetches[0]).toMatchObject({ state: 'done', added: 3, problems: 1 })
    expect(await list()).toContain('2026-11-23 USD 1.25')
    // All is there: the next hour asks for nothing.
    t.clock.advance(3_600_000)
    t.core.schedules.wake()
    await t.core.schedules.idle()
    await t.core.background.idle()
    expect(bank.taken).toHaveLength(before + 1)
  })

  it('billing.exchange.fetched: pages, errors and silence are no rates', async () => {
    await allow()
    const reason = async () => (await fetch()).fetches[0]!.reason
    bank.manners.text = '<html>Cube</html>'
    expect(await reason()).toBe('answer')
    bank.manners.status = 503
    expect(await reason()).toBe('status')
    bank.manners.status = 200
    bank.manners.text = 'x'.repeat(2 * 1024 * 1024 + 1)
    expect(await reason()).toBe('too-long')
    bank.manners.drop = true
    expect(await reason()).toBe('network')
    bank.manners.drop = false
    bank.manners.silent = true
    patience.limit = 100
    expect(await reason()).toBe('slow')
    bank.manners.silent = false
    patience.limit = 20_000
    // A day that is to come is nobody's rate.
    bank.manners.text = published(['2027-01-04', { USD: '1.1' }])
    expect((await fetch()).fetches[0]).toMatchObject({ state: 'done', added: 0, problems: 1 })
    expect(await list()).toEqual([])
  })
})
