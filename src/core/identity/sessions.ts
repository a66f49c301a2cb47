import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import type { Session } from '#shared/contract/access/sessions.ts'
import { access } from '#shared/contract/access.ts'
import { refuse } from '#shared/errors.ts'
import { namesOf, ownOrAdmin, seesAll } from './common.ts'
import { endSessions, webDevice } from './end-sessions.ts'
import { isOpen, KEPT } from './lives.ts'

const leaves = access.sessions

export const listSessions = answer(leaves.list, async ({ reader, input, actor, caller, now }) => {
  let query = reader.db.selectFrom('sessions').selectAll().where('ended_at', 'is', null)
  if (!(input.everybody && seesAll(actor))) query = query.where('person_id', '=', actor!.id)
  const rows = await query.orderBy('last_used_at', 'desc').orderBy('id').execute()
  const person = await namesOf(reader)
  const devices = await reader.db.selectFrom('devices').select(['id', 'name']).execute()
  return {
    sessions: rows
      .filter(row => isOpen(row, now))
      .map(row => ({
        id: row.id,
        kind: row.kind,
        person: row.person_id === null ? null : person(row.person_id),
        device: devices.find(device => device.id === row.device_id) ?? null,
        method: row.method as Session['method'],
        address: row.address,
        agent: row.agent,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
        current: caller.device === webDevice(row.id),
      })),
  }
})

export const revokeSession = handle(leaves.revoke, async ({ tx, input, actor, receivedAt }) => {
  const row = await tx.db
    .selectFrom('sessions')
    .select(['id', 'person_id'])
    .where('id', '=', input.sessionId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'session', id: input.sessionId })
  ownOrAdmin(actor, row.person_id, 'access.sessions.revoke')
  await tx.db
    .updateTable('sessions')
    .set({ ended_at: receivedAt, ended_by: byWhom(actor) })
    .where('id', '=', row.id)
    .where('ended_at', 'is', null)
    .execute()
  return {}
})

export const revokeOtherSessions = handle(leaves.revokeOthers, async ({ tx, actor, caller, receivedAt }) => {
  await endSessions(tx, { person: actor!.id, except: caller.device, by: actor!.id, at: receivedAt })
  return {}
})

export const beginSession = handle(leaves.begin, async ({ tx, input, ids, receivedAt: at }) => {
  const { personId, digest, method, assurance, address, agent, agentKind, expiresAt, replaces } = input
  if (replaces !== undefined)
    await tx.db
      .updateTable('sessions')
      .set({ ended_at: at, ended_by: personId })
      .where('id', '=', replaces)
      .where('ended_at', 'is', null)
      .execute()
  await tx.db
    .deleteFrom('sessions')
    .where('expires_at', '<', at - KEPT)
    .execute()
  const id = ids.next()
  await tx.db
    .insertInto('sessions')
    .values({
      ...{ id, kind: 'web', digest, person_id: personId, device_id: null, method, assurance, address, agent },
      ...{ agent_kind: agentKind, created_at: at, last_used_at: at, expires_at: expiresAt },
      ...{ ended_at: null, ended_by: null },
    })
    .execute()
  return { sessionId: id }
})
