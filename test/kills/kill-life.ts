import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ed25519Signer } from '#core/log/ed25519.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { scratch } from '#test/kit/scratch.ts'
import { checkCommand, same } from '#test/simulation/invariants.ts'
import type { Given } from '#test/simulation/machines.ts'
import { seeded } from '#test/simulation/random.ts'
import { type Asking, Ended, startAsking } from './asking.ts'
import { type Meant, newId } from './commands.ts'
import type { DeskAnswers } from './desk-child.ts'
import type { End } from './moments.ts'
import type { ServerAnswers } from './server-child.ts'

/** What is killed, and in the middle of what. */
const SCENES = [
  { victim: 'desk', during: 'round' },
  { victim: 'server', during: 'round' },
  { victim: 'desk', during: 'snapshot' },
  { victim: 'server', during: 'snapshot' },
] as const
type Scene = (typeof SCENES)[number]

export interface KillLife {
  readonly kills: number
  readonly seed?: number
  /** A PostgreSQL server; null for PGlite on the disk. */
  readonly databaseUrl?: string | null
  readonly onKill?: (told: Told) => void
}

export interface Told {
  readonly number: number
  readonly scene: Scene
  readonly end: End
  /** False where the round was over before its moment came: it was killed then. */
  readonly inside: boolean
}

interface DeskOfLife {
  readonly name: string
  readonly person: string
  readonly key: number
  readonly path: string
  readonly device: string
  readonly given: (Given & { readonly meant: Meant })[]
  process: Asking<DeskAnswers>
}

/** How long everything may take to become quiet, in milliseconds. */
const PATIENCE = 60_000

/**
 * A server and two desks in processes of their own, over real databases and HTTP. Again and again work waits on both
 * sides, and the first desk or the server is killed in the middle of the round; it comes back, everything becomes
 * quiet, and then both desks must hold what the server holds, and every command must be done once, or refused in
 * front of a person.
 * @throws Broken, Error a law that does not hold
 */
