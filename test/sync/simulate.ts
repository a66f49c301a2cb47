import type { Store } from '#core/database/store.ts'
import { BEGINNING, checkEntries } from '#core/log/verify.ts'
import type { SyncServer } from '#core/sync/protocol.ts'
import { pruneFeed } from '#core/sync/retention.ts'
import { type TestDatabase, testClock, WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import {
  ADA,
  BOB,
  type TestDesk,
  type TestMachine,
  type TestServer,
  testDesk,
  testServer,
} from '#test/kit/sync-kit.ts'

/** Numbers that look random and are the same for the same seed. */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    chance: (share: number) => next() < share,
    upTo: (bound: number) => Math.floor(next() * bound),
    pick: <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!,
  }
}
type Random = ReturnType<typeof seeded>

class Crash extends Error {}
class NoNetwork extends Error {}

/** A store whose machine may be switched off before, inside or after any of its transactions. */
function crashing(store: Store, random: Random, share: number): Store {
  return {
    ...store,
    async write(workspace, urgency, work) {
      const where = random.chance(share) ? random.pick(['before', 'inside', 'after'] as const) : null
      if (where === 'before') throw new Crash()
      const value = await store.write(workspace, urgency, async tx => {
        const done = await work(tx)
        if (where === 'inside') throw new Crash()
        return done
      })
      if (where === 'after') throw new Crash()
      return value
    },
    async read(workspace, work) {
      if (random.chance(share / 2)) throw new Crash()
      return store.read(workspace, work)
    },
  }
}

/** A network that drops requests and answers, doubles and delays, and lets others act in between. */
function unreliable(
  server: SyncServer,
  random: Random,
  late: (() => Promise<unknown>)[],
  meanwhile: () => Promise<void>,
): SyncServer {
  async function carry<T>(call: () => Promise<T>): Promise<T> {
    if (random.chance(0.08)) throw new NoNetwork('the request was lost')
    if (random.chance(0.08)) {
      late.push(call)
      throw new NoNetwork('the request is late')
    }
    if (random.chance(0.1)) await meanwhile()
    const first = await call()
    const answer = random.chance(0.1) ? random.pick([first, await call()]) : first
    if (random.chance(0.2)) await meanwhile()
    if (random.chance(0.1)) throw new NoNetwork('the answer was lost')
    return answer
  }
  return {
    hello: build => carry(() => server.hello(build)),
    batch: request => carry(() => server.batch(request)),
    push: request => carry(() => server.push(request)),
    pull: request => carry(() => server.pull(request)),
    snapshot: request => carry(() => server.snapshot(request)),
  }
}

interface Given {
  readonly desk: TestDesk
  readonly id: string
  readonly outcome: string
}

/**
 * One life of a server and its desks from a seed: people give commands on each of them, messages are lost,
 * doubled and late, machines stop at every step; then everything calms down. Throws when a desk does not show
 * what the server has, or a command was lost, done twice, or refused without a word.
 */
export async function simulate(seed: number, database: TestDatabase, steps = 60): Promise<void> {
  const random = seeded(seed)
  const clock = testClock()
  const server = await testServer(database, clock)
  const desks: TestDesk[] = []
  for (let number = 0; number < 2 + random.upTo(2); number++)
    desks.push(await testDesk(`desk-${number}`, clock, 10 + number))
  try {
    const late: (() => Promise<unknown>)[] = []
    const given: Given[] = []
    const act = () => (random.chance(0.3) ? onServer() : onDesk(random.pick(desks)))

    async function onServer(): Promise<void> {
      await command(server, random)
    }

    async function onDesk(desk: TestDesk): Promise<void> {
      const answer = await command(desk, random)
      if (!answer) return
      given.push({ desk, id: answer.commandId, outcome: answer.outcome })
    }

    async function round(desk: TestDesk): Promise<void> {
      const share = random.chance(0.4) ? 0.15 : 0
      const network = unreliable(server.for(desk.name, 1 + random.upTo(4)), random, late, act)
      try {
        await desk.client(network, crashing(desk.store, random, share)).round()
      } catch (error) {
        if (!(error instanceof Crash)) throw error
      }
      await checkRewind(server, desk)
    }

    for (let step = 0; step < steps; step++) {
      clock.advance(1 + random.upTo(60_000))
      const what = random.upTo(20)
      if (what < 11) await act()
      else if (what < 17) await round(random.pick(desks))
      else if (what === 17)
        await late
          .splice(random.upTo(late.length), 1)[0]?.()
          .catch(() => {})
      else if (what === 18) server.switches.broken = random.chance(0.5)
      else await prune(server, random)
    }

    server.switches.broken = false
    while (late.length > 0) await late.shift()!().catch(() => {})
    for (let calm = 0; calm < 4; calm++)
      for (const desk of desks) await desk.client(server.for(desk.name)).round()
    await checkQuiet(server, desks, given)
  } finally {
    for (const one of [...desks, server]) await one.close()
  }
}

