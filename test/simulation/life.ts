import type { Store } from '#core/database/store.ts'
import { parseInput } from '#core/runtime/checks.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import { takeFeedVersion } from '#core/sync/feed-version.ts'
import { pruneFeed } from '#core/sync/retention.ts'
import { scopesOfPeople } from '#core/sync/scopes.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal } from '#shared/errors.ts'
import { testIds, WORKSPACE } from '#test/kit/core-kit.ts'
import { type Deed, someDeed } from './deeds.ts'
import { checkDesk, checkQuiet, versionOf } from './invariants.ts'
import {
  crashedOnly,
  createDesk,
  createServer,
  type DeskMachine,
  type Given,
  type Life,
  type Machine,
} from './machines.ts'
import { Crashed, memoryDisk } from './memory-store.ts'
import type { Mutant } from './mutants.ts'
import { type Line, lineTo } from './network.ts'
import { seeded } from './random.ts'
import { CURRENT, NEXT, type Release } from './skew.ts'
import { templates } from './templates.ts'
import { createTimeline } from './timeline.ts'

export interface LifeOptions {
  readonly mutant?: Mutant
  /** Where the server's rows are, when not in memory: a store that holds what the template holds. */
  readonly serverStore?: Store
}

/** What happened in a life, for knowing that the lives are not all dull. */
export interface Told {
  readonly given: number
  readonly crashes: number
  readonly rounds: number
  readonly refused: number
  readonly restored: boolean
}

const MINUTE = 60_000
/** How long people work, in virtual time. */
const DAY_OF_WORK = 9 * MINUTE

/**
 * One life of a server and its desks from a seed: people give commands on all of them, messages are lost, late,
 * doubled and out of order, lines are cut, clocks jump, machines stop at any statement and come up again, some
 * with another release; tombstones are dropped, the server is restored from a copy, a desk is revoked. Then
 * everything calms down.
 * @throws Broken a law that does not hold
 */
