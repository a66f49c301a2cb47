import { createPrivateKey, type KeyObject, sign as signNow } from 'node:crypto'
import type { Store } from '#core/database/store.ts'
import { type CommandSignature, commandText } from '#core/identity/command-signature.ts'
import { ed25519Signer } from '#core/log/ed25519.ts'
import { type Caller, capabilityOf, type Handler, type Leaf } from '#core/runtime/handlers.ts'
import { type CommandAnswer, createRunner, type Runner } from '#core/runtime/runner.ts'
import { createSyncClient, type Round, type SyncClient } from '#core/sync/client.ts'
import type { Desk } from '#core/sync/desk.ts'
import type { PushedCommand, SyncServer } from '#core/sync/protocol.ts'
import { createSyncServer } from '#core/sync/server.ts'
import { replayAfterMigration } from '#core/sync/settle.ts'
import { testIds, WORKSPACE } from '#test/kit/core-kit.ts'
import { testCommands } from '#test/kit/sync-commands.ts'
import {
  Crashed,
  type MemoryDisk,
  type MemoryStoreOptions,
  type Moment,
  memoryDisk,
  memoryStore,
} from './memory-store.ts'
import type { Mutant } from './mutants.ts'
import type { Random } from './random.ts'
import { type Release, upgrade } from './skew.ts'
import type { Templates } from './templates.ts'
import type { Timeline } from './timeline.ts'
import { walletCommands } from './wallet.ts'

/** What all machines of a life share. */
export interface Life {
  readonly timeline: Timeline
  readonly random: Random
  readonly templates: Templates
  readonly mutant: Mutant | null
  /** What can still go wrong; nothing once everything calms down. */
  readonly weather: { rough: boolean; crashes: boolean; serverBroken: boolean }
}

/** A computer that can be switched off at any statement, and comes up again with what was committed. */
export interface Machine {
  readonly name: string
  readonly up: boolean
  readonly store: Store
  readonly runner: Runner
  readonly commands: ReadonlyMap<string, Handler>
  release: Release
  /** How far its clock is off, in milliseconds. */
  skew: number
  /** How often it stopped. */
  readonly crashes: number
  crash(): void
  /** Comes up, with another release where one is given. */
  boot(release?: Release): Promise<void>
  give(
    id: string | Leaf,
    input: unknown,
    caller: Partial<Caller> & { person: string },
  ): Promise<CommandAnswer>
}

/** One statement in so many is the last one of its machine, while machines stop. */
const STATEMENTS_A_LIFE = 900

interface MachineParts {
  readonly life: Life
  readonly name: string
  readonly number: number
  readonly release: Release
  /** Where its database is: in memory, or behind another store. */
  readonly disk: MemoryDisk | null
  readonly other?: Store
  readonly store?: Omit<MemoryStoreOptions, 'moment'>
  /** How long it stays down. */
  readonly down: () => number
  readonly booted?: () => Promise<void>
  readonly stopped?: () => void
}

function createMachine(parts: MachineParts) {
  const { life, name, disk } = parts
  const { timeline, random } = life
  const switches = {
    get broken() {
      return life.weather.serverBroken && name === 'server'
    },
  }
  let incarnation = 0
  let crashes = 0
  let up = false
  let store: Store
  let runner: Runner
  let commands: ReadonlyMap<string, Handler>
  const clock = (): bigint => BigInt(timeline.now() + machine.skew)
  const newId = testIds({ now: clock } as never, parts.number)

  function moments(mine: number) {
    return (_: Moment) => {
      if (mine !== incarnation || !up) throw new Crashed()
      if (life.weather.crashes && random.upTo(STATEMENTS_A_LIFE) === 0) {
        machine.crash()
        throw new Crashed()
      }
    }
  }

  const machine: Machine & { readonly incarnation: number; clock(): bigint } = {
    name,
    release: parts.release,
    skew: 0,
    get up() {
      return up
    },
    get crashes() {
      return crashes
    },
    get incarnation() {
      return incarnation
    },
    get store() {
      return store
    },
    get runner() {
      return runner
    },
    get commands() {
      return commands
    },
    clock,
    crash() {
      if (!up) return
      up = false
      crashes++
      incarnation++
      parts.stopped?.()
      timeline.later(parts.down(), () => void timeline.track(() => machine.boot()))
    },
    async boot(release: Release = machine.release) {
      if (up) return
      up = true
      const mine = ++incarnation
      const moment = moments(mine)
      if (release !== machine.release && disk) await upgrade(disk, release, clock())
      machine.release = release
      store = disk ? memoryStore(disk, { ...parts.store, moment }) : stopping(parts.other as Store, moment)
      commands = commandsOf(life.templates, release, switches)
      runner = createRunner({
        ...{ store, workspace: WORKSPACE, newId, now: clock, committed: () => {} },
        commands,
      })
      await parts.booted?.().catch(crashedOnly)
    },
    give(id: string | Leaf, input: unknown, caller: Partial<Caller> & { person: string }) {
      const command = typeof id === 'string' ? id : capabilityOf(id).id
      return runner.run(command, input, { device: name, assurance: 'unattested', ...caller })
    },
  }
  return machine
}

/** Another store that stops before, inside or after a transaction. */
function stopping(store: Store, moment: (moment: Moment) => void): Store {
  return {
    ...store,
    async write(workspace, urgency, work) {
      moment('statement')
      const value = await store.write(workspace, urgency, async tx => {
        const done = await work(tx)
        moment('commit')
        return done
      })
      moment('committed')
      return value
    },
    async read(workspace, work) {
      moment('read')
      return store.read(workspace, work)
    },
  }
}

