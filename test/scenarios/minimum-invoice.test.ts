import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '#core/billing/testing/close-kit.ts'
import { issueMonth } from '#core/billing/testing/payment-kit.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'

const { billing, workspace } = contract

describe('a customer whose months come to something at least', () => {
  let t: TestCore
  beforeEach(async () => {
    t = await testCore('sqlite')
  })
  afterEach(() => t.close())

  const undo = async (command: string) => {
    const { entries } = await t.core.call(workspace.log.list, { limit: 20 }, t.admin)
    const { commandId } = entries.find(one => one.command === command && one.undoneBy === null)!
    return t.core.call(workspace.log.undo, { commandId }, t.admin)
  }

  it('is topped up by a line that says why, once, and given back what late usage reached', async () => {
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-01' })
    const customerId = customer.id
    const set = (minimum: bigint | null) =>
      t.core.call(billing.arrangement.set, { customerId, minimum }, t.admin)
    await t.core.call(workspace.settings.set, { name: 'workspace.currency', value: 'USD' }, t.admin)
    await t.core.call(workspace.settings.set, { name: 'billing.minimumInvoice', value: 120 }, t.admin)
    const get = () => t.core.call(billing.arrangement.get, { customerId }, t.admin)
    expect(await get()).toMatchObject({ minimum: null, least: { amount: 12_000n, of: 'workspace' } })
    await set(0n)
    expect(await get()).toMatchObject({ minimum: 0n, least: null })
    await set(15_000n)
    expect(await get()).toMatchObject({ minimum: 15_000n, least: { amount: 15_000n, of: 'customer' } })

    // Fees of August and September, 200.00: nothing is lacking to 150.00.
    await closeMonth(t, '2026-08')
    expect(await invoicesOf(t, '2026-08')).toMatchObject([{ net: 20_000n, lines: 1 + 1 }])
    await issueMonth(t, '2026-08')

    // The fee of October, 100.00: 50.00 are lacking. Tax 8 % of both: 8.00 + 4.00.
    const dry = await closeMonth(t, '2026-09', { dryRun: true })
    expect(dry.report!.totals).toMatchObject([{ net: 15_000n, tax: 1200n }])
    await closeMonth(t, '2026-09')
    const [september] = await invoicesOf(t, '2026-09')
    expect(september).toMatchObject({ net: 15_000n, tax: 1200n, total: 16_200n })
    expect(september!.text).toEqual(['fee Base fee 1 = 10000', 'fee Minimum invoice 0 = 5000'])
    const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: september!.id }, t.admin)
    const why = await t.core.call(billing.invoice.explain, { lineId: lineItems[1]!.id }, t.admin)
    expect(why.steps).toEqual([
      { step: 'minimum-invoice', contract: '', minimum: '150.00', net: '100.00', amount: '50.00' },
    ])
    await closeMonth(t, '2026-09')
    expect((await invoicesOf(t, '2026-09'))[0]).toMatchObject({ digest: september!.digest })

    // Work of 30.00 on the draft: of the 50.00 that were lacking 20.00 are left; of 60.00 nothing.
    const onDraft = { invoiceId: september!.id, customerId, name: 'Training' }
    const add = (unitPrice: string) => t.core.call(billing.oneOff.add, { ...onDraft, unitPrice }, t.admin)
    const training = await add('30')
    expect((await invoicesOf(t, '2026-09'))[0]).toMatchObject({ net: 15_000n })
    const more = await add('30')
    expect((await invoicesOf(t, '2026-09'))[0]).toMatchObject({ net: 16_000n })
    for (const { id } of [training, more]) await t.core.call(billing.oneOff.remove, { oneOffId: id }, t.admin)
    expect((await invoicesOf(t, '2026-09'))[0]).toMatchObject({ net: 15_000n, text: september!.text })

    // 400 calls came in late, 300 of them at 0.10: 130.00 with the fee, so 20.00 are lacking, and 30.00 come back.
    await use(t, 'acme', 'calls', '2026-09-20', '400')
    await closeMonth(t, '2026-09')
    const [late] = await invoicesOf(t, '2026-09')
    expect(late).toMatchObject({ id: september!.id, net: 15_000n, tax: 1200n })
    expect(late!.text.slice(2)).toEqual(
      ['usage calls 400 = 3000', 'credit Minimum invoice 0 = -3000'].map(one =>
        expect.stringMatching(new RegExp(one.replace('usage calls', 'usage .*'))),
      ),
    )
    await issueMonth(t, '2026-09')

    // Without one of its own it is the workspace's: 120.00.
    await set(null)
    await closeMonth(t, '2026-10')
    expect(await invoicesOf(t, '2026-10')).toMatchObject([{ net: 12_000n }])
    await undo('billing.arrangement.set')
    expect(await get()).toMatchObject({ minimum: 15_000n })
    await expect(set(-1n)).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
  })
})
