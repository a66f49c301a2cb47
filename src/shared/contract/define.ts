import { oc } from '@orpc/contract'
import { z } from 'zod'
import type { Role } from '../permissions.ts'

/** What the runner, the hosts and the palette need to know of a capability. */
export interface Capability {
  /** One id from contract to palette: RPC path, command name, permission, log field, title of its test. */
  readonly id: string
  readonly kind: 'query' | 'command' | 'service' | 'stream'
  /** Who holds the permission of the same name. */
  readonly roles: readonly Role[]
  /** A vote: being admin is not enough. */
  readonly vote: boolean
  /** Only the core itself runs it (jobs, sync): no role holds the permission. */
  readonly internal: boolean
  /** It answers also when nobody acts: the first page of an empty workspace needs it. */
  readonly open: boolean
  /** Input members that must not reach the log: passphrases. */
  readonly secret: readonly string[]
  /** The version of the command's input; older ones have an upcaster. */
  readonly version: number
  /** A query that may take long: it runs in the reader thread where the host has one. */
  readonly heavy: boolean
  /** Runs on the authority only; on a connected desk it is requested. */
  readonly authorityOnly: boolean
  /** Concerns one machine: on a connected desk it runs there, and is neither queued for the authority nor logged. */
  readonly local: boolean
  /** Only the authority knows: a connected desk asks it, and says so when it cannot. */
  readonly remote: boolean
  /** Takes what a company cannot make again: refused until somebody has the workspace's recovery key. */
  readonly realData: boolean
  /** Is about the machine of a host: its keys, its set-up, who sits at it. A server does not offer it. */
  readonly hostOnly: boolean
  /** Names files that a page gave to its host by their handles: nothing for a program without a page. */
  readonly files: boolean
}

export const Uuid = z.uuid()
/** SHA-256 as lower-case hexadecimal. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/)
/** Milliseconds since the epoch, UTC. */
export const Instant = z.bigint()

/** Refusals that any capability can give, apart from its own. */
const commonErrors = {
  /** Nobody is acting, or the person is unknown or no longer active. */
  WORKSPACE_NOBODY: { data: z.object({}) },
  /** The person has a passphrase and the caller did not prove it: act as them again. */
  WORKSPACE_PASSPHRASE_NEEDED: { data: z.object({ personId: z.string() }) },
  WORKSPACE_FORBIDDEN: { data: z.object({ capability: z.string(), roles: z.array(z.string()) }) },
  /** The same command id was used before with other input. */
  WORKSPACE_COMMAND_REUSED: { data: z.object({ commandId: z.string() }) },
  /** A connected desk cannot do this itself. It was sent to the authority and is in the outbox until then. */
  SYNC_REQUESTED: { data: z.object({ commandId: z.string() }) },
  /** The core's own work, which a connected desk leaves to the authority. */
  SYNC_AUTHORITY_ONLY: { data: z.object({ capability: z.string() }) },
  /** Only the authority knows this, and it cannot be asked now. `reason` is the code of why. */
  SYNC_NETWORK_NEEDED: { data: z.object({ capability: z.string(), reason: z.string() }) },
  /** The command was given by another version of Quarterdeck, whose input cannot be read here. */
  SYNC_COMMAND_VERSION: {
    data: z.object({ command: z.string(), version: z.bigint(), known: z.bigint() }),
  },
  WORKSPACE_NOT_FOUND: { data: z.object({ entity: z.string(), id: z.string() }) },
  /** Real data waits until the recovery key of this workspace was made and confirmed. */
  WORKSPACE_RECOVERY_NEEDED: { data: z.object({}) },
  /** The input does not fit the schema: a caller's mistake, with the places. */
  WORKSPACE_BAD_INPUT: {
    data: z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) }),
  },
}

interface Options {
  roles: readonly Role[]
  vote?: boolean
  internal?: boolean
  open?: boolean
  secret?: readonly string[]
  version?: number
  heavy?: boolean
  authorityOnly?: boolean
  local?: boolean
  remote?: boolean
  realData?: boolean
  hostOnly?: boolean
  files?: boolean
}

function capability(kind: Capability['kind'], id: string, options: Options) {
  const meta: Capability = {
    id,
    kind,
    roles: options.roles,
    vote: options.vote ?? false,
    internal: options.internal ?? false,
    open: options.open ?? false,
    secret: options.secret ?? [],
    version: options.version ?? 1,
    heavy: options.heavy ?? false,
    authorityOnly: options.authorityOnly ?? false,
    local: options.local ?? false,
    remote: options.remote ?? false,
    realData: options.realData ?? false,
    hostOnly: options.hostOnly ?? false,
    files: options.files ?? false,
  }
  return oc.$meta<Capability>(meta).errors(commonErrors)
}

/** A question: reads a snapshot and never writes. */
export function query(id: string, options: Options) {
  return capability('query', id, options)
}

/** A named change: validated, authorised, run in one transaction, logged. */
export function command(id: string, options: Options) {
  return capability('command', id, options)
}

/** Needs more than the database, such as a file or the keychain. What it changes, it changes by commands. */
export function service(id: string, options: Options) {
  return capability('service', id, options)
}

/** A live stream of events. */
export function stream(id: string, options: Options) {
  return capability('stream', id, options)
}
