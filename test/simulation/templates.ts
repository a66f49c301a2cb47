import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '#core/billing/testing/close-kit.ts'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Caller, Handler } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { Role } from '#shared/permissions.ts'
import { type TestCore, testClock, testIds, testServices, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryDisk, memoryStore } from './memory-store.ts'
import { CURRENT, NEXT, type Release, upgrade } from './skew.ts'

export interface Draft {
  readonly id: string
  readonly digest: string
}

/** What all lives begin with. */
export interface Templates {
  /** A server with people, customers and the drafts of a month; an empty desk. By release. */
  readonly server: Record<Release['name'], Buffer>
  readonly desk: Record<Release['name'], Buffer>
  readonly people: Record<'ada' | 'bob' | 'grace' | 'olga', string>
  readonly drafts: readonly Draft[]
  readonly customers: readonly string[]
  /** The commands of the product. */
  readonly commands: ReadonlyMap<string, Handler>
  /** When the lives begin. */
  readonly at: number
}

const CUSTOMERS = 5
const BEGIN = Date.UTC(2026, 10, 21, 9)

let made: Promise<Templates> | null = null
/** Made once in a process: a life takes copies. */
export function templates(): Promise<Templates> {
  made ??= make()
  return made
}

async function make(): Promise<Templates> {
  const clock = testClock(BEGIN)
  const disk = memoryDisk()
  await upgrade(disk, CURRENT, clock.now())
  const empty = disk.bytes()
  const store = memoryStore(disk)
  await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock, timer: clock, newId: testIds(clock), log: () => {} },
    services: testServices(),
  })
  await core.start()
  const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      ...{ name: 'Test company', zone: 'Europe/Berlin', currency: 'EUR', demo: false },
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    system,
  )
  const as = (person: string): Caller => ({ person, device: 'server', assurance: 'unattested' })
  const t: TestCore = {
    core,
    store,
    clock,
    workspace: WORKSPACE,
    admin: as(admin),
    as,
    close: async () => {},
  }
  const person = async (name: string, roles: Role[]) =>
    (
      await core.call(
        contract.workspace.people.add,
        { name, email: `${name.toLowerCase()}@example.com`, roles },
        t.admin,
      )
    ).id
  const people = {
    ada: admin,
    bob: await person('Bob', ['analyst', 'admin']),
    grace: await person('Grace', ['analyst']),
    olga: await person('Olga', ['ops']),
  }
  const { pro } = await closeWorld(t)
  const customers: string[] = []
  for (let n = 0; n < CUSTOMERS; n++) {
    const { customer } = await subscribed(t, `c${n}`, pro.planId, { from: '2026-10-01' })
    customers.push(customer.id)
  }
  await use(t, 'c0', 'calls', '2026-10-05', '350')
  await closeMonth(t, '2026-10')
  const drafts = (await invoicesOf(t, '2026-10')).map(({ id, digest }) => ({ id, digest }))
  await store.write(WORKSPACE, 'person', async tx => {
    await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
  })
  await prepareWorkspace(store, WORKSPACE, 'server', clock.now())
  const server = await bothReleases(disk.bytes())
  const deskDisk = memoryDisk(empty)
  await prepareWorkspace(memoryStore(deskDisk), WORKSPACE, 'connected', clock.now())
  const desk = await bothReleases(deskDisk.bytes())
  return { server, desk, people, drafts, customers, commands: core.handlers, at: Number(clock.now()) }
}

async function bothReleases(current: Buffer): Promise<Record<Release['name'], Buffer>> {
  const disk = memoryDisk(current)
  await upgrade(disk, NEXT, BigInt(BEGIN))
  const next = disk.bytes()
  disk.close()
  return { current, next }
}
