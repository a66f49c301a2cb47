import type { Reader } from '#core/database/store.ts'
import { ibanFault, plainIban } from '#engines/billing/payments/iban.ts'
import type { Parties } from '../invoices/parties.ts'

/** Where invoices in a currency are paid to: the workspace's first account of it that has an IBAN; null for none. */
export async function payToOf(
  session: Pick<Reader, 'db'>,
  currency: string,
): Promise<Parties['payTo'] | null> {
  const accounts = await session.db
    .selectFrom('bank_accounts')
    .select(['holder', 'number', 'bic'])
    .where('currency', '=', currency)
    .where('active', '=', 1n)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const account = accounts.find(({ number }) => ibanFault(number) === null)
  return account ? { iban: plainIban(account.number), bic: account.bic, holder: account.holder } : null
}

/** The account of the legal entity that bills, where it keeps its books in the invoice's currency and has an IBAN. */
export function payToEntity({ workspace }: Parties, currency: string): Parties['payTo'] | null {
  const { entity, legalName } = workspace
  if (!entity || entity.currency !== currency || ibanFault(entity.iban) !== null) return null
  return { iban: plainIban(entity.iban), bic: entity.bic, holder: legalName }
}
