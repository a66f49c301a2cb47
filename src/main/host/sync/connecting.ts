import type { Core, Log } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import type { Signer } from '#core/log/head.ts'
import type { Timer } from '#core/runtime/timer.ts'
import { BUILD } from '#core/sync/build.ts'
import { becomeDesk, connectionOf, type ServerRow } from '#core/sync/connection-rows.ts'
import type { ConnectionState } from '#core/sync/desk-port.ts'
import { WorkspaceThere } from '#core/sync/upload-wire.ts'
import { exchanges } from '#core/sync/wire.ts'
import type { EnrolmentState } from '#shared/device-protocol.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { createDeviceClient, type DeviceClient } from './device-client.ts'
import { failureOf } from './failures.ts'
import { createTransport, type Transport } from './http-transport.ts'
import { serverAddress } from './server-address.ts'
import { uploadWorkspace } from './upload.ts'

export interface ConnectingParts {
  readonly workspace: Id
  readonly timer: Timer
  readonly clock: { now(): bigint }
  readonly log: Log
  readonly deviceKey: () => Promise<Signer>
  readonly fetch?: typeof fetch
  readonly inside: () => { readonly core: Core; readonly store: Store }
  readonly changed: () => void
  /** Takes the connection up, once the server has the last word. */
  readonly open: (server: ServerRow) => Promise<void>
}

type Confirmed = Extract<EnrolmentState, { state: 'confirmed' }>

/** A pause before what failed on the way is tried again, in milliseconds. */
const AGAIN = 5000