/** Gives a random command. A bug in it is caught: it leaves nothing. */
async function command(machine: TestMachine, random: Random) {
  const people = await machine.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('people').select('id').orderBy('id').execute(),
  )
  const person = () => (people.length > 0 ? random.pick(people).id : ADA)
  const some = () => `${random.upTo(5)}`
  const give = async (): Promise<Awaited<ReturnType<TestMachine['give']>>> => {
    const caller = random.chance(0.2) ? { person: BOB } : {}
    switch (random.upTo(14)) {
      case 0:
      case 1:
        return machine.give(leaves.add, { name: `Person ${some()}`, email: `${some()}@example.com` }, caller)
      case 2:
        return machine.give(leaves.rename, { id: person(), name: `Name ${some()}` }, caller)
      case 3:
      case 4:
        return machine.give(leaves.swap, { one: person(), other: person() }, caller)
      case 5: {
        const id = person()
        return machine.give(leaves.remove, { id: id === ADA ? 'nobody' : id }, caller)
      }
      case 6:
        return machine.give(leaves.replace, { id: person(), name: `New ${some()}` }, caller)
      case 7:
        return machine.give(leaves.passing, { name: some() }, caller)
      case 8:
        return machine.give(leaves.comment, { id: person(), body: `About ${some()}` }, caller)
      case 9:
        return machine.give(leaves.set, { name: `setting/${some()}~`, value: some() }, caller)
      case 10:
        return machine.give(leaves.hold, { limit: 6n }, caller)
      case 11:
        return machine.give(leaves.forget, { name: `setting/${some()}~` }, caller)
      case 12:
        return random.chance(0.5)
          ? machine.give(leaves.ask, { value: some() }, caller)
          : machine.give(leaves.call, { name: `Company ${some()}` }, caller)
      default:
        return machine.give(random.chance(0.3) ? leaves.breaks : leaves.work, {}, caller)
    }
  }
  try {
    return await give()
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

async function prune(server: TestServer, random: Random): Promise<void> {
  const { version } = await server.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow(),
  )
  await pruneFeed(server.store, WORKSPACE, version - BigInt(random.upTo(Number(version))))
}

/**
 * Without its pending commands a desk holds what the server held at the desk's cursor; with them it shows what
 * they do on top of that.
 */
async function checkRewind(server: TestServer, desk: TestDesk): Promise<void> {
  const { version } = await server.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow(),
  )
  const { cursor } = await desk.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('sync_state').select('cursor').executeTakeFirstOrThrow(),
  )
  same(await desk.tables(), await desk.replayed(), `${desk.name} without rewinding and replaying once more`)
  if (cursor === version) same(await desk.rewound(), await server.tables(), `${desk.name} after rewinding`)
}

async function checkQuiet(
  server: TestServer,
  desks: readonly TestDesk[],
  given: readonly Given[],
): Promise<void> {
  const log = await server.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('command_log').selectAll().orderBy('version').execute(),
  )
  const { problem } = checkEntries(WORKSPACE, BEGINNING, log)
  if (problem) throw new Error(`the log is ${problem.kind} at ${problem.version}`)
  const holds = log.filter(entry => entry.command === 'test.settings.hold' && entry.outcome === 'done').length
  const tables = await server.tables()
  const held = tables.settings?.map(row => JSON.parse(row)).find(row => row.name === 'held')?.value ?? '0'
  if (held !== `${holds}`) throw new Error(`${holds} holds were done, and ${held} are counted`)

  for (const desk of desks) {
    same(await desk.tables(), tables, desk.name)
    same(await desk.rewound(), tables, `${desk.name} after rewinding`)
    const left = await desk.outbox()
    const review = new Map(left.map(row => [row.id, row]))
    if (left.some(row => row.state !== 'review')) throw new Error(`${desk.name} still has commands to push`)
    for (const one of given.filter(one => one.desk === desk)) {
      const entries = log.filter(entry => entry.id === one.id)
      if (one.outcome === 'refused') {
        if (entries.length > 0) throw new Error(`${one.id} was refused here and reached the server`)
        continue
      }
      const refusal = review.get(one.id)?.refusal
      const refusedThere = entries[0]?.outcome === 'refused'
      if (refusal && JSON.parse(refusal).code === 'SYNC_SERVER_FAILED' && entries.length === 0) continue
      if (entries.length !== 1) throw new Error(`${one.id} is ${entries.length} times in the log`)
      if (refusedThere !== Boolean(refusal))
        throw new Error(`${one.id} was ${entries[0]!.outcome}, and its desk says ${refusal ?? 'nothing'}`)
    }
  }
}

function same(found: unknown, expected: unknown, who: string): void {
  const [a, b] = [found, expected].map(value => JSON.stringify(value, null, 1))
  if (a !== b) throw new Error(`${who} differs from the server:\n${a}\n---\n${b}`)
}
