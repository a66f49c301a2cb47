import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { RoleRequest } from '#shared/contract/access/people.ts'
import { access } from '#shared/contract/access.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'
import { activeAdmins, getPerson, putRoles } from '../workspace/people.ts'
import { namesOf } from './common.ts'

const leaves = access.roles

type Name = Awaited<ReturnType<typeof namesOf>>

function requestOf(row: Row<'role_requests'>, person: Name): RoleRequest {
  return {
    id: row.id,
    person: person(row.person_id),
    roles: fromCanonical<Role[]>(row.roles),
    requestedAt: row.requested_at,
    state: row.state,
    decidedBy: row.decided_by === null ? null : person(row.decided_by),
    decidedAt: row.decided_at,
  }
}

export const listRequests = answer(leaves.list, async ({ reader, actor }) => {
  const person = await namesOf(reader)
  const rows = await reader.db
    .selectFrom('role_requests')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .limit(100)
    .execute()
  const admins = (await activeAdmins(reader)).filter(row => row.id !== actor?.id)
  return {
    requests: rows.map(row => requestOf(row, person)),
    admins: admins.map(({ id, name }) => ({ id, name })),
  }
})

export const requestRoles = handle(leaves.request, async ({ tx, input, actor, ids, now }) => {
  const admins = await activeAdmins(reading(tx))
  if (!admins.some(row => row.id !== actor!.id)) throw refuse('ACCESS_ONLY_ADMIN', {})
  const row: Row<'role_requests'> = {
    id: ids.next(),
    person_id: actor!.id,
    roles: canonicalJson([...new Set(input.roles)].sort()),
    requested_at: now,
    state: 'waiting',
    decided_by: null,
    decided_at: null,
  }
  // Only the newest request of a person waits.
  await tx.db
    .deleteFrom('role_requests')
    .where('person_id', '=', actor!.id)
    .where('state', '=', 'waiting')
    .execute()
  await tx.db.insertInto('role_requests').values(row).execute()
  return requestOf(row, await namesOf(reading(tx)))
})

export const confirmRoles = handle(leaves.confirm, async call => {
  const { tx, input, actor, now } = call
  const row = await waiting(tx, input.requestId)
  if (row.person_id === actor!.id) throw refuse('ACCESS_OWN_REQUEST', {})
  await putRoles(call, await getPerson(reading(tx), row.person_id), fromCanonical<Role[]>(row.roles))
  return decide(tx, row, 'confirmed', actor!.id, now)
})

export const refuseRoles = handle(leaves.refuse, async ({ tx, input, actor, now }) =>
  decide(tx, await waiting(tx, input.requestId), 'refused', actor!.id, now),
)

async function waiting(tx: Tx, id: Id): Promise<Row<'role_requests'>> {
  const row = await tx.db.selectFrom('role_requests').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'request', id })
  if (row.state !== 'waiting') throw refuse('ACCESS_REQUEST_DECIDED', { state: row.state })
  return row
}

async function decide(
  tx: Tx,
  row: Row<'role_requests'>,
  state: 'confirmed' | 'refused',
  by: Id,
  at: bigint,
): Promise<RoleRequest> {
  const decided = { state, decided_by: by, decided_at: at }
  await tx.db.updateTable('role_requests').set(decided).where('id', '=', row.id).execute()
  return requestOf({ ...row, ...decided }, await namesOf(reading(tx)))
}
