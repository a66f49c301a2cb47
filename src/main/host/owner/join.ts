import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type ExclusiveLock, takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { parseText } from '#serving/guarded-socket.ts'
import { refuse } from '#shared/errors.ts'
import type { WorkspacePaths } from '../workspace/layout.ts'
import { OwnerWelcome } from './hello.ts'
import { type OwnerRecord, readOwnerRecord } from './owner-record.ts'

/** A connection to the owner, greeted: from here on it carries oRPC's peer protocol. */
export interface OwnerConnection {
  readonly ws: WebSocket
  /** Which host owns the workspace. */
  readonly host: string
  readonly version: string
}

export type OwnerOrClient =
  | { readonly role: 'owner'; readonly lock: ExclusiveLock }
  | { readonly role: 'client'; readonly connection: OwnerConnection }

export interface ClientIdentity {
  /** Which host asks, for the owner's log. */
  readonly host: string
  /** What the command log calls this device. */
  readonly device: string
}

export interface JoinOptions extends ClientIdentity {
  /** What this host is; an owner of another version may not understand its calls. */
  readonly version: string
  /** How long to wait for an owner that holds the lock and does not answer yet, in milliseconds. */
  readonly patience?: number
  readonly signal?: AbortSignal
}

/**
 * Becomes the owner of a workspace, or the client of the one that is. An owner that starts (it unlocks and
 * migrates before it listens) is waited for; one that was killed leaves the lock free, and is succeeded.
 * @throws Refusal `OWNER_UNREACHABLE` when another process holds the lock and does not answer in time,
 *   `OWNER_OTHER_VERSION` when it is of another version than this one
 */
export async function ownOrJoin(paths: WorkspacePaths, options: JoinOptions): Promise<OwnerOrClient> {
  const { patience = 20_000, signal } = options
  const began = performance.now()
  for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
    const lock = takeExclusiveLock(paths.lock)
    if (lock) return { role: 'owner', lock }
    const record = readOwnerRecord(paths.owner)
    const connection = record && (await greetOwner(record, options))
    if (connection && connection.version !== options.version) throw otherVersion(connection, options)
    if (connection) return { role: 'client', connection }
    if (performance.now() - began > patience) throw unreachable(paths, record)
    await pause(wait, undefined, { signal })
  }
}

/** Connects to an owner. Undefined when it is not there (any more). */
export async function greetOwner(
  record: OwnerRecord,
  { host, device }: ClientIdentity,
): Promise<OwnerConnection | undefined> {
  const ws = new WebSocket('ws://owner/', {
    createConnection: () => connect(record.endpoint),
    handshakeTimeout: 5000,
    perMessageDeflate: false,
    maxPayload: 0,
  })
  return new Promise(resolve => {
    const fail = () => {
      clearTimeout(limit)
      resolve(undefined)
      ws.terminate()
    }
    const limit = setTimeout(fail, 5000)
    ws.on('error', fail)
    ws.on('close', fail)
    ws.once('open', () => ws.send(JSON.stringify({ secret: record.secret, host, device, pid: process.pid })))
    ws.once('message', data => {
      const welcome = parseText(OwnerWelcome, data.toString())
      if (welcome === undefined) return fail()
      clearTimeout(limit)
      ws.off('close', fail)
      ws.off('error', fail)
      // A later failure shows as `close`; without a listener an error would end the process.
      ws.on('error', () => {})
      resolve({ ws, host: welcome.host, version: welcome.version })
    })
  })
}

function otherVersion({ ws, host, version }: OwnerConnection, own: JoinOptions) {
  ws.close()
  return refuse(
    'OWNER_OTHER_VERSION',
    { host, version, own: own.version },
    `The workspace is open in the ${host} of version ${version}, and this is ${own.version}. Close it there and try again.`,
  )
}

function unreachable(paths: WorkspacePaths, record: OwnerRecord | undefined) {
  const who = record ? `the ${record.host} (process ${record.pid})` : 'another process'
  return refuse(
    'OWNER_UNREACHABLE',
    { dir: paths.dir, ...(record ? { pid: record.pid, host: record.host } : {}) },
    `The workspace ${paths.dir} is open in ${who}, which does not answer. Close it and try again.`,
  )
}
