import { createHash } from 'node:crypto'
import type { Core, Log } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import { signCommand } from '#core/identity/command-signature.ts'
import type { Signer } from '#core/log/head.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Bulk } from '#core/sync/bulk.ts'
import type { Round } from '#core/sync/client.ts'
import { connectionOf, leaveServer, noteServer, type ServerRow } from '#core/sync/connection-rows.ts'
import type { ConnectionState, DeskPort, RoundOutcome } from '#core/sync/desk-port.ts'
import type { StagedFiles } from '#serving/files/staged-files.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { followAnnouncements } from './announcements.ts'
import { createConnecting } from './connecting.ts'
import { createDeviceClient } from './device-client.ts'
import { failureOf } from './failures.ts'
import { createTransport, type Transport } from './http-transport.ts'
import { createSyncLoop, type SyncLoop } from './loop.ts'
import { askRemote, fetchDocument, keepDocument, sendFiles } from './remote-calls.ts'
import { createRemoteServer } from './remote-server.ts'

export interface DeskSyncParts {
  readonly workspace: Id
  readonly timer: Timer
  readonly clock: { now(): bigint; monotonic(): number }
  readonly random: () => number
  readonly log: Log
  /** The key of this machine, made when it is first asked for. */
  readonly deviceKey: () => Promise<Signer>
  readonly files: Pick<StagedFiles, 'find'>
  readonly fetch?: typeof fetch
}

/** A desk's connection as long as it is one: what asks the server, and what runs the rounds. */
interface Line {
  readonly server: ServerRow
  readonly transport: Transport
  readonly loop: SyncLoop
  readonly bulk: Bulk
  readonly stop: AbortController
}

export interface DeskSync extends DeskPort {
  /** Takes the connection up again where the workspace has one. Called once the core runs. */
  start(core: Core, store: Store): Promise<void>
  /** The machine woke, or has another network. */
  awake(): void
  close(): Promise<void>
}

