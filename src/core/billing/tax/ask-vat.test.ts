import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWeb } from '#serving/ask-web.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { type WebServer, webServer } from '#test/kit/web-server.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'

const { tax: leaf, customer } = contract.billing
const { settings } = contract.workspace
const HOUR = 3_600_000

describe.each(DATABASES)('asking VIES (%s)', database => {
  let t: TestCore
  let vies: WebServer
  /** How long an answer is waited for: long, where it is not the point. */
  const patience = { limit: 20_000 }
  let world: Awaited<ReturnType<typeof closeWorld>>
  beforeEach(async () => {
    vies = await webServer()
    const web = createWeb({ QUARTERDECK_VIES_URL: vies.url }, patience)
    t = await testCore(database, { web })
    world = await closeWorld(t)
    await set('billing.country', 'DE')
    await set('billing.taxId', 'DE136695976')
  })
  afterEach(async () => {
    await t.close()
    await vies.close()
  })

  const set = (name: string, value: unknown) => t.core.call(settings.set, { name, value } as never, t.admin)
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) =>
        `${error.code} ${error.data.reason ?? ''}`.trim(),
    )
  async function buyer(key: string, country: string, taxId: string) {
    const { customer: made } = await subscribed(t, key, world.pro.planId, { from: '2026-09-01' })
    const { profile, name, email, currency, zone } = await t.core.call(
      customer.get,
      { customerId: made.id },
      t.admin,
    )
    const changed = { ...profile, taxId }
    const input = { customerId: made.id, name, email, currency, zone, country, profile: changed }
    await t.core.call(customer.edit, input as never, t.admin)
    return made.id
  }
  const ask = async (customerId: string) => {
    await t.core.call(leaf.askVat, { customerId }, t.admin)
    await t.core.background.idle()
    return of(customerId)
  }
  const of = (customerId: string) => t.core.call(leaf.customer, { customerId }, t.admin)
  const says = (more: object) => {
    vies.manners.text = JSON.stringify({ countryCode: 'FR', vatNumber: '40303265045', ...more })
  }
  const SYSTEM = { person: null, device: 'test', assurance: 'system', system: true } as const
  /** Hours go by, and the look that the schedule has each hour is had at their end. */
  const hours = async (count: number) => {
    t.clock.advance(count * HOUR)
    await t.core.call(leaf.askVatDue, { limit: 60 }, SYSTEM)
    await t.core.background.idle()
  }

  it('billing.tax.askVat: nothing leaves before it is allowed', async () => {
    const lyon = await buyer('lyon', 'FR', 'FR40303265045')
    expect(await code(t.core.call(leaf.askVat, { customerId: lyon }, t.admin))).toBe('BILLING_OUTSIDE_OFF')
    expect(await of(lyon)).toMatchObject({ service: 'off', question: null })
    await hours(2)
    expect(vies.taken).toEqual([])
  })

  it('billing.tax.askVat: valid, with the consultation number as evidence', async () => {
    await set('billing.askVies', true)
    const lyon = await buyer('lyon', 'FR', 'FR 40 303 265 045')
    says({ valid: true, name: 'SA SODIMAS', address: '---', requestIdentifier: 'WAPIAAA1' })
    const found = await ask(lyon)
    expect(found).toMatchObject({ vat: { state: 'valid', counts: true }, question: null, service: 'ready' })
    expect(found.checks).toHaveLength(1)
    expect(found.checks[0]).toMatchObject({
      ...{ way: 'service', state: 'valid', number: 'FR40303265045' },
      answer: {
        ...{ name: 'SA SODIMAS', consultation: 'WAPIAAA1', requester: 'DE136695976' },
        source: `${vies.url}/check-vat-number`,
      },
    })
    expect(JSON.parse(vies.taken[0]!.body)).toEqual({
      ...{ countryCode: 'FR', vatNumber: '40303265045' },
      ...{ requesterMemberStateCode: 'DE', requesterNumber: '136695976' },
    })
    expect(vies.taken[0]!.path).toBe('/check-vat-number')
  })

  it('billing.tax.askVat: says what is wrong with a number instead of asking for it', async () => {
    await set('billing.askVies', true)
    // 40303265045 with one digit changed: its check digits do not fit.
    const digit = await buyer('digit', 'FR', 'FR40303265046')
    expect(await code(t.core.call(leaf.askVat, { customerId: digit }, t.admin))).toBe(
      'BILLING_VAT_NUMBER_BAD digit',
    )
    expect((await of(digit)).vat).toMatchObject({ state: 'bad-form', fault: 'digit' })
    const short = await buyer('short', 'FR', 'FR403')
    expect((await of(short)).vat).toMatchObject({ state: 'bad-form', fault: 'form' })
    const london = await buyer('london', 'GB', 'GB980780684')
    expect(await code(t.core.call(leaf.askVat, { customerId: london }, t.admin))).toBe(
      'BILLING_VAT_NO_SERVICE',
    )
    expect((await of(london)).service).toBe('no-service')
    expect(vies.taken).toEqual([])
  })

  it('billing.tax.vatAnswered: pages, errors, silence and lies say nothing of a number, and it is asked again', async () => {
    await set('billing.askVies', true)
    const lyon = await buyer('lyon', 'FR', 'FR40303265045')
    vies.manners.text = '<html>Maintenance</html>'
    expect(await ask(lyon)).toMatchObject({
      vat: { state: 'not-reached', counts: false },
      question: { state: 'waiting', tries: 1, reason: 'answer', nextAt: t.clock.now() + BigInt(HOUR) },
    })
    vies.manners.status = 503
    await hours(2)
    expect((await of(lyon)).question).toMatchObject({ tries: 2, reason: 'status' })
    // After the second time in vain two hours pass: one hour is not enough.
    vies.manners.status = 200
    vies.manners.silent = true
    patience.limit = 100
    await hours(1)
    expect((await of(lyon)).question).toMatchObject({ tries: 2 })
    await hours(2)
    expect((await of(lyon)).question).toMatchObject({ tries: 3, reason: 'slow' })
    vies.manners.silent = false
    patience.limit = 20_000
    vies.manners.drop = true
    expect((await ask(lyon)).question).toMatchObject({ tries: 1, reason: 'network' })
    vies.manners.drop = false
    says({ vatNumber: '83404833048', valid: true })
    expect((await ask(lyon)).question).toMatchObject({ reason: 'other-number' })
    says({ valid: false })
    await hours(2)
    expect(await of(lyon)).toMatchObject({ vat: { state: 'invalid', counts: false }, question: null })
    // That it was not reached then says nothing against an answer from before.
    vies.manners.status = 500
    expect((await ask(lyon)).vat.state).toBe('invalid')
  })

  it('billing.tax.askVatDue: asks for new numbers, and again when an answer is old', async () => {
    await set('billing.askVies', true)
    const lyon = await buyer('lyon', 'FR', 'FR40303265045')
    says({ valid: true })
    await ask(lyon)
    await buyer('nice', 'FR', 'FR83404833048')
    // The first question gave the workspace the hourly look.
    t.clock.advance(HOUR)
    t.core.schedules.wake()
    await expect.poll(() => vies.taken.length, PATIENTLY).toBe(2)
    await t.core.background.idle()
    expect(vies.taken.map(one => JSON.parse(one.body).vatNumber)).toEqual(['40303265045', '83404833048'])
    await t.core.call(leaf.noteVatCheck, { customerId: lyon, state: 'valid', note: 'Asked' }, t.admin)
    const ofLyon = () => vies.taken.filter(one => JSON.parse(one.body).vatNumber === '40303265045').length
    await hours(89 * 24)
    expect(ofLyon()).toBe(1)
    await hours(24)
    expect(ofLyon()).toBe(2)
  })

  /** Both fees of the draft are without tax by the form of the number alone: a doubt, until VIES confirms it. */
  it('a draft without tax because of a number that nobody confirmed is in doubt', async () => {
    await set('billing.vatProof', 'form')
    const rule = { name: 'VAT', country: 'DE', category: 'standard', kind: 'standard', rate: '0.19' }
    const from = { validFrom: '2020-01-01', source: 'Law' }
    await t.core.call(leaf.addRule, { ...rule, ...from } as never, t.admin)
    const lyon = await buyer('lyon', 'FR', 'FR40303265045')
    await closeMonth(t, '2026-09')
    const doubts = async () =>
      (await invoicesOf(t, '2026-09'))[0]!.doubts.map(doubt => `${doubt.code} ${doubt.about ?? ''}`.trim())
    expect(await doubts()).toContain('vat-unconfirmed FR40303265045')
    await set('billing.askVies', true)
    says({ valid: true })
    await ask(lyon)
    expect(await doubts()).not.toContain('vat-unconfirmed FR40303265045')
    says({ valid: false })
    await ask(lyon)
    expect(await doubts()).toContain('vat-unconfirmed FR40303265045')
    await t.core.call(leaf.noteVatCheck, { customerId: lyon, state: 'valid', note: 'Letter' }, t.admin)
    expect(await doubts()).not.toContain('vat-unconfirmed FR40303265045')
  })
})

describe('a host without a network', () => {
  it('billing.tax.askVat: says so', async () => {
    const t = await testCore('sqlite')
    const world = await closeWorld(t)
    await t.core.call(settings.set, { name: 'billing.askVies', value: true } as never, t.admin)
    const { customer: made } = await subscribed(t, 'lyon', world.pro.planId, { from: '2026-09-01' })
    await expect(t.core.call(leaf.askVat, { customerId: made.id }, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_OUTSIDE_NONE' },
    })
    await t.close()
  })
})
