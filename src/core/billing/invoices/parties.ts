import type { Reader } from '#core/database/store.ts'
import { countryOfTaxId } from '#core/documents/words/document-words.ts'
import { languageOf } from '#core/notify/addresses.ts'
import type { EInvoiceFormat } from '#engines/billing/e-invoice/problems.ts'
import type { Language } from '#engines/notify/topic.ts'
import type { StoredEntity } from '#shared/contract/billing/entities.ts'
import type { Settings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import type { TaxAmount } from '../e-invoices/fix-tax-amount.ts'
import { entityOfCustomer, storedEntity } from '../entities/entity-rows.ts'

/** What a document says of the legal entity that bills, besides its name, address and tax number. */
export interface SellerEntity {
  readonly id: string
  readonly key: string
  readonly country: string
  /** In which it keeps its books. */
  readonly currency: string
  readonly registrations: readonly { readonly country: string; readonly number: string }[]
  readonly bankName: string
  readonly iban: string
  readonly bic: string
}

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
    /** ISO 3166; missing or empty where it is not known. */
    readonly country?: string
    readonly email?: string
    readonly footer: string
    /** `#rrggbb`. */
    readonly accentColour: string
    /** In which the dates of a document are read. */
    readonly zone: string
    /** The legal entity that bills; missing where the settings do. */
    readonly entity?: SellerEntity
  }
  /** Days from issue until it is due. */
  readonly paymentDays: number
  /** Of the document. Missing where it was fixed before documents had languages. */
  readonly language?: Language
  /** Where it is paid to, where an electronic invoice was wanted at its issue. */
  readonly payTo?: { readonly iban: string; readonly bic: string; readonly holder: string } | null
  /** Its tax in the currency of the seller's books, where that is another. */
  readonly taxAmount?: TaxAmount
  /** Of an invoice: what had paid of it at its issue, minor units as text; missing where nothing had. */
  readonly prepaid?: { readonly balance: string; readonly wallets: string; readonly payments: string }
  /** Whom to ask of the seller, and what the buyer wants named: what XRechnung says besides. */
  readonly contact?: { readonly name: string; readonly phone: string }
  readonly buyerReference?: string
  /** The electronic invoice that went out with it. */
  readonly eInvoice?: EInvoiceFormat
}

/** The parties of a document as they are now. */
export async function partiesOf(
  session: Pick<Reader, 'db'>,
  customerId: string,
  settings: Settings,
): Promise<Parties> {
  const { profile, ...customer } = await getCustomer(session, customerId)
  const name = settings['workspace.name']!
  const row = await entityOfCustomer(session, customerId)
  const entity = row && storedEntity(row)
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
      legalName: entity?.name ?? settings['billing.legalName'] ?? name,
      address: entity?.address ?? settings['billing.address'],
      taxId: entity?.taxId ?? settings['billing.taxId'] ?? '',
      country:
        entity?.country ?? settings['billing.country'] ?? countryOfTaxId(settings['billing.taxId'] ?? ''),
      email: settings['billing.email'] ?? '',
      footer: settings['billing.footer'] ?? '',
      accentColour: settings['billing.accentColour'],
      zone: settings['workspace.zone']!,
      ...(row && entity ? { entity: sellerOf(row.id, entity) } : {}),
    },
    paymentDays: profile.paymentDays,
    language: await languageOfCustomer(session, customerId, settings),
  }
}

function sellerOf(id: string, one: StoredEntity): SellerEntity {
  const { key, country, currency, registrations, bankName, iban, bic } = one
  return { id, key, country, currency, registrations, bankName, iban, bic }
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
