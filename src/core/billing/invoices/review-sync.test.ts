import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Core, createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import {
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { dump } from '#test/kit/sync-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed } from '../testing/close-kit.ts'

const { invoice } = contract.billing
const CUSTOMERS = 2

interface Desk {
  readonly core: Core
  readonly store: Store
  close(): Promise<void>
}

async function connectedDesk(number: number): Promise<Desk> {
  const clock = testClock()
  const { store, remove } = await testStore('sqlite', clock)
  await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock, timer: clock, newId: testIds(clock, number), log: () => {} },
    services: testServices(),
  })
  await core.start()
  return {
    core,
    store,
    async close() {
      await core.close()
      await remove()
    },
  }
}

const round = ({ core }: Desk, server: TestCore, id: string) =>
  core
    .connect(server.core.serveDesk({ id, people: [server.admin.person!], key: null, revoked: false }))
    .round()

/** What all machines have to agree on. Documents are made by the authority, from effects that stay there. */
async function billingOf(store: Store) {
  const { invoices, invoice_lines, invoice_history, invoice_summaries, number_series, comments } =
    await store.read(WORKSPACE, dump)
  return { invoices, invoice_lines, invoice_history, invoice_summaries, number_series, comments }
}

type What = 'approve' | 'unapprove' | 'hold' | 'release' | 'sendBack' | 'assign' | 'issue'
interface Step {
  readonly where: 'server' | 'ada' | 'bob' | 'round ada' | 'round bob'
  readonly what: What
  readonly which: number
}

async function give(core: Core, caller: Caller, what: What, one: { id: string; digest: string }) {
  const { id: invoiceId, digest } = one
  const call = {
    approve: () => core.call(invoice.approve, { invoiceId, digest }, caller),
    unapprove: () => core.call(invoice.unapprove, { invoiceId }, caller),
    hold: () => core.call(invoice.hold, { invoiceId, note: `by ${caller.device}` }, caller),
    release: () => core.call(invoice.release, { invoiceId }, caller),
    sendBack: () => core.call(invoice.sendBack, { invoiceId, comment: `look, ${caller.device}` }, caller),
    assign: () => core.call(invoice.assign, { invoiceId, personId: caller.person }, caller),
    issue: () => core.call(invoice.issue, { invoiceId, digest }, caller),
  }[what]
  // A refusal here is an answer; what the authority makes of it is compared below.
  await call().catch(error => {
    if (typeof (error as { code?: unknown }).code !== 'string') throw error
  })
}

describe('a review without a network', () => {
  it('rewinding and replaying equals having waited, and the authority has the last word', async () => {
    let issued = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record<Step>({
            where: fc.constantFrom('server', 'ada', 'bob', 'round ada', 'round bob'),
            what: fc.constantFrom(
              'approve',
              'approve',
              'unapprove',
              'hold',
              'release',
              'sendBack',
              'assign',
              'issue',
              'issue',
            ),
            which: fc.nat({ max: CUSTOMERS - 1 }),
          }),
          { minLength: 12, maxLength: 30 },
        ),
        async steps => {
          const server = await testCore('sqlite')
          const { pro } = await closeWorld(server)
          for (let n = 0; n < CUSTOMERS; n++)
            await subscribed(server, `c${n}`, pro.planId, { from: '2026-10-01' })
          await closeMonth(server, '2026-10')
          await server.store.write(WORKSPACE, 'person', async tx => {
            await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
          })
          await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
          const drafts = await invoicesOf(server, '2026-10')
          const desks = { ada: await connectedDesk(3), bob: await connectedDesk(4) }
          try {
            for (const [name, desk] of Object.entries(desks)) await round(desk, server, name)
            for (const { where, what, which } of steps) {
              if (where === 'round ada') await round(desks.ada, server, 'ada')
              else if (where === 'round bob') await round(desks.bob, server, 'bob')
              else {
                const core = where === 'server' ? server.core : desks[where].core
                await give(core, { ...server.admin, device: where }, what, drafts[which]!)
              }
            }
            // Each twice: what one desk pushed in its last round the other has not seen.
            for (let again = 0; again < 2; again++)
              for (const [name, desk] of Object.entries(desks)) await round(desk, server, name)
            const truth = await billingOf(server.store)
            expect(await billingOf(desks.ada.store)).toEqual(truth)
            expect(await billingOf(desks.bob.store)).toEqual(truth)
            const numbers = (await invoicesOf(server, '2026-10')).flatMap(one => one.number ?? []).sort()
            expect(numbers).toEqual(numbers.map((_, n) => `INV-2026-${String(n + 1).padStart(5, '0')}`))
            issued += numbers.length
          } finally {
            await desks.ada.close()
            await desks.bob.close()
            await server.close()
          }
        },
      ),
      { numRuns: 8, seed: 11 },
    )
    expect(issued).toBeGreaterThan(1)
  }, 120_000)

  it('billing.arrangement.set: the authority parts the drafts, and refuses an approval of what they were', async () => {
    const server = await testCore('sqlite')
    const { pro } = await closeWorld(server)
    const seats = await plan(server, 'seats', [
      {
        ...{ key: 'seat', name: 'Seats', metricId: null, currency: 'USD' },
        charge: { model: 'flat', amount: '40' },
      },
    ])
    const { customer } = await subscribed(server, 'acme', pro.planId, { from: '2026-10-01' })
    const other = { customerId: customer.id, planId: seats.planId, trialDays: 0, at: day('2026-10-01') }
    await server.core.call(contract.billing.subscription.start, other, server.admin)
    await closeMonth(server, '2026-10')
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
    })
    await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
    const desks = { ada: await connectedDesk(3), bob: await connectedDesk(4) }
    const both = async () => {
      for (let again = 0; again < 2; again++)
        for (const [name, desk] of Object.entries(desks)) await round(desk, server, name)
    }
    try {
      await both()
      const [whole] = await invoicesOf(server, '2026-10')
      const [ada, bob] = (['ada', 'bob'] as const).map(device => ({ ...server.admin, device }))
      const invoices = 'by-subscription' as const
      const arranged = { customerId: customer.id, invoices }
      await desks.ada.core.call(contract.billing.arrangement.set, arranged, ada!)
      const approval = { invoiceId: whole!.id, digest: whole!.digest }
      await desks.bob.core.call(invoice.approve, approval, bob!)
      // Without a network the desk knows what was said, and the drafts as they were.
      const seen = await desks.ada.core.call(
        contract.billing.arrangement.get,
        { customerId: customer.id },
        ada!,
      )
      expect(seen).toMatchObject({ invoices })
      const { invoices: before } = await desks.ada.core.call(invoice.list, {}, ada!)
      expect(before).toHaveLength(1)
      await both()
      const parts = await invoicesOf(server, '2026-10')
      // Fees of October and November: 200.00 and 80.00, neither of them approved.
      expect(parts.map(one => [one.state, one.net]).sort()).toEqual([
        ['draft', 20_000n],
        ['draft', 8000n],
      ])
      const truth = await billingOf(server.store)
      expect(await billingOf(desks.ada.store)).toEqual(truth)
      expect(await billingOf(desks.bob.store)).toEqual(truth)
    } finally {
      await desks.ada.close()
      await desks.bob.close()
      await server.close()
    }
  }, 60_000)
})
