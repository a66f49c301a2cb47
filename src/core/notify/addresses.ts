import type { Reader } from '#core/database/store.ts'
import { LANGUAGES, type Language } from '#engines/notify/topic.ts'
import type { Id } from '#shared/ids.ts'
import type { Settings } from '#shared/settings.ts'
import type { Asked } from './notify.ts'

/** An address of a customer with the words that it is written to in. */
export interface CustomerAddress {
  readonly email: string
  readonly name: string
  readonly language: Language
  readonly customerId: Id | null
}

/** The form in which addresses are compared: whatever stands before the @, too, is one mailbox in any case. */
export function addressKey(email: string): string {
  return email.trim().toLowerCase()
}

/** Where mails to customers go: their billing contacts, else their own address. None twice. */
export async function addressesFor(
  session: Pick<Reader, 'db'>,
  { customers, addresses }: Pick<Asked, 'customers' | 'addresses'>,
  settings: Settings,
): Promise<CustomerAddress[]> {
  const found: CustomerAddress[] = [...addresses]
  for (const id of customers) found.push(...(await contactsOf(session, id, settings)))
  const seen = new Set<string>()
  return found.filter(({ email }) => !seen.has(addressKey(email)) && seen.add(addressKey(email)))
}

/** The billing contacts of a customer by name; its own address where it has none, nobody where that is empty too. */
export async function contactsOf(
  session: Pick<Reader, 'db'>,
  customerId: Id,
  settings: Pick<Settings, 'notify.language'>,
): Promise<CustomerAddress[]> {
  const contacts = await session.db
    .selectFrom('customer_contacts')
    .select(['name', 'email', 'language'])
    .where('customer_id', '=', customerId)
    .orderBy('name')
    .orderBy('id')
    .execute()
  if (contacts.length > 0)
    return contacts.map(({ language, ...one }) => ({ ...one, language: languageOf(language), customerId }))
  const own = await session.db
    .selectFrom('customers as customer')
    .leftJoin('customer_messages as messages', 'messages.customer_id', 'customer.id')
    .select(['customer.name', 'customer.email', 'messages.language'])
    .where('customer.id', '=', customerId)
    .executeTakeFirst()
  if (!own || own.email === '') return []
  const language = languageOf(own.language ?? settings['notify.language'])
  return [{ email: own.email, name: own.name, language, customerId }]
}

/** A language by its code; English for what is none that we write. */
export function languageOf(text: string): Language {
  return LANGUAGES.find(language => language === text) ?? 'en'
}
