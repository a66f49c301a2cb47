import type { Reader } from '#core/database/store.ts'
import type { Actor } from '#core/runtime/handlers.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'

export type Db = Pick<Reader, 'db'>

/** The names of all people, the inactive ones too. */
export async function namesOf(session: Db): Promise<(id: Id) => { id: Id; name: string }> {
  const rows = await session.db.selectFrom('people').select(['id', 'name']).execute()
  const names = new Map(rows.map(row => [row.id, row.name]))
  return id => ({ id, name: names.get(id) ?? '' })
}

/** Whether somebody sees what concerns others: admins and auditors do. */
export function seesAll(actor: Actor | null): boolean {
  return actor?.roles.some(role => role === 'admin' || role === 'auditor') ?? false
}

/** Refuses unless somebody acts for themselves, or is admin. */
export function ownOrAdmin(actor: Actor | null, owner: Id | null, capability: string): void {
  if (actor?.id !== owner && !actor?.roles.includes('admin'))
    throw refuse('WORKSPACE_FORBIDDEN', { capability, roles: ['admin'] })
}

/** Refuses where this is no server: there is no sign-in that it could be for. */
export async function demandServer(session: Db): Promise<void> {
  const { authority } = await session.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  if (authority !== 'server') throw refuse('ACCESS_NEEDS_SERVER', { authority })
}
