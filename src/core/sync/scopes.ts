import type { Scope } from '#core/database/table.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'
import type { Reader } from '../database/store.ts'

/** Who has the rows of a group of tables on their desk. What everybody of a workspace has is in no list. */
const HOLDERS: Record<Exclude<Scope, null | 'everyone'>, readonly Role[]> = {
  finance: ['analyst', 'approver', 'admin', 'auditor'],
  operations: ['ops', 'approver', 'admin', 'auditor'],
}

/** The groups of tables for people with these roles, in the order of their names. */
export function scopesOf(roles: readonly Role[]): Scope[] {
  if (roles.length === 0) return []
  const held = Object.entries(HOLDERS).filter(([, holders]) => holders.some(role => roles.includes(role)))
  return ['everyone', ...held.map(([scope]) => scope as Scope)]
}

/** The groups of tables for a desk of these people, by the roles that they have in this snapshot. */
export async function scopesOfPeople(reader: Reader, people: readonly Id[]): Promise<Scope[]> {
  if (people.length === 0) return []
  const rows = await reader.db
    .selectFrom('people')
    .select('roles')
    .where('id', 'in', people)
    .where('active', '=', 1n)
    .execute()
  return scopesOf(rows.flatMap(row => fromCanonical<Role[]>(row.roles)))
}

/** Whether two desks have the same groups of tables; both are in the order of their names. */
export function sameScopes(a: readonly Scope[], b: readonly Scope[]): boolean {
  return a.length === b.length && a.every((scope, at) => scope === b[at])
}
