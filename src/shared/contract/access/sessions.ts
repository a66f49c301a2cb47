import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, Uuid } from '../define.ts'
import { Named } from './values.ts'

export const SIGN_IN_METHODS = ['passphrase', 'passphrase+code', 'provider', 'link', 'device'] as const

export const Session = z.object({
  id: Uuid,
  kind: z.enum(['web', 'device']),
  person: Named.nullable(),
  device: Named.nullable(),
  method: z.enum(SIGN_IN_METHODS),
  /** From where, and with what program. */
  address: z.string(),
  agent: z.string(),
  createdAt: Instant,
  lastUsedAt: Instant,
  expiresAt: Instant,
  /** It is the one that asks. */
  current: z.boolean(),
})
export type Session = z.infer<typeof Session>

export const sessions = {
  /** Sessions that are open: one's own, or as an admin or auditor everybody's. */
  list: query('access.sessions.list', { roles: EVERYONE, remote: true })
    .input(z.object({ everybody: z.boolean().default(false) }))
    .output(z.object({ sessions: z.array(Session) })),
  /** Ends a session: one's own, or as an admin anybody's. Its next request is refused. */
  revoke: command('access.sessions.revoke', { roles: EVERYONE, authorityOnly: true })
    .input(z.object({ sessionId: Uuid }))
    .output(z.object({})),
  /** Ends all of one's own sessions but this one. */
  revokeOthers: command('access.sessions.revokeOthers', { roles: EVERYONE, authorityOnly: true })
    .input(z.object({}))
    .output(z.object({})),
  /** Somebody signed in: the core checked nothing of it, the server did. */
  begin: command('access.sessions.begin', { roles: [], internal: true, secret: ['digest'] })
    .input(
      z.object({
        digest: Digest,
        personId: Uuid,
        method: z.enum(SIGN_IN_METHODS),
        assurance: z.string(),
        address: z.string(),
        agent: z.string(),
        agentKind: z.string(),
        expiresAt: Instant,
        /** The session that this one takes the place of. */
        replaces: Uuid.optional(),
      }),
    )
    .output(z.object({ sessionId: Uuid })),
}
