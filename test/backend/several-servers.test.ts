import { afterEach, describe, expect, it } from 'vitest'
import { createLease } from '#backend/workspaces/lease.ts'
import { timer } from '#backend/workspaces/open-workspaces.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { contract } from '#shared/contract/index.ts'
import { asSuperuser, newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'
import { PATIENTLY, testClock } from '#test/kit/core-kit.ts'

/* Several servers of one PostgreSQL database. */

const ONE = '00000000-0000-7000-8000-00000000000a'
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

async function database() {
  const made = await testPostgres()
  undo.push(made.drop)
  return made
}

describe.skipIf(!available)('two servers of one database', () => {
  async function two() {
    const { url } = await database()
    const start = async () => {
      const backend = await testBackend({ databaseUrl: url }, { leaseTerm: 1000 })
      undo.push(backend.remove)
      return backend
    }
    const first = await start()
    const { core, admin } = await newCompany(first, ONE)
    const second = await start()
    return { url, first, second, core, other: await second.workspaces.open(ONE), admin }
  }

  it('tell each other what they committed: pages refetch, and counters in memory are current', async () => {
    const { core, other, admin } = await two()
    const heard: string[] = []
    other.live.watch(tables => heard.push(...tables))
    const customer = await core.call(
      contract.billing.customer.create,
      {
        ...{ key: 'acme', name: 'Acme', email: 'a@example.com' },
        ...{ country: 'DE', currency: 'EUR', zone: 'UTC' },
      },
      admin,
    )
    await expect.poll(() => heard, PATIENTLY).toContain('customers')
    await core.call(
      contract.billing.metric.create,
      {
        key: 'calls',
        name: 'Calls',
        unit: 'call',
        scale: 0,
        aggregation: 'sum',
        excess: 'refuse',
        groupBy: [],
      },
      admin,
    )
    const plan = await core.call(
      contract.billing.plan.create,
      { key: 'pro', name: 'Pro', description: '' },
      admin,
    )
    const entitlements = [
      { kind: 'metered' as const, key: 'calls', limit: '10', enforcement: 'hard' as const },
    ]
    await core.call(contract.billing.plan.addVersion, { planId: plan.id, prices: [], entitlements }, admin)
    const from = new Date(new Date().getUTCFullYear(), 0)
    await core.call(
      contract.billing.subscription.start,
      { customerId: customer.id, planId: plan.id, at: BigInt(Date.UTC(from.getFullYear() - 1, 0)) },
      admin,
    )
    const used = async () => {
      const answer = await other.call(
        contract.billing.entitlement.check,
        { customerId: customer.id, key: 'calls' },
        admin,
      )
      return answer.used
    }
    await expect.poll(used, PATIENTLY).toBe('0')
    for (const [id, total] of [
      ['a', '4'],
      ['b', '8'],
    ]) {
      const event = { id: id!, customer: 'acme', metric: 'calls', quantity: '4', at: BigInt(Date.now()) }
      await core.call(contract.billing.usage.record, { events: [event] }, admin)
      await expect.poll(used, PATIENTLY).toBe(total)
    }
  })

  it('hear again after their connection was cut, and take what they kept for out of date', async () => {
    const { url, core, other, admin } = await two()
    const heard: string[] = []
    other.live.watch(tables => heard.push(...tables))
    await asSuperuser(
      [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quarterdeck news' AND datname = current_database()",
      ],
      url,
    )
    // What is not known to be current is announced as changed.
    await expect.poll(() => heard, PATIENTLY).toContain('invoices')
    heard.length = 0
    await core.call(
      contract.workspace.views.save,
      { page: 'finops.costs', name: 'V', address: '/finops/costs' },
      admin,
    )
    await expect.poll(() => heard, PATIENTLY).toContain('views')
  })

  it('run a job once, whichever was asked for it, and the other goes on when one stops', async () => {
    const { first, other, admin } = await two()
    const ask = () =>
      other
        .call(contract.billing.close.start, { period: '2026-10', dryRun: true }, admin)
        .then(({ jobId }) => jobId)
    const stateOf = async (jobId: string) =>
      (await other.call(contract.workspace.jobs.get, { jobId }, admin)).state
    const one = await ask()
    await expect.poll(() => stateOf(one), PATIENTLY).toBe('done')
    // It ran on the server that works for this workspace, which is the one that opened it first.
    expect(await threadsOf(other, admin)).not.toContain('job')
    await first.close()
    const next = await ask()
    await expect.poll(() => stateOf(next), PATIENTLY).toBe('done')
    expect(await threadsOf(other, admin)).toContain('job')
  })
})

async function threadsOf(
  core: Awaited<ReturnType<typeof newCompany>>['core'],
  admin: Awaited<ReturnType<typeof newCompany>>['admin'],
): Promise<string[]> {
  const { threads } = await core.call(contract.workspace.diagnostics.get, {}, admin)
  return threads.map(thread => thread.role)
}

describe.skipIf(!available)('a lease', () => {
  it('goes to another when its holder is silent, who has lost it by its own clock before that', async () => {
    const { url } = await database()
    const backend = await testBackend({ databaseUrl: url })
    undo.push(backend.remove)
    const source = openPool({ url, role: 'quarterdeck_app', max: 2, name: 'test' })
    undo.push(() => source.close())
    const store = openPostgresStore(source)
    const clock = testClock()
    const told: string[] = []
    const part = (name: string) => ({
      ...{ store, workspace: ONE, name: 'test', holder: name, term: 600 },
      taken: (epoch: bigint) => void told.push(`${name} taken ${epoch}`),
      lost: () => void told.push(`${name} lost`),
      onFailure: (error: unknown) => void told.push(String(error)),
    })
    // The clock of the first stands still: it asks no more, and does not know how late it is.
    const silent = createLease({ ...part('silent'), timer: clock, monotonic: clock.monotonic })
    await silent.asked
    expect([silent.held(), told]).toEqual([true, ['silent taken 1']])
    const next = createLease({ ...part('next'), timer, monotonic: () => performance.now() })
    await next.asked
    expect(next.held()).toBe(false)
    await expect.poll(() => next.held(), PATIENTLY).toBe(true)
    // It wakes up: by its own clock the term is over.
    clock.advance(601)
    expect(silent.held()).toBe(false)
    await silent.close()
    expect(told).toEqual(['silent taken 1', 'next taken 2', 'silent lost'])
    // Given back, it can be had at once; taken again by the same, it is still another time.
    await next.close()
    const last = createLease({ ...part('last'), timer, monotonic: () => performance.now() })
    await last.asked
    expect(told.at(-1)).toBe('last taken 3')
    await last.close()
  })
})
