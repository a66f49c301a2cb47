import type { Tx } from '#core/database/store.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { getEntity } from '../entities/entity-rows.ts'
import type { Prefixes } from './numbers.ts'
import type { Parties } from './parties.ts'

/** What the numbers of a document's seller begin with; null where the settings say it. */
export async function prefixesOf(
  tx: Tx,
  { workspace }: Pick<Parties, 'workspace'>,
): Promise<Prefixes | null> {
  if (!workspace.entity) return null
  const { invoice_prefix: invoice, credit_note_prefix: creditNote } = await getEntity(tx, workspace.entity.id)
  return { invoice, creditNote }
}

/** The same of an issued document, by what was fixed at its issue: a credit note is of whoever billed. */
export function prefixesOfIssued(tx: Tx, parties: string | null): Promise<Prefixes | null> {
  return parties === null ? Promise.resolve(null) : prefixesOf(tx, fromCanonical<Parties>(parties))
}