/** The way from a workspace of its own to one of a server. */
export function createConnecting(parts: ConnectingParts) {
  const { workspace, timer, clock, changed } = parts
  let state: ConnectionState | null = null
  let stop: AbortController | null = null

  function show(next: Partial<ConnectionState> | null): void {
    state = next === null ? null : { ...BEGINNING, ...state, ...next }
    changed()
  }

  async function begin(typed: string): Promise<ConnectionState> {
    const url = serverAddress(typed)
    const { authority, server } = await connectionOf(parts.inside().store, workspace)
    if (authority !== 'standalone') throw refuse('SYNC_CONNECTED_ALREADY', { url: server?.url ?? '' })
    stop?.abort()
    const stopping = new AbortController()
    stop = stopping
    state = null
    const signer = await parts.deviceKey()
    const client = clientOf(url, stopping.signal)
    const begun = await client.begin(signer)
    show({
      phase: 'enrolling',
      url,
      code: begun.code,
      address: begun.pageWithCode,
      expiresAt: BigInt(begun.expiresAt),
      failure: null,
    })
    void wait(client, signer, begun.secret, Math.max(begun.interval, 0.2) * 1000, stopping)
    return state!
  }

  const clientOf = (url: string, signal: AbortSignal) =>
    createDeviceClient({ url, signal, ...(parts.fetch ? { fetch: parts.fetch } : {}) })

  /** Asks now and then whether the person confirmed; a network that is away for a moment ends nothing. */
  async function wait(
    client: DeviceClient,
    signer: Signer,
    secret: string,
    interval: number,
    stopping: AbortController,
  ): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const answer = await client.state(secret)
        if (answer.state === 'confirmed') return await confirmed(answer, signer, stopping)
        if (answer.state !== 'waiting')
          return show({
            phase: 'none',
            code: null,
            address: null,
            failure: {
              code: answer.state === 'refused' ? 'SYNC_ENROLMENT_REFUSED' : 'SYNC_ENROLMENT_EXPIRED',
              data: {},
            },
          })
        if (state?.failure) show({ failure: null })
      } catch (error) {
        if (stopping.signal.aborted) return
        show({ failure: failureOf(error) })
      }
      await pause(interval, stopping.signal)
    }
  }

  async function confirmed(answer: Confirmed, signer: Signer, stopping: AbortController): Promise<void> {
    const row: ServerRow = {
      url: answer.server,
      workspace_there: answer.workspace.id,
      device: answer.device,
      person: answer.person.id,
      state: 'joining',
      progress: null,
      since: clock.now(),
    }
    try {
      await goOn(row, signer, stopping)
    } catch (error) {
      if (stopping.signal.aborted) return
      parts.log('warn', 'connecting failed', { error })
      show({ phase: 'none', code: null, address: null, progress: null, failure: failureOf(error) })
    }
  }

  async function goOn(row: ServerRow, signer: Signer, stopping: AbortController): Promise<void> {
    const { store } = parts.inside()
    const transport = transportOf(row, signer, stopping.signal)
    const welcome = await transport.ask({ path: '/hello', message: BUILD, answer: exchanges.hello.answer })
    if (welcome.kind === 'unfit')
      throw refuse(welcome.older === 'desk' ? 'SYNC_DESK_TOO_OLD' : 'SYNC_SERVER_TOO_OLD', {})
    const { isEmpty } = await connectionOf(store, workspace)
    if (isEmpty && row.state === 'joining') await store.write(workspace, 'person', tx => becomeDesk(tx, row))
    else {
      // An upload that was begun goes on into what it has brought there already.
      const there = await transport.ask({ path: '/workspace', method: 'GET', answer: WorkspaceThere })
      if (!there.empty && row.state !== 'uploading') throw refuse('SYNC_BOTH_FULL', {})
      await upload({ ...row, state: 'uploading' }, transport, stopping)
    }
    if (stopping.signal.aborted) return
    stop = null
    show(null)
    parts.inside().core.live.announce(0n, ['workspace_state', 'sync_state', 'outbox'])
    const { server } = await connectionOf(store, workspace)
    if (server) await parts.open(server)
  }

  /** Sends the workspace up, however often it is cut off; the last step changes who has the last word. */
  async function upload(row: ServerRow, transport: Transport, stopping: AbortController): Promise<void> {
    for (;;) {
      try {
        show({ phase: 'uploading', url: row.url, code: null, address: null, failure: null })
        await uploadWorkspace({
          ...parts.inside(),
          workspace,
          transport,
          row,
          signal: stopping.signal,
          onProgress: (done, total) => show({ progress: { of: 'rows', done, total }, failure: null }),
        })
        return
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (stopping.signal.aborted || typeof code !== 'string' || !PASSING.has(code)) throw error
        show({ failure: failureOf(error) })
        await pause(AGAIN, stopping.signal)
        if (stopping.signal.aborted) throw error
      }
    }
  }

  function transportOf(row: ServerRow, signer: Signer, signal: AbortSignal): Transport {
    const device = { workspace: row.workspace_there, device: row.device }
    const session = clientOf(row.url, signal).session(device, signer)
    return createTransport({ url: row.url, session, signal, ...(parts.fetch ? { fetch: parts.fetch } : {}) })
  }

  const pause = (milliseconds: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const cancel = timer.after(milliseconds, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })

  return {
    begin,
    /** An upload that a crash or a shut-down cut off goes on. */
    resume(row: ServerRow): void {
      const stopping = new AbortController()
      stop = stopping
      show({ phase: 'uploading', url: row.url })
      parts
        .deviceKey()
        .then(signer => goOn(row, signer, stopping))
        .catch(error => {
          if (stopping.signal.aborted) return
          parts.log('warn', 'connecting failed', { error })
          show({ phase: 'none', progress: null, failure: failureOf(error) })
        })
    },
    /** What is under way; null where nothing is, or where it is over. */
    state: () => state,
    async cancel(): Promise<void> {
      stop?.abort()
      stop = null
      const { store } = parts.inside()
      const { authority } = await connectionOf(store, workspace)
      if (authority === 'standalone')
        await store.write(workspace, 'person', async tx => {
          await tx.db.deleteFrom('sync_server').execute()
        })
      show(null)
    },
    async close(): Promise<void> {
      stop?.abort()
    },
  }
}

/** What passes by itself: the network, a server that is being restarted. */
const PASSING: ReadonlySet<string> = new Set([
  'SYNC_OFFLINE',
  'SYNC_NO_ANSWER',
  'SYNC_SERVER_AWAY',
  'SYNC_NOT_OURS',
  'SYNC_REDIRECTED',
])

const BEGINNING: ConnectionState = {
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
