import type { RawData, WebSocket } from 'ws'
import type { HostServices } from '#core/features.ts'
import type { DesktopPort } from '#core/notify/notification.ts'
import type { Peer } from '#serving/caller.ts'
import { type ActingAs, type Client, socketClient } from '#serving/client.ts'
import { openStagedFiles, type StagedFiles } from '#serving/files/staged-files.ts'
import { relayPort, relaySockets } from '#serving/relay.ts'
import { type Port, type Serving, serveCore } from '#serving/serve-core.ts'
import { hostRouter } from './host-handlers.ts'
import type { KeyServices } from './keys/slots.ts'
import { isoNow, type OpenWorkspace, openWorkspace } from './open-workspace.ts'
import { greetOwner, type OwnerConnection, ownOrJoin } from './owner/join.ts'
import { readOwnerRecord } from './owner/owner-record.ts'
import { type ClientServer, serveClients } from './owner/serve-clients.ts'
import { ensureFolders, type WorkspacePaths } from './workspace/layout.ts'
import type { Unlocker } from './workspace/unlock.ts'

export interface MembershipOptions {
  readonly paths: WorkspacePaths
  /** Which host this is: "desktop", "browser host", "command line". */
  readonly host: string
  readonly kind: HostServices['host']['kind']
  /** Shows notifications while this host owns the workspace. */
  readonly desktop?: DesktopPort
  readonly version: string
  readonly unlocker: Unlocker
  readonly keys?: Partial<KeyServices>
  /** What the command log calls this process's own calls. */
  readonly device: string
  /** How long to wait for an owner that does not answer, in milliseconds. */
  readonly patience?: number
  readonly alsoLog?: (line: string) => void
  /** Is told each time this process becomes the owner of the workspace. */
  readonly onOwned?: (workspace: OpenWorkspace) => void
  /**
   * The owner whose client this was is gone. By default this process takes its place at once; a host that
   * is restarted by somebody else ends instead.
   */
  readonly onOwnerLost?: 'succeed' | (() => void)
  /** Succession failed (no key, say): this process can do nothing more with the workspace. */
  readonly onFailed?: (error: unknown) => void
}

type State =
  | { role: 'owner'; workspace: OpenWorkspace; serving: Serving; server: ClientServer }
  | { role: 'client'; connection: OwnerConnection }

/**
 * A process's part in a workspace: its owner, or a client of the process that is. Callers need not know which,
 * and it may change from client to owner while they are there.
 */
export class Membership {
  readonly #options: MembershipOptions
  readonly files: StagedFiles
  #state: Promise<State>
  #closed = false

  constructor(options: MembershipOptions) {
    this.#options = options
    ensureFolders(options.paths)
    this.files = openStagedFiles({ dir: options.paths.staging, now: Date.now })
    this.#state = this.#enter()
  }

  /** Resolves when the workspace can be used. Throws what `ownOrJoin` and `openWorkspace` throw. */
  async role(): Promise<'owner' | 'client'> {
    return (await this.#state).role
  }

  /** The workspace, where this process owns it. */
  async owned(): Promise<OpenWorkspace | undefined> {
    const state = await this.#state
    return state.role === 'owner' ? state.workspace : undefined
  }

  /** Calls in the name of a person, from this process. */
  async client(as: ActingAs = {}): Promise<Client> {
    const state = await this.#state
    if (state.role === 'client') return socketClient(state.connection.ws, as)
    return state.serving.local({ device: this.#options.device, ...as })
  }

  /** Connects a signed-in page. What it sends meanwhile waits. */
  attachSocket(ws: WebSocket, peer: Peer): void {
    const held: [RawData, boolean][] = []
    const hold = (data: RawData, isBinary: boolean) => void held.push([data, isBinary])
    ws.on('message', hold)
    const attach = async () => {
      const state = await this.#state
      const owner = state.role === 'client' ? await this.#connect(peer.device) : undefined
      ws.off('message', hold)
      if (state.role === 'owner') state.serving.attachSocket(ws, peer)
      else if (owner) relaySockets(ws, owner.ws)
      for (const [data, isBinary] of held) ws.emit('message', data, isBinary)
    }
    attach().catch(() => ws.close(1012, 'the workspace is not there'))
  }

  /** Connects a window's port. */
  async attachPort(port: Port, peer: Peer): Promise<void> {
    const state = await this.#state
    if (state.role === 'owner') state.serving.attachPort(port, peer)
    else relayPort(port, (await this.#connect(peer.device)).ws)
  }

  async close(): Promise<void> {
    this.#closed = true
    const state = await this.#state.catch(() => undefined)
    if (state) await leave(state)
  }

  async #enter(): Promise<State> {
    const { paths, host, device, version, patience } = this.#options
    const joined = await ownOrJoin(paths, {
      host,
      device,
      version,
      ...(patience === undefined ? {} : { patience }),
    })
    const state: State =
      joined.role === 'owner'
        ? await this.#own(joined.lock)
        : { role: 'client', connection: joined.connection }
    if (this.#closed) await leave(state)
    else if (state.role === 'client') state.connection.ws.once('close', () => this.#ownerLost())
    return state
  }

  async #own(lock: Parameters<typeof openWorkspace>[0]['lock']): Promise<State> {
    const { paths, host, kind, desktop, version, unlocker, keys, alsoLog, onOwned } = this.#options
    const workspace = await openWorkspace({
      paths,
      lock,
      unlocker,
      host,
      kind,
      version,
      ...(desktop ? { desktop } : {}),
      ...(keys ? { keys } : {}),
      ...(alsoLog ? { alsoLog } : {}),
    })
    try {
      let server: ClientServer | undefined
      const facts = { host, version, startedAt: isoNow(), clients: () => server?.count() ?? 0 }
      const serving = serveCore({ ...workspace, host: hostRouter(workspace, facts) })
      server = await serveClients({
        paths,
        host,
        version,
        now: isoNow,
        attach: (ws, client) => serving.attachSocket(ws, { device: client.device }),
      })
      onOwned?.(workspace)
      return { role: 'owner', workspace, serving, server }
    } catch (error) {
      await workspace.close()
      throw error
    }
  }

  #ownerLost(): void {
    if (this.#closed) return
    const { onOwnerLost, onFailed } = this.#options
    if (typeof onOwnerLost === 'function') onOwnerLost()
    else {
      this.#state = this.#enter()
      this.#state.catch(error => onFailed?.(error))
    }
  }

  async #connect(device: string): Promise<OwnerConnection> {
    const record = readOwnerRecord(this.#options.paths.owner)
    const connection = record && (await greetOwner(record, { host: this.#options.host, device }))
    if (!connection) throw new Error('the owner is gone')
    return connection
  }
}

async function leave(state: State): Promise<void> {
  if (state.role === 'client') return state.connection.ws.close()
  await state.server.close()
  await state.workspace.close()
}
