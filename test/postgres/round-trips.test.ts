import { afterEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore, type PostgresSource } from '#core/database/postgres-store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'
import { testClock, testIds, testServices } from '#test/kit/core-kit.ts'

/* How often the server waits for its database: on a busy machine, or with the database on another, that is the latency. */

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

/** Counts messages that go out while no answer is waited for: what goes out meanwhile waits no longer. */
function counting(source: PostgresSource): { source: PostgresSource; count(): number } {
  let waits = 0
  return {
    count: () => waits,
    source: {
      ...source,
      async connect(urgency, opening) {
        const session = await source.connect(urgency, opening)
        let unanswered = 0
        // The opening goes out with what follows: its answer is nobody's to wait for.
        return {
          ...session,
          async query(sql, parameters) {
            if (unanswered++ === 0) waits++
            try {
              return await session.query(sql, parameters)
            } finally {
              unanswered--
            }
          },
        }
      },
    },
  }
}

describe.skipIf(!available)('a server waits for PostgreSQL', () => {
  it('five times for an event that is recorded, and not at all for an entitlement that it knows', async () => {
    const database = await testPostgres()
    undo.push(database.drop)
    const backend = await testBackend({ databaseUrl: database.url })
    undo.push(backend.remove)
    const { core: maker, admin } = await newCompany(backend, WORKSPACE)
    await maker.call(
      contract.billing.metric.create,
      {
        key: 'calls',
        name: 'Calls',
        unit: 'calls',
        scale: 0,
        aggregation: 'sum',
        excess: 'refuse',
        groupBy: [],
      },
      admin,
    )
    const customer = await maker.call(
      contract.billing.customer.create,
      { key: 'acme', name: 'Acme', email: 'a@example.com', country: 'DE', currency: 'EUR', zone: 'UTC' },
      admin,
    )
    await backend.close()

    const pool = openPool({ url: database.url, role: 'quarterdeck_app', max: 4, name: 'test' })
    const { source, count } = counting(pool)
    const clock = testClock()
    const core = createCore({
      ...{ workspace: WORKSPACE, clock, timer: clock, newId: testIds(clock, 7), log: () => {} },
      ...{ store: openPostgresStore(source), services: testServices() },
    })
    undo.push(() => core.close())
    await core.start({ leads: false })
    const program: Caller = {
      ...{ person: null, device: 'service:test', assurance: 'unattested' },
      scopes: ['billing.usage.record', 'billing.entitlement.check'],
    }
    const waitsFor = async (work: () => Promise<unknown>) => {
      const before = count()
      await work()
      return count() - before
    }
    const record = (id: string) =>
      core.call(
        contract.billing.usage.record,
        { events: [{ id, customer: 'acme', metric: 'calls', quantity: '1', at: clock.now() }] },
        program,
      )
    // The first makes its series, and reads what the customer may.
    await record('first')
    expect(await waitsFor(() => record('second'))).toBe(5)

    const check = () =>
      core.call(contract.billing.entitlement.check, { customerId: customer.id, key: 'calls' }, program)
    const read = await check()
    let again: unknown
    expect(
      await waitsFor(async () => {
        again = await check()
      }),
    ).toBe(0)
    expect(again).toEqual(read)
  })
})
