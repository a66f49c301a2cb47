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
import type { IdentityParts } from './parts.ts'
import type { Authenticator, Principal } from './principal.ts'

/** How exactly it is known when something was used last, in milliseconds: a write for each request is dear. */
const NOTED_EVERY = 60_000n

type Headers = Parameters<Authenticator['authenticate']>[0]

/** Looks a request's secret up, in the workspace that it names, at every request: what was revoked is over. */
export function createAuthenticator(
  parts: Pick<IdentityParts, 'store' | 'now' | 'log' | 'https'>,
): Authenticator & { readonly close: () => void } {
  const { store, now, log } = parts
  const capabilities = [...capabilitiesById(contract).values()]
  let closed = false

  /** Notes the last use beside the request. */
  function note(table: 'sessions' | 'service_tokens', workspace: Id, id: Id, last: bigint | null): void {
    const at = now()
    if (closed || (last !== null && at - last < NOTED_EVERY)) return
    store
      .write(workspace, 'job', async tx => {
        await tx.db.updateTable(table).set({ last_used_at: at }).where('id', '=', id).execute()
      })
      .catch(error => {
        if (!closed) log('warn', 'the last use of a secret was not noted', { error: String(error) })
      })
  }

  async function ofSession(secret: string, { workspace, kind }: SecretName, headers: Headers) {
    const digest = digestOf(secret)
    const session = await store.read(workspace, reader =>
      reader.db
        .selectFrom('sessions')
        .leftJoin('people', 'people.id', 'sessions.person_id')
        .leftJoin('devices', 'devices.id', 'sessions.device_id')
        .selectAll('sessions')
        .select(['people.active as active', 'devices.revoked_at as revoked'])
        .where('digest', '=', digest)
        .executeTakeFirst(),
    )
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
    note('sessions', workspace, session.id, session.last_used_at)
    return session
  }

  async function end(workspace: Id, session: Id): Promise<void> {
    await store.write(workspace, 'person', async tx => {
      await tx.db.updateTable('sessions').set({ ended_at: now() }).where('id', '=', session).execute()
    })
  }

  async function ofToken(secret: string, { workspace }: SecretName): Promise<Principal> {
    const digest = digestOf(secret)
    const token = await store.read(workspace, reader =>
      reader.db.selectFrom('service_tokens').selectAll().where('digest', '=', digest).executeTakeFirst(),
    )
    if (!token || !sameDigest(token.digest, digest) || token.revoked_at !== null) throw invalid()
    if (token.expires_at !== null && token.expires_at <= now()) throw invalid()
    note('service_tokens', workspace, token.id, token.last_used_at)
    return {
      workspace,
      kind: 'service',
      person: null,
      scopes: capabilitiesOf(fromCanonical<string[]>(token.scopes), capabilities),
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