export function crashedOnly(error: unknown): void {
  if (!(error instanceof Crashed)) throw error
}

function commandsOf(
  { commands }: Templates,
  release: Release,
  switches: { readonly broken: boolean },
): ReadonlyMap<string, Handler> {
  return new Map([...commands, ...testCommands(switches), ...walletCommands(), ...release.commands])
}

export interface Server extends Machine {
  /** Answers one message of a desk; throws `Crashed` when it went down meanwhile. */
  answer<M extends keyof SyncServer>(
    method: M,
    desk: Desk,
    request: Parameters<SyncServer[M]>[0],
  ): Promise<unknown>
  readonly disk: MemoryDisk | null
}

export function createServer(
  life: Life,
  release: Release,
  place: { readonly disk: MemoryDisk | null; readonly other?: Store },
  /** What its release does not know of the protocol. */
  older: { readonly packs: boolean } = { packs: true },
): Server {
  const { random, mutant, timeline } = life
  const machine = createMachine({
    ...{ life, name: 'server', number: 1, release, ...place },
    down: () => 500 + random.upTo(20_000),
    stopped: () => {
      const { disk } = place
      const earlier = copies.find(copy => copy.at > timeline.now() - (mutant?.commitsLate ?? 0))
      if (disk && earlier) disk.restore(earlier.bytes)
      copies.length = 0
    },
  })
  /** What was there before the last messages, for a server that commits late. */
  const copies: { at: number; bytes: Buffer }[] = []
  const page = 3 + random.upTo(60)
  return Object.assign(machine, {
    disk: place.disk,
    async answer(method: keyof SyncServer, desk: Desk, request: never) {
      const { store, runner, incarnation } = machine
      if (!machine.up) throw new Crashed()
      if (mutant?.commitsLate && place.disk && method === 'push')
        copies.push({ at: timeline.now(), bytes: place.disk.bytes() })
      let run: Runner['run'] = runner.run
      if (mutant?.run) run = mutant.run(store, runner.run)
      const own = createSyncServer(
        {
          ...{ store, workspace: WORKSPACE, run, bar: runner.bar, now: machine.clock },
          commands: machine.commands,
          onBug: (error, id) => `${(error as Error).message} in ${id}`,
          pageSize: page,
          build: machine.release.build,
          tables: machine.release.tables,
        },
        desk,
      )
      const answering = mutant?.server ? mutant.server(own) : own
      const asked = request as { packed?: boolean }
      const packs = older.packs || machine.release !== release
      const answer = await answering[method]((packs ? asked : { ...asked, packed: false }) as never)
      if (incarnation !== machine.incarnation) throw new Crashed()
      return answer
    },
  }) as Server
}

/** A command that a person gave on a desk. */
export interface Given {
  readonly id: string
  readonly command: string
  /** As the contract parsed it, as canonical JSON. */
  readonly input: string
  /** `unknown`: the machine stopped before it could say. */
  outcome: 'done' | 'refused' | 'requested' | 'unknown'
}

export interface DeskMachine extends Machine {
  readonly people: readonly string[]
  facts(): Desk
  readonly given: Given[]
  readonly disk: MemoryDisk
  revoked: boolean
  /** One round; null when the machine stopped in it. */
  round(): Promise<Round | null>
}

export function createDesk(
  life: Life,
  number: number,
  release: Release,
  people: readonly string[],
  bytes: Buffer,
  network: (desk: DeskMachine, incarnation: () => number) => SyncServer,
): DeskMachine {
  const { random, mutant } = life
  const seed = new Uint8Array(32).fill(number)
  const key = ed25519Signer(seed)
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  let client: SyncClient
  const name = `desk-${number}`
  const disk = memoryDisk(bytes)
  const machine = createMachine({
    ...{ life, name, number: 10 + number, release },
    disk,
    store: mutant?.deskRewrite ? { rewrite: mutant.deskRewrite } : {},
    down: () => 500 + random.upTo(60_000),
    async booted() {
      await replayAfterMigration(machine.store, WORKSPACE, machine.runner.replay)
      client = createSyncClient({
        ...{ store: machine.store, workspace: WORKSPACE, replay: machine.runner.replay, now: machine.clock },
        server: network(desk, () => machine.incarnation),
        committed: () => {},
        sign: async command => signatureOf(secret, key.keyId, command),
        batch: 1 + random.upTo(6),
        build: machine.release.build,
        tables: machine.release.tables,
      })
    },
  })
  const desk: DeskMachine = Object.assign(machine, {
    people,
    disk,
    revoked: false,
    facts: (): Desk => ({ id: name, people, key, revoked: desk.revoked }),
    given: [] as Given[],
    async round(): Promise<Round | null> {
      if (!machine.up) return null
      try {
        return await client.round()
      } catch (error) {
        crashedOnly(error)
        return null
      }
    },
  })
  return desk
}

/** What `signCommand` makes, without leaving this thread. */
function signatureOf(
  key: KeyObject,
  keyId: string,
  command: Omit<PushedCommand, 'signed'>,
): CommandSignature {
  const text = commandText(WORKSPACE, command)
  return { keyId, text, signature: signNow(null, Buffer.from(text), key).toString('hex') }
}