export async function live(seed: number, options: LifeOptions = {}): Promise<Told> {
  const random = seeded(seed)
  const given = await templates()
  const timeline = createTimeline(given.at)
  const weather = { rough: true, crashes: random.chance(0.7), serverBroken: false }
  const life: Life = { timeline, random, templates: given, mutant: options.mutant ?? null, weather }
  const { ada, bob, grace, olga } = given.people

  const kind = options.serverStore ? 'same' : random.pick(['same', 'same', 'same', 'server', 'desk'] as const)
  const release = (newer: boolean): Release => (newer ? NEXT : CURRENT)
  const atServer = release(kind === 'server')
  const server = createServer(
    life,
    atServer,
    options.serverStore
      ? { disk: null, other: options.serverStore }
      : { disk: memoryDisk(given.server[atServer.name]) },
    { packs: kind !== 'desk' },
  )
  const crews = [[ada, bob], [grace], [olga], [bob, grace]]
  const lines = new Map<DeskMachine, Line>()
  const desks = Array.from({ length: 2 + random.upTo(2) }, (_, n) => {
    const at = release(kind === 'desk' && n === 0)
    const line: Line = { cutUntil: 0, connection: 0 }
    const desk = createDesk(life, n + 1, at, crews[n] ?? [ada], given.desk[at.name], (own, incarnation) =>
      lineTo(life, () => server, own, incarnation, line),
    )
    lines.set(desk, line)
    return desk
  })
  const told = { given: 0, crashes: 0, rounds: 0, refused: 0, restored: false }
  const lost = new Set<string>()
  const failures: unknown[] = []
  let backup: { readonly bytes: Buffer; readonly release: Release } | null = null
  const newId = testIds({ now: () => BigInt(timeline.now()) } as never, 99)
  const start = timeline.now()
  const calm = () => !weather.rough

  /** A chunk of a job on the server: rows under a version without an entry of the log. */
  async function chunk(what: string): Promise<void> {
    if (!server.up) return
    await server.store.write(WORKSPACE, 'job', async tx => {
      await takeFeedVersion(tx)
      const values = { value: `${timeline.now()}`, changed_by: 'job', changed_at: 0n }
      await tx.db
        .insertInto('settings')
        .values({ name: `chunk/${what}`, ...values })
        .onConflict(conflict => conflict.columns(['name']).doUpdateSet(values))
        .execute()
    })
  }

  /** Work of the timeline: what goes wrong in it ends the life. */
  const act = (work: () => Promise<void>) =>
    void timeline.track(work).catch(error => {
      if (!(error instanceof Crashed)) failures.push(error)
    })
  const sometime = (work: () => Promise<void>) => timeline.later(random.upTo(DAY_OF_WORK), () => act(work))

  async function give(machine: Machine, deed: Deed, commandId: string) {
    const { leaf, input, person } = deed
    try {
      const answer = await machine.give(leaf, input, { person, commandId })
      return answer.outcome
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      if (error instanceof TypeError) return null
      throw error
    }
  }

  async function onDesk(desk: DeskMachine): Promise<void> {
    if (!desk.up) return
    const deed = await someDeed(random, given, desk, desk.people)
    const one: Given = {
      id: newId(),
      command: capabilityOf(deed.leaf).id,
      input: canonicalJson(parsed(desk, deed)),
      outcome: 'unknown',
    }
    desk.given.push(one)
    told.given++
    try {
      await tell(desk, deed, one)
    } catch (error) {
      crashedOnly(error)
      // People try again what they had no answer to.
      if (random.chance(0.6))
        timeline.later(2 * MINUTE, () => act(async () => void (desk.up && (await tell(desk, deed, one)))))
    }
  }

  async function tell(desk: DeskMachine, deed: Deed, one: Given): Promise<void> {
    const outcome = await give(desk, deed, one.id)
    if (outcome === null) desk.given.splice(desk.given.indexOf(one), 1)
    else one.outcome = outcome
  }

  /** The input as the contract parses it: that is what is signed. */
  function parsed(desk: DeskMachine, { leaf, input }: Deed): unknown {
    const handler = desk.commands.get(capabilityOf(leaf).id)
    return handler ? parseInput(handler, input) : input
  }

  async function onServer(): Promise<void> {
    if (!server.up) return
    await give(server, await someDeed(random, given, server, [ada, bob]), newId())
  }

  async function rounds(desk: DeskMachine): Promise<void> {
    const again = () => timeline.later(2000 + random.upTo(90_000), () => act(() => rounds(desk)))
    if (calm()) return
    const round = await desk.round()
    if (round) {
      told.rounds++
      told.refused += round.refused
    }
    again()
    if (round?.reached && desk.up && server.up && !desk.revoked && random.chance(0.25) && !options.mutant)
      await checked(desk)
  }

  /** Looks at a desk between two events, while nothing can stop. */
  async function checked(desk: DeskMachine): Promise<void> {
    const { crashes } = weather
    weather.crashes = false
    await checkDesk(server, desk, await scopes(desk))
    weather.crashes = crashes
  }

  const scopes = (desk: DeskMachine) =>
    desk.store.read(WORKSPACE, async reader => {
      const state = await reader.db.selectFrom('sync_state').select('scopes').executeTakeFirstOrThrow()
      const held = fromCanonical<{ basis?: { scopes: never[] } }>(state.scopes)
      return held.basis?.scopes ?? []
    })

  async function something(): Promise<void> {
    const desk = random.pick(desks)
    switch (random.upTo(12)) {
      case 0:
      case 1: {
        const line = lines.get(desk) as Line
        line.cutUntil = timeline.now() + random.upTo(4 * MINUTE)
        return
      }
      case 2:
      case 3:
        desk.skew = Math.trunc((random.upTo(2000) - 1000) * 10_000)
        return
      case 4:
        server.skew = random.upTo(3 * MINUTE)
        return
      case 5:
        desk.crash()
        return
      case 6:
        server.crash()
        return
      case 7:
        weather.serverBroken = random.chance(0.5)
        return
      case 8: {
        if (!server.up) return
        const version = await versionOf(server.store)
        await pruneFeed(server.store, WORKSPACE, version - BigInt(random.upTo(30)))
        return
      }
      case 9: {
        // Somebody gets another role, or loses one.
        if (!server.up) return
        const roles = random.pick([['ops'], ['analyst'], ['analyst', 'ops']] as const)
        const personId = random.pick([grace, olga])
        await give(
          server,
          { leaf: contract.workspace.people.setRoles, input: { personId, roles }, person: ada },
          newId(),
        )
        return
      }
      case 10:
        desk.crash()
        return
      default:
        if (random.chance(0.3)) desk.revoked = desks.length > 2 && desks.every(one => !one.revoked)
    }
  }

  /** The server goes back to a copy, and connections of before are gone with it. */
  async function restore(): Promise<void> {
    if (!backup || !server.disk || told.restored || !server.up) return
    told.restored = true
    const before = await idsOf(server.store)
    // Its release is that of the copy: what was brought up to date is brought up to date again.
    await server.store.close()
    server.crash()
    server.disk.restore(backup.bytes)
    server.release = backup.release
    for (const line of lines.values()) {
      line.cutUntil = timeline.now() + MINUTE
      line.connection++
    }
    const known = new Set(
      (server.disk.database.prepare('SELECT id FROM command_log').all() as { id: string }[]).map(
        row => row.id,
      ),
    )
    for (const desk of desks) {
      const disk = await outboxOf(desk)
      for (const one of desk.given)
        if (before.has(one.id) && !known.has(one.id) && !disk.has(one.id)) lost.add(one.id)
        // What a person was told is refused stays refused to them, whatever the server knows of it.
        else if (disk.get(one.id) === 'review' && !known.has(one.id)) lost.add(one.id)
    }
  }

  async function outboxOf(desk: DeskMachine): Promise<Map<string, string>> {
    const rows = desk.disk.database.prepare('SELECT id, state FROM outbox').all() as {
      id: string
      state: string
    }[]
    return new Map(rows.map(row => [row.id, row.state]))
  }

  /** Brings a machine to the next release. */
  async function bringUp(machine: Machine): Promise<void> {
    if (!machine.up || machine.release === NEXT) return
    machine.crash()
    await machine.boot(NEXT)
  }

  function copy(): void {
    if (server.disk && server.up) backup = { bytes: server.disk.bytes(), release: server.release }
  }

  await timeline.track(() => server.boot())
  for (const desk of desks) await timeline.track(() => desk.boot())
  for (let n = 20 + random.upTo(12); n > 0; n--)
    sometime(() => (random.chance(0.2) ? onServer() : onDesk(random.pick(desks))))
  for (let n = random.upTo(10); n > 0; n--) sometime(something)
  if (random.chance(0.25)) {
    const at = random.upTo(DAY_OF_WORK / 2)
    timeline.later(at, () => act(async () => copy()))
    timeline.later(at + random.upTo(DAY_OF_WORK / 2), () => act(restore))
  }
  if (kind !== 'same' && random.chance(0.6))
    sometime(async () => {
      for (const machine of [server, ...desks]) if (random.chance(0.7)) await bringUp(machine)
    })
  for (const desk of desks) timeline.later(random.upTo(5000), () => act(() => rounds(desk)))
  // From numbers of their own: seeds that were kept go on meaning what they meant.
  const beside = seeded(seed + 7919)
  for (let n = beside.upTo(5); n > 0; n--)
    timeline.later(beside.upTo(DAY_OF_WORK), () => act(() => chunk(`${beside.upTo(3)}`)))

  while (timeline.now() < start + DAY_OF_WORK && failures.length === 0 && (await timeline.step()));
  Object.assign(weather, { rough: false, crashes: false, serverBroken: false })
  for (const line of lines.values()) line.cutUntil = 0
  while (failures.length === 0 && (await timeline.step()));
  // Nothing is under way any more: everybody comes back, and asks until nothing is new.
  const settle = async (work: () => Promise<unknown>) => {
    let over = false
    void timeline
      .track(work)
      .catch(error => failures.push(error))
      .finally(() => {
        over = true
      })
    for (;;) {
      await new Promise<void>(resolve => setImmediate(resolve))
      if (over || failures.length > 0) break
      await timeline.step()
    }
  }
  for (const machine of [server, ...desks]) await settle(() => machine.boot())
  for (let calm = 0; calm < 5; calm++) for (const desk of desks) await settle(() => desk.round())
  if (failures.length === 0)
    await settle(() =>
      checkQuiet({
        ...{ server, desks, lost },
        scopes: desk => server.store.read(WORKSPACE, reader => scopesOfPeople(reader, desk.people)),
      }),
    )
  for (const machine of [server, ...desks]) told.crashes += machine.crashes
  for (const desk of desks) desk.disk.close()
  server.disk?.close()
  if (failures.length > 0) throw failures[0]
  return told
}

async function idsOf(store: Store): Promise<Set<string>> {
  const rows = await store.read(WORKSPACE, reader =>
    reader.db.selectFrom('command_log').select('id').execute(),
  )
  return new Set(rows.map(row => row.id))
}
