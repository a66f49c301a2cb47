import { hostname } from 'node:os'
import type { Port } from '#serving/serve-core.ts'
import { type FromCore, ToCore } from '#shared/core-process-protocol.ts'
import { isRefusal } from '#shared/errors.ts'
import { Membership } from '../membership.ts'
import { newId, type OpenWorkspace } from '../open-workspace.ts'
import { workspacePaths } from '../workspace/layout.ts'
import { watchJobs } from './job-watch.ts'
import { type MainKeychain, mainKeychain } from './main-keychain.ts'
import { type MainUnlocker, mainUnlocker } from './main-unlocker.ts'

/** A page's port as it comes from main: it delivers nothing before `start`. */
export interface PagePort {
  postMessage(message: unknown): void
  on(event: string, listener: (...args: never[]) => void): unknown
  start(): void
  close(): void
}

/** The parent port of a utility process, as far as it is used. */
export interface MainPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: readonly PagePort[] }) => void): unknown
}

/** Codes with which the core process ends; main starts the next generation after all but the first. */
export const CORE_EXIT = { quit: 0, crashed: 70, fatal: 71, ownerLost: 75 } as const

/** Time for a last message to reach main, in milliseconds. */
const FLUSH = 100

export interface CoreProcessServices {
  readonly exit: (code: number) => void
  /** Writes a line where a developer sees it. */
  readonly print: (line: string) => void
}

/**
 * The core process of the desktop: speaks the protocol of `core-process-protocol.ts` with main, opens the
 * workspace (or becomes a client of its owner), and serves a port to each window.
 * @returns ends the process after a failure that nobody handled; for the entry to call
 */
export function runCoreProcess(
  main: MainPort,
  { exit, print }: CoreProcessServices,
): (error: unknown) => void {
  const send = (message: FromCore) => main.postMessage(message)
  const ports = new Map<number, PagePort>()
  const grants = new Map<string, number>()
  const stopping = new AbortController()
  let membership: Membership | undefined
  let owned: OpenWorkspace | undefined
  let keychain: MainKeychain | undefined
  let unlocker: MainUnlocker | undefined
  let isReady = false

  function open({
    workspaceDir,
    generation,
    appVersion,
    keychain: state,
  }: Extract<ToCore, { type: 'open' }>): void {
    keychain = mainKeychain(state, send)
    unlocker = mainUnlocker(workspaceDir, send)
    membership = new Membership({
      paths: workspacePaths(workspaceDir),
      host: 'desktop',
      kind: 'desktop',
      version: appVersion,
      device: `desktop:${hostname()}`,
      unlocker,
      keys: { keychain },
      onOwned: workspace => {
        owned = workspace
      },
      desktop: {
        show: (id, { title, body, link, urgency }) =>
          // A long name of a file may be in there; main takes short texts only.
          send({
            type: 'notification',
            id,
            title: title.slice(0, 200),
            body: body.slice(0, 1000),
            link,
            urgency,
          }),
      },
      // Main starts the next generation, which takes the owner's place with the keychain at hand.
      onOwnerLost: () => exit(CORE_EXIT.ownerLost),
    })
    ready(membership, generation).catch(fatal)
  }

  async function ready(member: Membership, generation: number): Promise<void> {
    const client = await member.client()
    const { workspace } = await client.workspace.session({})
    isReady = true
    for (const [window, port] of ports) attach(window, port)
    if (owned)
      void watchJobs(
        owned,
        {
          onCounts: counts => send({ type: 'counts', counts }),
          onWritten: handle => {
            const window = grants.get(handle)
            if (window !== undefined && grants.delete(handle)) send({ type: 'file-saved', handle, window })
          },
        },
        stopping.signal,
      )
    send({ type: 'ready', generation, workspace: { id: workspace.id, name: workspace.name } })
  }

  function attach(window: number, port: PagePort): void {
    const device = `desktop:${hostname()}:${window}`
    membership!
      .attachPort(port as unknown as Port, { device })
      .then(() => port.start())
      .catch(() => port.close())
  }

  function connect(window: number, port: PagePort): void {
    ports.get(window)?.close()
    ports.set(window, port)
    port.on('close', () => {
      if (ports.get(window) === port) ports.delete(window)
    })
    if (isReady) attach(window, port)
  }

  function grant({ handle, mode, path, window }: Extract<ToCore, { type: 'grant-file' }>): void {
    try {
      if (!membership) throw new Error('no workspace is open')
      membership.files.grant(path, mode, handle)
      if (mode === 'write') grants.set(handle, window)
      send({ type: 'file-granted', handle })
    } catch (error) {
      send({ type: 'file-refused', handle, reason: (error as Error).message })
    }
  }

  async function quit(): Promise<void> {
    stopping.abort()
    unlocker?.abandon()
    for (const port of ports.values()) port.close()
    await membership?.close()
    exit(CORE_EXIT.quit)
  }

  function fatal(error: unknown): void {
    if (stopping.signal.aborted) return
    const reference = newId().slice(-12)
    print(`[${reference}] ${error instanceof Error ? error.stack : String(error)}`)
    send(
      isRefusal(error)
        ? { type: 'fatal', code: error.code, message: error.message }
        : { type: 'fatal', code: 'CORE_FAILED', message: 'The workspace could not be opened.', reference },
    )
    setTimeout(() => exit(CORE_EXIT.fatal), FLUSH)
  }

  function receive(message: ToCore, port: PagePort | undefined): void {
    switch (message.type) {
      case 'open':
        if (!membership) open(message)
        break
      case 'unlock':
      case 'create-key':
        unlocker?.receive(message)
        break
      case 'connect':
        if (port) connect(message.window, port)
        break
      case 'disconnect':
        ports.get(message.window)?.close()
        ports.delete(message.window)
        break
      case 'key-wrapped':
      case 'key-unwrapped':
      case 'keychain-failed':
        keychain?.receive(message)
        break
      case 'grant-file':
        grant(message)
        break
      case 'power':
        owned?.log('info', `the machine: ${message.state}`)
        // Whatever was known of the network is old.
        if (message.state === 'resume') owned?.desk.awake()
        break
      case 'quit':
        quit().catch(crash)
    }
  }

  function crash(error: unknown): void {
    print(error instanceof Error ? (error.stack ?? error.message) : String(error))
    owned?.log('error', 'the core process ends: nobody handled this', { error })
    exit(CORE_EXIT.crashed)
  }

  main.on('message', event => {
    const parsed = ToCore.safeParse(event.data)
    if (parsed.success) receive(parsed.data, event.ports[0])
    else print(`A message of the main process was not understood: ${parsed.error.message}`)
  })
  return crash
}
