import { afterEach, describe, expect, it } from 'vitest'
import { createAnnouncer } from '#backend/sync/announcer.ts'
import { createLease } from '#backend/workspaces/lease.ts'
import { timer } from '#backend/workspaces/open-workspaces.ts'
import { LeaseLost, mustHoldLease, takeLease } from '#core/database/lease-rows.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import type { Fence } from '#core/runtime/handlers.ts'
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

  it('tell each other what they committed: pages refetch, counters in memory are current, a hard limit holds on both at once', async () => {
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
    // The two units that are left are asked for on both at once: one call gets them.
    const ask = (on: typeof core, id: string) => {
      const event = { id, customer: 'acme', metric: 'calls', quantity: '2', at: BigInt(Date.now()) }
      return on.call(contract.billing.usage.record, { events: [event] }, admin).then(
        () => 'taken',
        error => `${error.code}: ${error.data.events[0].problem}`,
      )
    }
    const asked = await Promise.all(
      ['c', 'd', 'e', 'f', 'g', 'h'].map((id, i) => ask(i % 2 === 0 ? core : other, id)),
    )
    const refused = 'BILLING_USAGE_REFUSED: over-limit'
    expect(asked.sort()).toEqual([...new Array(5).fill(refused), 'taken'])
    await expect.poll(used, PATIENTLY).toBe('10')
  })

  it('a desk of one hears in less than 300 ms what the other committed, without looking for it', async () => {
    const { core, other, admin } = await two()
    // Looks every second are what it falls back on: here there are none.
    const never = () => () => {}
    const announcer = createAnnouncer({
      live: other.live,
      version: other.version,
      timer: { after: (ms, call) => (ms >= 1000 ? never() : timer.after(ms, call)) },
      onFailure: error => {
        throw error
      },
    })
    undo.push(() => announcer.close())
    let heard = 0n
    announcer.follow(version => {
      heard = version
    })
    const took: number[] = []
    for (let again = 0; again < 10; again++) {
      const { version } = await core.run(
        'workspace.views.save',
        { page: 'finops.costs', name: `V${again}`, address: '/finops/costs' },
        admin,
      )
      const begun = performance.now()
      await expect.poll(() => heard >= version, { ...PATIENTLY, interval: 5 }).toBe(true)
      took.push(performance.now() - begun)
    }
    console.log(`heard after ${took.map(Math.round).join(', ')} ms`)
    // A machine that is busy with other things may be late now and then.
    expect(Math.min(...took)).toBeLessThan(300)
  })

  it('end what was revoked: at once where it was done, and on the other as soon as it hears', async () => {
    const { first, second, core, admin } = await two()
    const made = async () =>
      core.call(
        contract.access.tokens.create,
        { name: 'x', scopes: ['billing.entitlement.check'], days: 1 },
        admin,
      )
    const ask = async (server: { url: string }, secret: string) => {
      const path = '/billing/usage/quota-check/00000000-0000-7000-8000-000000000001/calls'
      const { status } = await fetch(server.url + path, { headers: { authorization: `Bearer ${secret}` } })
      return status
    }
    for (let again = 0; again < 3; again++) {
      const { token, secret } = await made()
      expect([await ask(first, secret), await ask(second, secret)]).toEqual([404, 404])
      await core.call(contract.access.tokens.revoke, { tokenId: token.id }, admin)
      expect(await ask(first, secret)).toBe(401)
      await expect.poll(() => ask(second, secret), { timeout: 10_000, interval: 5 }).toBe(401)
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
  it('fences what was begun under it: another takes it when that is over, and then nothing of it is stored', async () => {
    const { url } = await database()
    const backend = await testBackend({ databaseUrl: url })
    undo.push(backend.remove)
    const { core, admin } = await newCompany(backend, ONE)
    const source = openPool({ url, role: 'quarterdeck_app', max: 4, name: 'test' })
    undo.push(() => source.close())
    const store = openPostgresStore(source)
    const take = (holder: string) => store.write(ONE, 'job', tx => takeLease(tx, 'test', holder, 1))
    const first = (await take('first')) as bigint
    const chunk = (name: string, fence: Fence, meanwhile = async () => {}) =>
      store.write(ONE, 'job', async tx => {
        await fence(tx)
        void meanwhile()
        const values = { name, value: '', changed_by: 'job', changed_at: 0n }
        // Long enough for the other one to come, who waits.
        await tx.raw('SELECT pg_sleep(0.2)')
        await tx.db.insertInto('settings').values(values).execute()
      })
    const order: string[] = []
    let taken: Promise<unknown> = Promise.resolve()
    const ours: Fence = tx => mustHoldLease(tx, 'test', 'first', first)
    await chunk('in time', ours, async () => {
      taken = take('second').then(epoch => order.push(`taken ${epoch}`))
    })
    order.push('stored')
    await taken
    expect(order).toEqual(['stored', `taken ${first + 1n}`])
    await expect(chunk('too late', ours)).rejects.toThrow(LeaseLost)
    // A command that a job gives is fenced too, whatever its rights.
    await expect(
      core.call(
        contract.workspace.views.save,
        { page: 'finops.costs', name: 'too late', address: '/finops/costs' },
        { ...admin, fence: ours },
      ),
    ).rejects.toThrow(LeaseLost)
    const names = await store.read(ONE, reader => reader.db.selectFrom('settings').select('name').execute())
    expect(names).toEqual([{ name: 'in time' }])
  })

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
