import type { Row } from '#core/database/schema.ts'
import { reading } from '#core/database/store.ts'
import type { HostServices } from '#core/features.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, capabilitiesById, handle, serve } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { ServiceToken } from '#shared/contract/access/tokens.ts'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { isScope } from '#shared/service-scopes.ts'
import { demandServer, namesOf } from './common.ts'
import { makeSecret } from './secrets.ts'

const leaves = access.tokens
const DAY = 86_400_000n

type Name = Awaited<ReturnType<typeof namesOf>>

function tokenOf(row: Row<'service_tokens'>, person: Name): ServiceToken {
  return {
    id: row.id,
    name: row.name,
    scopes: fromCanonical<string[]>(row.scopes),
    createdBy: person(row.created_by),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }
}

export const listTokens = answer(leaves.list, async ({ reader }) => {
  const person = await namesOf(reader)
  const rows = await reader.db
    .selectFrom('service_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return { tokens: rows.map(row => tokenOf(row, person)) }
})

export const createToken = (services: Pick<HostServices, 'random'>) =>
  serve(leaves.create, async ({ input, now, read, runInternal }) => {
    const workspace = await read(async reader => {
      await demandServer(reader)
      return reader.workspace
    })
    const known = capabilitiesById(contract)
    const scope = input.scopes.find(one => !isScope(one, known))
    if (scope !== undefined) throw refuse('ACCESS_SCOPE_UNKNOWN', { scope })
    const { secret, digest } = makeSecret('token', workspace, services.random)
    const expiresAt = input.days === null ? null : now + BigInt(input.days) * DAY
    const { name, scopes } = input
    return { token: await runInternal(leaves.store, { name, scopes, digest, expiresAt }), secret }
  })

export const storeToken = handle(leaves.store, async ({ tx, input, ids, actor, receivedAt }) => {
  const row: Row<'service_tokens'> = {
    id: ids.next(),
    name: input.name,
    digest: input.digest,
    scopes: canonicalJson([...new Set(input.scopes)].sort()),
    created_by: actor!.id,
    created_at: receivedAt,
    expires_at: input.expiresAt,
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  }
  await tx.db.insertInto('service_tokens').values(row).execute()
  return tokenOf(row, await namesOf(reading(tx)))
})

export const revokeToken = handle(leaves.revoke, async ({ tx, input, actor, receivedAt }) => {
  const row = await tx.db
    .selectFrom('service_tokens')
    .selectAll()
    .where('id', '=', input.tokenId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'token', id: input.tokenId })
  const revoked = {
    revoked_at: row.revoked_at ?? receivedAt,
    revoked_by: row.revoked_by ?? byWhom(actor),
  }
  await tx.db.updateTable('service_tokens').set(revoked).where('id', '=', row.id).execute()
  return tokenOf({ ...row, ...revoked }, await namesOf(reading(tx)))
})
