import type { Reader } from '#core/database/store.ts'
import { languageOf } from '#core/notify/addresses.ts'
import type { Language } from '#engines/notify/topic.ts'
import type { Settings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'

/** What a document says of the customer and of the workspace, fixed when it is issued. */
export interface Parties {
  readonly customer: {
    readonly key: string
    readonly name: string
    /** The name where nothing else is said. */
    readonly legalName: string
    readonly address: readonly string[]
    readonly country: string
    readonly taxId: string
    readonly email: string
    readonly purchaseOrder: string
  }
  readonly workspace: {
    readonly name: string
    readonly legalName: string
    readonly address: readonly string[]
    readonly taxId: string
    readonly footer: string
    /** `#rrggbb`. */
    readonly accentColour: string
    /** In which the dates of a document are read. */
    readonly zone: string
  }
  /** Days from issue until it is due. */
  readonly paymentDays: number
  /** Of the document. Missing where it was fixed before documents had languages. */
  readonly language?: Language
}

/** The parties of a document as they are now. */
export async function partiesOf(
  session: Pick<Reader, 'db'>,
  customerId: string,
  settings: Settings,
): Promise<Parties> {
  const { profile, ...customer } = await getCustomer(session, customerId)
  const name = settings['workspace.name']!
  return {
    customer: {
      key: customer.key,
      name: customer.name,
      legalName: profile.legalName === '' ? customer.name : profile.legalName,
      address: profile.address,
      country: customer.country,
      taxId: profile.taxId,
      email: customer.email,
      purchaseOrder: profile.purchaseOrder,
    },
    workspace: {
      name,
      legalName: settings['billing.legalName'] ?? name,
      address: settings['billing.address'],
      taxId: settings['billing.taxId'] ?? '',
      footer: settings['billing.footer'] ?? '',
      accentColour: settings['billing.accentColour'],
      zone: settings['workspace.zone']!,
    },
    paymentDays: profile.paymentDays,
    language: await languageOfCustomer(session, customerId, settings),
  }
}

/** In which language a customer is written to: its own, else the workspace's. */
export async function languageOfCustomer(
  session: Pick<Reader, 'db'>,
  customerId: string,
  settings: Pick<Settings, 'notify.language'>,
): Promise<Language> {
  const own = await session.db
    .selectFrom('customer_messages')
    .select('language')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return languageOf(own?.language ?? settings['notify.language'])
}
