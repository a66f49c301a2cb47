import type { Id } from '#shared/ids.ts'
import type { Account, IdentityParts } from './parts.ts'

/** Workspaces that are asked at the same time. */
const AT_ONCE = 8

export interface FoundAccount extends Account {
  readonly workspaceName: string
  /** What became of their passphrase; null for somebody who never set one. */
  readonly hash: string | null
}

type Parts = Pick<IdentityParts, 'store' | 'workspaces'>

/** The active people with this address, in all workspaces. How long it takes does not depend on them. */
export function accountsOfEmail(parts: Parts, email: string): Promise<FoundAccount[]> {
  return everywhere(parts, workspace =>
    parts.store.read(workspace, async reader => {
      const person = await people(reader).where('email', '=', email.trim().toLowerCase()).executeTakeFirst()
      return person ? { ...person, workspace } : null
    }),
  )
}

/** The active people for whom an account of a provider stands. */
export function accountsOfProvider(parts: Parts, issuer: string, subject: string): Promise<FoundAccount[]> {
  return everywhere(parts, workspace =>
    parts.store.read(workspace, async reader => {
      const person = await people(reader)
        .innerJoin('identities', 'identities.person_id', 'people.id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return person ? { ...person, workspace } : null
    }),
  )
}

type Reader = Parameters<Parameters<Parts['store']['read']>[1]>[0]

function people(reader: Reader) {
  return reader.db
    .selectFrom('people')
    .innerJoin('workspace_state', join => join.onTrue())
    .leftJoin('credentials', 'credentials.person_id', 'people.id')
    .select(['people.id as person', 'credentials.hash as hash', 'workspace_state.name as workspaceName'])
    .where('people.active', '=', 1n)
}

async function everywhere<T>(
  { workspaces }: Parts,
  look: (workspace: Id) => Promise<T | null>,
): Promise<T[]> {
  const all = await workspaces.list()
  const found: T[] = []
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = await Promise.all(all.slice(at, at + AT_ONCE).map(look))
    for (const one of some) if (one !== null) found.push(one)
  }
  return found
}
