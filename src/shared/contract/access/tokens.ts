import { z } from 'zod'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { Named, onServer } from './values.ts'

export const ServiceToken = z.object({
  id: Uuid,
  name: z.string(),
  scopes: z.array(z.string()),
  createdBy: Named,
  createdAt: Instant,
  /** Null for one that lasts until it is revoked. */
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
})
export type ServiceToken = z.infer<typeof ServiceToken>

const TokenName = z.string().trim().min(1).max(100)
const Scopes = z.array(z.string().max(200)).min(1).max(50)
const unknownScope = { ACCESS_SCOPE_UNKNOWN: { data: z.object({ scope: z.string() }) } }

export const tokens = {
  list: query('access.tokens.list', { roles: ['auditor', 'ops'], remote: true })
    .input(z.object({}))
    .output(z.object({ tokens: z.array(ServiceToken) })),
  /** Makes a token for a program. The answer holds its secret, this once. */
  create: service('access.tokens.create', { roles: ['admin'], remote: true })
    .input(z.object({ name: TokenName, scopes: Scopes, days: z.number().int().min(1).max(3650).nullable() }))
    .output(z.object({ token: ServiceToken, secret: z.string() }))
    .errors({ ...onServer, ...unknownScope }),
  store: command('access.tokens.store', { roles: [], internal: true, secret: ['digest'] })
    .input(z.object({ name: TokenName, scopes: Scopes, digest: Digest, expiresAt: Instant.nullable() }))
    .output(ServiceToken),
  revoke: command('access.tokens.revoke', { roles: ['admin'], authorityOnly: true })
    .input(z.object({ tokenId: Uuid }))
    .output(ServiceToken),
}
