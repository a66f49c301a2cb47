import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import type { Person } from '#shared/contract/workspace/people.ts'
import { refuse } from '#shared/errors.ts'
import type { Role } from '#shared/permissions.ts'

/** A person as the contract shows them. */
export function personOf(row: Row<'people'>): Person {
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
  const rows = await reader.db.selectFrom('people').selectAll().orderBy('name').orderBy('id').execute()
  return rows.map(personOf)
}

/** The row of a person, active or not. */
export async function getPerson(session: Pick<Reader, 'db'>, id: string): Promise<Row<'people'>> {
  const row = await session.db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'person', id })
  return row
}

/** Refuses a change that would leave the workspace without an active admin. */
async function keepAnAdmin(tx: Tx, changed: Row<'people'>): Promise<void> {
  const isAdmin = (row: Row<'people'>) =>
    row.active !== 0n && fromCanonical<Role[]>(row.roles).includes('admin')
  const rows = await tx.db.selectFrom('people').selectAll().execute()
  if (!rows.some(row => isAdmin(row.id === changed.id ? changed : row)))
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
    passphrase: null,
    created_at: now,
  }
  await tx.db.insertInto('people').values(row).execute()
  return personOf(row)
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

export const setRoles = handle(contract.workspace.people.setRoles, async ({ tx, input, undoWith }) => {
  const before = await getPerson(reading(tx), input.personId)
  const row = { ...before, roles: canonicalJson([...new Set(input.roles)].sort()) }
  await keepAnAdmin(tx, row)
  await tx.db.updateTable('people').set({ roles: row.roles }).where('id', '=', row.id).execute()
  undoWith(
    contract.workspace.people.setRoles,
    { personId: row.id, roles: fromCanonical<Role[]>(before.roles) },
    [leaves('people', { id: row.id }, { roles: row.roles })],
  )
  return personOf(row)
})

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