/** Everything between a workspace of this machine and its server. Before `start` it has none. */
export function createDeskSync(parts: DeskSyncParts): DeskSync {
  const { workspace, clock } = parts
  let carried: { core: Core; store: Store } | null = null
  let line: Line | null = null
  let clockAhead: number | null = null
  let received = 0n

  const inside = () => {
    if (!carried) throw refuse('SYNC_NOT_CONNECTED', {})
    return carried
  }
  const connected = (): Line => {
    if (!line) throw refuse('SYNC_NOT_CONNECTED', {})
    return line
  }
  /** What a page shows of the connection has changed. */
  const changed = () => carried?.core.live.announce(0n, ['sync_server'])

  async function open(server: ServerRow): Promise<void> {
    const { core, store } = inside()
    const stop = new AbortController()
    const signer = await parts.deviceKey()
    const reach = { url: server.url, signal: stop.signal, ...(parts.fetch ? { fetch: parts.fetch } : {}) }
    const device = { workspace: server.workspace_there, device: server.device }
    const session = createDeviceClient(reach).session(device, signer)
    const transport = createTransport({ ...reach, session })
    const remote = createRemoteServer({
      transport,
      beforePush: commands => sendFiles(transport, parts.files, core.handlers, commands),
      onRows(rows) {
        received += BigInt(rows)
        changed()
      },
    })
    const client = core.connect(remote, {
      sign: command => signCommand(signer, server.workspace_there, command),
    })
    const loop = createSyncLoop({
      round: () => client.round(),
      follow: (signal, told) =>
        followAnnouncements(transport, parts.timer, AbortSignal.any([signal, stop.signal]), told),
      live: core.live,
      timer: parts.timer,
      clock,
      random: parts.random,
      onRound(round) {
        void afterRound(store, round)
        if (round.reached && !round.unfit) void client.bulk.fetch()
      },
      onFailure: (message, facts) => parts.log('warn', message, facts),
    })
    line = { server, transport, loop, bulk: client.bulk, stop }
    loop.start()
    changed()
  }

  async function afterRound(store: Store, round: Round): Promise<void> {
    if (round.behind !== null) clockAhead = Number(round.behind)
    const { server } = line ?? {}
    if (!round.reached || round.unfit || server?.state !== 'joining') return changed()
    const arrived: ServerRow = { ...server, state: 'connected' }
    await store.write(workspace, 'job', tx => noteServer(tx, arrived))
    if (line) line = { ...line, server: arrived }
    changed()
  }

  async function shut(patience: number): Promise<void> {
    const closing = line
    line = null
    if (!closing) return
    await Promise.race([
      closing.loop.close(),
      new Promise<void>(resolve => void parts.timer.after(patience, resolve)),
    ])
    closing.stop.abort()
    await closing.loop.close()
  }

  const connecting = createConnecting({
    ...parts,
    inside,
    changed,
    open,
  })

  return {
    async start(core, store) {
      carried = { core, store }
      const { authority, server } = await connectionOf(store, workspace)
      if (!server) return
      // Where an upload is not finished the server does not know yet that it has the last word.
      if (authority === 'connected' && server.state !== 'uploading') await open(server)
      else connecting.resume(server)
    },
    async syncNow() {
      const round = await connected().loop.now()
      if (!round) throw refuse('SYNC_NOT_CONNECTED', {})
      return outcomeOf(round)
    },
    ask: (capability, input, person) => askRemote(connected().transport, capability, input, person),
    async want(content) {
      const { bulk } = connected()
      await bulk.want(content)
      void bulk.fetch()
    },
    async document(id) {
      const found = await fetchDocument(connected().transport, id)
      const digest = createHash('sha256').update(found.bytes).digest('hex')
      if (digest !== found.digest)
        throw refuse('SYNC_NOT_OURS', { host: line?.server.url ?? '', status: 200 })
      await keepDocument(inside().store, workspace, id, found)
      return found
    },
    state(): ConnectionState {
      const begun = connecting.state()
      if (begun) return begun
      if (!line) return NOTHING
      return {
        ...NOTHING,
        phase: line.server.state === 'joining' ? 'joining' : 'connected',
        url: line.server.url,
        progress: line.server.state === 'joining' ? { of: 'rows', done: received, total: null } : null,
        clockAhead,
        live: line.loop.isListening(),
      }
    },
    async begin(url) {
      if (line) throw refuse('SYNC_CONNECTED_ALREADY', { url: line.server.url })
      return connecting.begin(url)
    },
    async cancel() {
      await connecting.cancel()
      changed()
    },
    async disconnect(keep, evenWaiting) {
      const { store } = inside()
      const { server } = connected()
      await shut(0)
      try {
        const touched = await store.write(workspace, 'person', async tx => {
          await leaveServer(tx, keep, evenWaiting)
          return tx.touched.changed
        })
        inside().core.live.announce(0n, touched)
      } catch (error) {
        await open(server)
        throw error
      }
      received = 0n
      changed()
    },
    awake: () => line?.loop.awake(),
    async close() {
      await connecting.close()
      await shut(GRACE)
    },
  }
}

/** A program that ends waits so long for a round under way, in milliseconds. */
const GRACE = 1500

const NOTHING: ConnectionState = {
  phase: 'none',
  url: null,
  code: null,
  address: null,
  expiresAt: null,
  progress: null,
  failure: null,
  clockAhead: null,
  live: false,
}

/** What a round came to, for people. */
function outcomeOf(round: Round): RoundOutcome {
  const { answered, refused, applied, unfit } = round
  const failure = unfit
    ? { code: unfit.older === 'desk' ? 'SYNC_DESK_TOO_OLD' : 'SYNC_SERVER_TOO_OLD', data: {} }
    : round.reached
      ? null
      : failureOf(round.failure)
  return { reached: round.reached && !unfit, answered, refused, applied, failure }
}
