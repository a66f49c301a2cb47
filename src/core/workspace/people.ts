import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import type { Person } from '#shared/contract/workspace/people.ts'
import { refuse } from '#shared/errors.ts'
import type { Role } from '#shared/permissions.ts'

/** A person with what became of their passphrase on this machine; null where they have none. */
export interface PersonRow extends Row<'people'> {
  readonly passphrase: string | null
}

/** A person as the contract shows them. */
export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    roles: fromCanonical<Role[]>(row.roles),
    active: row.active !== 0n,
    hasPassphrase: row.passphrase !== null,
  }
}

/** All people of the workspace by name, the inactive ones too. */
export async function allPeople(reader: Reader): Promise<Person[]> {
  const rows = await withPassphrase(reader).orderBy('name').orderBy('id').execute()
  return rows.map(personOf)
}

/** The row of a person, active or not. */
export async function getPerson(session: Pick<Reader, 'db'>, id: string): Promise<PersonRow> {
  const row = await withPassphrase(session).where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'person', id })
  return row
}

function withPassphrase(session: Pick<Reader, 'db'>) {
  return session.db
    .selectFrom('people')
    .leftJoin('credentials', 'credentials.person_id', 'people.id')
    .selectAll('people')
    .select('credentials.hash as passphrase')
}

/** Refuses a change that would leave the workspace without an active admin. */
async function keepAnAdmin(tx: Tx, changed: Row<'people'>): Promise<void> {
  const others = (await activeAdmins(reading(tx))).filter(row => row.id !== changed.id)
  if (others.length === 0 && !(changed.active !== 0n && rolesOf(changed).includes('admin')))
    throw refuse('WORKSPACE_LAST_ADMIN', {})
}

export const listPeople = answer(contract.workspace.people.list, async ({ reader }) => ({
  people: await allPeople(reader),
}))

export const addPerson = handle(contract.workspace.people.add, async ({ tx, input, ids, now }) => {
  const email = input.email.toLowerCase()
  const taken = await tx.db.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst()
  if (taken) throw refuse('WORKSPACE_EMAIL_TAKEN', { email })
  const row = {
    id: ids.next(),
    name: input.name,
    email,
    roles: canonicalJson([...new Set(input.roles)].sort()),
    active: 1n,
    created_at: now,
  }
  await tx.db.insertInto('people').values(row).execute()
  return personOf({ ...row, passphrase: null })
})

export const editPerson = handle(contract.workspace.people.edit, async ({ tx, input, undoWith }) => {
  const before = await getPerson(reading(tx), input.personId)
  const row = { ...before, name: input.name, email: input.email.toLowerCase() }
  const { name, email } = row
  const taken = await tx.db
    .selectFrom('people')
    .select('id')
    .where('email', '=', email)
    .where('id', '!=', row.id)
    .executeTakeFirst()
  if (taken) throw refuse('WORKSPACE_EMAIL_TAKEN', { email })
  await tx.db.updateTable('people').set({ name, email }).where('id', '=', row.id).execute()
  undoWith(contract.workspace.people.edit, { personId: row.id, name: before.name, email: before.email }, [
    leaves('people', { id: row.id }, { name, email }),
  ])
  return personOf(row)
})

export const setRoles = handle(contract.workspace.people.setRoles, async call => {
  const { actor, input } = call
  const before = await getPerson(reading(call.tx), input.personId)
  // Who decides over money must not be able to appoint themselves: that takes two.
  const appoints = input.roles.includes('approver') && !rolesOf(before).includes('approver')
  if (appoints && actor?.id === before.id) {
    const others = (await activeAdmins(reading(call.tx))).filter(row => row.id !== before.id)
    throw others.length === 0
      ? refuse('ACCESS_ONLY_ADMIN', {})
      : refuse('ACCESS_SECOND_ADMIN', { admins: others.map(row => row.name) })
  }
  return putRoles(call, before, input.roles)
})

/** Gives a person these roles, and states what undoes it. Who may decide that is the caller's to know. */
export async function putRoles(
  { tx, undoWith }: Pick<CommandCall<unknown>, 'tx' | 'undoWith'>,
  before: PersonRow,
  roles: readonly Role[],
): Promise<Person> {
  const row = { ...before, roles: canonicalJson([...new Set(roles)].sort()) }
  await keepAnAdmin(tx, row)
  await tx.db.updateTable('people').set({ roles: row.roles }).where('id', '=', row.id).execute()
  undoWith(contract.workspace.people.setRoles, { personId: row.id, roles: rolesOf(before) }, [
    leaves('people', { id: row.id }, { roles: row.roles }),
  ])
  return personOf(row)
}

/** The roles of a person. */
export function rolesOf(row: Pick<Row<'people'>, 'roles'>): Role[] {
  return fromCanonical<Role[]>(row.roles)
}

/** Everybody who is admin now. */
export async function activeAdmins(session: Pick<Reader, 'db'>): Promise<Row<'people'>[]> {
  const rows = await session.db.selectFrom('people').selectAll().where('active', '=', 1n).execute()
  return rows.filter(row => rolesOf(row).includes('admin'))
}

export const setActive = handle(contract.workspace.people.setActive, async ({ tx, input, undoWith }) => {
  const before = await getPerson(reading(tx), input.personId)
  const row = { ...before, active: input.active ? 1n : 0n }
  await keepAnAdmin(tx, row)
  await tx.db.updateTable('people').set({ active: row.active }).where('id', '=', row.id).execute()
  undoWith(contract.workspace.people.setActive, { personId: row.id, active: before.active !== 0n }, [
    leaves('people', { id: row.id }, { active: row.active }),
  ])
  return personOf(row)
})
