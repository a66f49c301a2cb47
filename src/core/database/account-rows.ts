import type { Id } from '#shared/ids.ts'
import type { Reader } from './store.ts'

/** Somebody in a workspace of this server. */
export interface FoundPerson {
  readonly workspace: Id
  readonly person: Id
}

/**
 * The active people of all workspaces with exactly this address, oldest workspace first. PostgreSQL only, whichever
 * workspace the transaction is for.
 */
export function peopleOfEmail(reader: Pick<Reader, 'raw'>, email: string): Promise<FoundPerson[]> {
  return reader.raw<FoundPerson & Record<string, unknown>>(
    'SELECT workspace, person FROM quarterdeck_people($1)',
    [email],
  )
}

/** The people of all workspaces for whom exactly this account of a provider stands, oldest workspace first. */
export function peopleOfProvider(
  reader: Pick<Reader, 'raw'>,
  issuer: string,
  subject: string,
): Promise<FoundPerson[]> {
  return reader.raw<FoundPerson & Record<string, unknown>>(
    'SELECT workspace, person FROM quarterdeck_identities($1, $2)',
    [issuer, subject],
  )
}
