import { type FoundPerson, peopleOfEmail, peopleOfProvider } from '#core/database/account-rows.ts'
import type { Reader } from '#core/database/store.ts'
import { NO_WORKSPACE } from '#core/identity/secrets.ts'
import type { Account, IdentityParts } from './parts.ts'

/** Workspaces that are asked at the same time. */
const AT_ONCE = 8

export interface FoundAccount extends Account {
  readonly workspaceName: string
  /** What became of their passphrase; null for somebody who never set one. */
  readonly hash: string | null
}

type Parts = Pick<IdentityParts, 'store'>

/** The active people with this address, in all workspaces: one question, and one for each where they are. */
export function accountsOfEmail(parts: Parts, email: string): Promise<FoundAccount[]> {
  return accounts(parts, reader => peopleOfEmail(reader, email.trim().toLowerCase()))
}

/** The active people for whom an account of a provider stands. */
export function accountsOfProvider(parts: Parts, issuer: string, subject: string): Promise<FoundAccount[]> {
  return accounts(parts, reader => peopleOfProvider(reader, issuer, subject))
}

async function accounts(
  { store }: Parts,
  look: (reader: Reader) => Promise<FoundPerson[]>,
): Promise<FoundAccount[]> {
  const people = await store.read(NO_WORKSPACE, look)
  // Whoever is nowhere is looked for as well: how long it takes does not tell whether somebody is here.
  const wanted = people.length > 0 ? people : [{ workspace: NO_WORKSPACE, person: NO_WORKSPACE }]
  const found: FoundAccount[] = []
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = await Promise.all(
      wanted.slice(at, at + AT_ONCE).map(one => store.read(one.workspace, reader => account(reader, one))),
    )
    for (const one of some) if (one !== null) found.push(one)
  }
  return found
}

async function account(reader: Reader, { workspace, person }: FoundPerson): Promise<FoundAccount | null> {
  const row = await reader.db
    .selectFrom('people')
    .innerJoin('workspace_state', join => join.onTrue())
    .leftJoin('credentials', 'credentials.person_id', 'people.id')
    .select(['credentials.hash as hash', 'workspace_state.name as workspaceName'])
    .where('people.id', '=', person)
    .where('people.active', '=', 1n)
    .executeTakeFirst()
  return row ? { workspace, person, ...row } : null
}
