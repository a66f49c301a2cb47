import { isOpen } from '#core/identity/lives.ts'
import { readSecretName, type SecretName, sameDigest } from '#core/identity/secrets.ts'
import { capabilitiesById } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { capabilitiesOf } from '#shared/service-scopes.ts'
import { agentKindOf } from './agent.ts'
import { sessionSecretOf } from './cookies.ts'
import { createKeptSecrets } from './kept-secrets.ts'
import type { IdentityParts } from './parts.ts'
import type { Authenticator, Principal } from './principal.ts'

/** How exactly it is known when something was used last, in milliseconds: a write for each request is dear. */
const NOTED_EVERY = 60_000n

type Headers = Parameters<Authenticator['authenticate']>[0]

/** A row of a session or a token, of which only the last use changes while it is kept. */
interface Used {
  readonly id: Id
  last_used_at: bigint | null
}

/**
 * Looks a request's secret up, in the workspace that it names. What was revoked is over: at once where it was revoked
 * on this server, within a second where it was elsewhere (`kept-secrets.ts`).
 */
export function createAuthenticator(
  parts: Pick<IdentityParts, 'store' | 'now' | 'log' | 'https' | 'workspaces'>,
): Authenticator & { readonly close: () => void } {
  const { store, now, log, workspaces } = parts
  const capabilities = [...capabilitiesById(contract).values()]
  const opened = () => workspaces.opened()
  const sessions = createKeptSecrets<NonNullable<Awaited<ReturnType<typeof readSession>>>>({ opened, now })
  const tokens = createKeptSecrets<NonNullable<Awaited<ReturnType<typeof readToken>>>>({ opened, now })
  let closed = false

  /** Notes the last use beside the request. */
  function note(table: 'sessions' | 'service_tokens', workspace: Id, used: Used): void {
    const at = now()
    const { id, last_used_at: last } = used
    if (closed || (last !== null && at - last < NOTED_EVERY)) return
    used.last_used_at = at
    store
      .write(workspace, 'job', async tx => {
        await tx.db.updateTable(table).set({ last_used_at: at }).where('id', '=', id).execute()
      })
      .catch(error => {
        if (!closed) log('warn', 'the last use of a secret was not noted', { error: String(error) })
      })
  }

  function readSession(workspace: Id, digest: string) {
    return store.read(workspace, reader =>
      reader.db
        .selectFrom('sessions')
        .leftJoin('people', 'people.id', 'sessions.person_id')
        .leftJoin('devices', 'devices.id', 'sessions.device_id')
        .selectAll('sessions')
        .select(['people.active as active', 'devices.revoked_at as revoked'])
        .where('digest', '=', digest)
        .executeTakeFirst(),
    )
  }

  async function readToken(workspace: Id, digest: string) {
    const token = await store.read(workspace, reader =>
      reader.db.selectFrom('service_tokens').selectAll().where('digest', '=', digest).executeTakeFirst(),
    )
    return (
      token && { ...token, capabilities: capabilitiesOf(fromCanonical<string[]>(token.scopes), capabilities) }
    )
  }

  async function ofSession(secret: string, { workspace, kind }: SecretName, headers: Headers) {
    const digest = digestOf(secret)
    const session = await sessions.read(workspace, digest, () => readSession(workspace, digest))
    const wanted = kind === 'device' ? 'device' : 'web'
    if (!session || session.kind !== wanted || !sameDigest(session.digest, digest)) throw invalid()
    if (session.kind === 'device') {
      if (session.revoked !== null) throw refuse('ACCESS_DEVICE_REVOKED', { deviceId: session.device_id })
      if (!isOpen(session, now())) throw invalid()
    } else {
      if (!isOpen(session, now()) || session.active !== 1n) throw invalid()
      // A cookie that turns up in another kind of browser was taken from where it belongs.
      if (session.agent_kind !== agentKindOf(headers['user-agent'])) {
        await end(workspace, session.id)
        log('warn', 'a session was used by another browser and ended', { workspace, session: session.id })
        throw invalid()
      }
    }
    note('sessions', workspace, session)
    return session
  }

  async function end(workspace: Id, session: Id): Promise<void> {
    await store.write(workspace, 'person', async tx => {
      await tx.db.updateTable('sessions').set({ ended_at: now() }).where('id', '=', session).execute()
    })
    sessions.forget(workspace)
  }

  async function ofToken(secret: string, { workspace }: SecretName): Promise<Principal> {
    const digest = digestOf(secret)
    const token = await tokens.read(workspace, digest, () => readToken(workspace, digest))
    if (!token || !sameDigest(token.digest, digest) || token.revoked_at !== null) throw invalid()
    if (token.expires_at !== null && token.expires_at <= now()) throw invalid()
    note('service_tokens', workspace, token)
    return {
      workspace,
      kind: 'service',
      person: null,
      scopes: token.capabilities,
      device: `service:${token.id}`,
      assurance: 'unattested',
      session: token.id,
      ambient: false,
    }
  }

  return {
    async authenticate(headers) {
      const carried = sessionSecretOf(headers, parts.https)
      if (!carried) return null
      const { secret, ambient } = carried
      const name = readSecretName(secret)
      // A cookie holds a browser's session and nothing else.
      if (!name || (ambient && name.kind !== 'session')) throw invalid()
      if (name.kind === 'token') return ofToken(secret, name)
      if (name.kind !== 'session' && name.kind !== 'device') throw invalid()
      const session = await ofSession(secret, name, headers)
      const isDevice = session.kind === 'device'
      return {
        workspace: name.workspace,
        kind: isDevice ? 'device' : 'person',
        person: session.person_id,
        scopes: null,
        device: isDevice ? session.device_id! : `web:${session.id}`,
        assurance: session.assurance as Principal['assurance'],
        session: session.id,
        ambient,
      }
    },
    close() {
      closed = true
    },
  }
}

function invalid() {
  return refuse('ACCESS_SESSION_INVALID', {}, 'This session or token is not (or no longer) valid.')
}