export async function liveWithKills(life: KillLife): Promise<readonly Told[]> {
  const random = seeded(life.seed ?? 1)
  const folder = mkdtempSync(join(scratch(), 'quarterdeck-kills-'))
  const begin = { folder, databaseUrl: life.databaseUrl ?? null }
  const running = new Set<Asking<never>>()
  const started = <A>(one: A): A => {
    running.add(one as never)
    return one
  }
  let port = 0
  let server!: Asking<ServerAnswers>

  async function startServer(): Promise<string> {
    server = started(startAsking<ServerAnswers>(new URL('server-child.ts', import.meta.url)))
    const url = await server.ask('begin', { ...begin, port })
    port = Number(new URL(url).port)
    return url
  }

  async function startDesk(desk: Omit<DeskOfLife, 'process'>, url: string) {
    const process = started(startAsking<DeskAnswers>(new URL('desk-child.ts', import.meta.url)))
    await process.ask('begin', { path: desk.path, url, device: desk.device, key: desk.key })
    return process
  }

  async function enrolled(name: string, person: string, key: number, url: string): Promise<DeskOfLife> {
    const { publicKey } = ed25519Signer(new Uint8Array(32).fill(key))
    const device = await server.ask('enrol', { publicKey: Buffer.from(publicKey).toString('hex'), person })
    const desk = { name, person, key, device, path: join(folder, `${name}.db`), given: [] }
    return { ...desk, process: await startDesk(desk, url) }
  }

  try {
    const url = await startServer()
    const world = await server.ask('world')
    const { ada, bob, grace } = world.people
    const desks = [await enrolled('desk-1', grace, 41, url), await enrolled('desk-2', bob, 42, url)] as const
    for (const desk of desks) await desk.process.ask('online')
    await becomesQuiet(() => server, desks)

    /** Gives a command on a desk; where it ends meanwhile, nobody knows what became of it. */
    async function onDesk(desk: DeskOfLife): Promise<void> {
      const meant = await desk.process.ask('meant', {
        world,
        people: [desk.person],
        seed: random.upTo(2 ** 31),
      })
      const one = { id: newId(), command: meant.command, input: '', outcome: 'unknown' as const, meant }
      desk.given.push(one)
      await again(desk, one)
    }

    async function again(desk: DeskOfLife, one: DeskOfLife['given'][number]): Promise<void> {
      const outcome = await desk.process.ask('give', { ...one.meant, id: one.id })
      if (outcome === 'unfit') desk.given.splice(desk.given.indexOf(one), 1)
      else one.outcome = outcome
    }

    async function onServer(): Promise<void> {
      const seed = random.upTo(2 ** 31)
      const deed = await server.ask('meant', { world, people: [ada], seed })
      await server.ask('give', deed)
    }

    const moments = new Map<Scene, number>()
    let operations = false

    /** Work on all sides, and a round of the first desk over it; `end` says where its victim ends. */
    async function scene(scene: Scene, endOf: (moments: number) => End | null): Promise<End | null> {
      const [desk, other] = desks
      await desk.process.ask('offline')
      for (let n = 3 + random.upTo(5); n > 0; n--) await onDesk(desk)
      for (let n = 2 + random.upTo(4); n > 0; n--) await onServer()
      if (scene.during === 'snapshot') {
        // With another role come other groups of tables.
        operations = !operations
        const roles = operations ? ['analyst', 'ops'] : ['analyst']
        const command = capabilityOf(contract.workspace.people.setRoles).id
        await server.ask('give', { command, input: { personId: grace, roles }, person: ada })
      }
      const victim = scene.victim === 'desk' ? desk.process : server
      const end = endOf(moments.get(scene) ?? 0)
      await victim.ask('count', end)
      // Both desks go on working while the round runs, as long as they can.
      const work = async (on: DeskOfLife, times: number) => {
        for (let n = times; n > 0; n--) await onDesk(on)
      }
      await desk.process.ask('online').catch(endedOnly)
      await Promise.all([work(desk, 2).catch(endedOnly), work(other, 2)])
      return end
    }

    async function comeBack(victim: Scene['victim']): Promise<void> {
      const [desk] = desks
      if (victim === 'server') await startServer()
      else {
        desk.process = await startDesk(desk, `http://127.0.0.1:${port}`)
        // People try again what they had no answer to.
        for (const one of desk.given.filter(one => one.outcome === 'unknown'))
          if (random.chance(0.6)) await again(desk, one)
        await desk.process.ask('online')
      }
      for (const one of desks) await one.process.ask('awake')
    }

    async function counted(of: Scene): Promise<void> {
      await scene(of, () => null)
      await becomesQuiet(() => server, desks)
      const victim = of.victim === 'desk' ? desks[0].process : server
      moments.set(of, await victim.ask('counted'))
      await check(server, desks)
    }

    for (const one of SCENES) await counted(one)
    const told: Told[] = []
    for (let number = 0; number < life.kills; number++) {
      const of = SCENES[number % SCENES.length]!
      const share =
        (Math.floor(number / SCENES.length) + random.upTo(1000) / 1000) / (life.kills / SCENES.length)
      const end = (await scene(of, moments => ({
        at: 1 + Math.floor(share * moments),
        after: random.chance(0.6) ? 0 : random.upTo(4000) / 1000,
      }))) as End
      const victim: Asking<never> = (of.victim === 'desk' ? desks[0].process : server) as never
      const quiet = becomesQuiet(() => server, desks).catch(endedOnly)
      const ended = await Promise.race([victim.ended.then(() => true), quiet.then(() => false)])
      // What ended made the look at quiet end too.
      await quiet
      if (!ended) await victim.kill()
      if ((await victim.ended) !== 'SIGKILL') throw new Error(`the ${of.victim} ended by itself`)
      await comeBack(of.victim)
      await becomesQuiet(() => server, desks)
      await check(server, desks)
      const one = { number, scene: of, end, inside: ended }
      told.push(one)
      life.onKill?.(one)
    }
    return told
  } finally {
    for (const one of running) await one.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

function endedOnly(error: unknown): void {
  if (!(error instanceof Ended)) throw error
}

/** Waits until the server has answered everything and both desks have seen all of it. */
async function becomesQuiet(
  server: () => Asking<ServerAnswers>,
  desks: readonly DeskOfLife[],
): Promise<void> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const version = await server().ask('version')
    const states = await Promise.all(desks.map(desk => desk.process.ask('state')))
    const waiting = states.filter(
      state => state.cursor !== version || state.outbox.some(row => row.state !== 'review'),
    )
    if (waiting.length === 0) return
    if (performance.now() > until)
      throw new Error(
        `it does not become quiet: the server is at ${version}, ${JSON.stringify(states, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
      )
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** What must hold once everything is quiet. */
async function check(server: Asking<ServerAnswers>, desks: readonly DeskOfLife[]): Promise<void> {
  for (const desk of desks) {
    const { scopes, entries, rows } = await server.ask('truth', { people: [desk.person] })
    const held = await desk.process.ask('held', { scopes })
    same(held.rows, rows, desk.name)
    const { workspace: _, ...beyond } = held.beyond
    if (Object.keys(beyond).length > 0) throw new Error(`${desk.name} has rows of ${Object.keys(beyond)}`)
    if (held.left.length > 0) throw new Error(`${desk.name} still has rows in ${held.left}`)
    const own = new Set(desk.given.map(one => one.id))
    for (const entry of entries.values())
      if (entry.device === desk.device && !own.has(entry.id))
        throw new Error(`nobody at ${desk.name} gave ${entry.command} ${entry.id}`)
    const { outbox } = await desk.process.ask('state')
    const review = new Map(outbox.map(row => [row.id, row]))
    for (const one of desk.given) checkCommand(desk, one, entries.get(one.id), review.get(one.id))
  }
}
