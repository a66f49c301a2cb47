import type { Assurance, Caller } from '#core/runtime/handlers.ts'
import type { Id } from '#shared/ids.ts'

/** Who a request comes from, after its session, token or device was checked. */
export interface Principal {
  /** The workspace that the secret was made for: the only one that this request can reach. */
  readonly workspace: Id
  /** A person in a browser, a program with a service token, or an enrolled desk. */
  readonly kind: 'person' | 'service' | 'device'
  /** Null for a service token: it acts as itself. */
  readonly person: Id | null
  /** The capabilities that a service token may call; null where the person's roles decide. */
  readonly scopes: readonly string[] | null
  /** Names the origin in the command log: `web:<session>`, `service:<token>`, or the device's id. */
  readonly device: string
  readonly assurance: Assurance
  /** The session or token, so that it can be shown and revoked. */
  readonly session: Id
  /** True where a browser sent the secret by itself (a cookie): what changes something needs an origin check. */
  readonly ambient: boolean
}

/** Tells who sent a request. */
export interface Authenticator {
  /**
   * Null when the request carries no secret.
   * @throws Refusal `ACCESS_SESSION_INVALID`, `ACCESS_DEVICE_REVOKED`
   */
  authenticate(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): Promise<Principal | null>
}

/** The caller of the core for a request of this principal. */
export function callerOf(principal: Principal, command?: { readonly id: Id; readonly at?: bigint }): Caller {
  return {
    person: principal.person,
    device: principal.device,
    assurance: principal.assurance,
    vouched: true,
    ...(principal.scopes === null ? {} : { scopes: principal.scopes }),
    ...(command === undefined ? {} : { commandId: command.id }),
    ...(command?.at === undefined ? {} : { at: command.at }),
  }
}
