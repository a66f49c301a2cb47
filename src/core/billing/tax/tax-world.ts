import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { isInUnion } from '#engines/billing/tax/places.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type {
  BuyerFacts,
  CertificateFacts,
  SellerFacts,
  TaxRuleFacts,
  TaxWorld,
} from '#shared/contract/billing/tax-facts.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { sellersOf } from '../entities/entity-rows.ts'

type Session = Reader | Tx
const dbOf = (session: Session) => reading(session as Tx).db

export function ruleFacts(row: Row<'tax_rules'>): TaxRuleFacts {
  const { id, country, region, category, kind, rate, source, note } = row
  return {
    ...{ id, country, region, category, kind, rate, source, note },
    ...{ inclusive: row.inclusive === 1n, validFrom: row.valid_from },
  }
}

/** What decides about tax in the workspace; null where it has no rules: its own rate stands then. */
export async function taxWorld(session: Session, environment: EnvironmentSettings): Promise<TaxWorld | null> {
  const rules = await dbOf(session).selectFrom('tax_rules').selectAll().orderBy('id').execute()
  if (rules.length === 0) return null
  const settings = await readSettings(reading(session as Tx), environment)
  const sellers = await sellersOf(reading(session as Tx))
  const categories = await dbOf(session).selectFrom('tax_categories').selectAll().execute()
  return {
    rules: rules.map(ruleFacts),
    sellers: sellers.length > 0 ? sellers : [sellerBySettings(settings)],
    proof: proofOf(settings),
    categories: Object.fromEntries(categories.map(({ subject, category }) => [subject, category])),
  }
}

/** The workspace as a seller, by its settings. */
export function sellerBySettings(
  settings: Pick<Settings, 'billing.country' | 'billing.taxId' | 'billing.consumerTax'>,
): SellerFacts {
  const read = readVatNumber(settings['billing.taxId'] ?? '')
  return {
    id: null,
    country: settings['billing.country'] ?? (read.ok ? read.country : null),
    registrations: [],
    consumers: settings['billing.consumerTax'] === 'destination' ? 'destination' : 'origin',
  }
}

/** When a VAT number counts for a reverse charge. */
export function proofOf(settings: Pick<Settings, 'billing.vatProof'>): TaxWorld['proof'] {
  return settings['billing.vatProof'] === 'form' ? 'form' : 'checked'
}

/** A customer's VAT number as it stands: its form, and what was found out of it last. */
export interface VatStanding {
  /** With its country in front; as it was typed where it has no form of any. */
  readonly number: string
  readonly state: 'none' | 'not-checked' | 'not-reached' | 'valid' | 'invalid' | 'bad-form'
  /** Of the check that says so. */
  readonly checkedAt: bigint | null
  /** What is wrong with its form; null for nothing. */
  readonly fault: 'country' | 'form' | 'digit' | null
  /** Within the European Union: what stands for a reverse charge, where that was found out. */
  readonly vat: BuyerFacts['vat']
}

/**
 * What a VAT number is worth. Only checks of this very number count; that a service was not reached says nothing of
 * the number, so an answer from before stands.
 * @param checks of the customer, the newest first
 */
export function vatStanding(
  taxId: string,
  country: string,
  checks: readonly Pick<Row<'vat_checks'>, 'number' | 'state' | 'checked_at'>[],
): VatStanding {
  if (taxId.trim() === '') return { number: '', state: 'none', checkedAt: null, vat: null, fault: null }
  const read = readVatNumber(taxId, country)
  if (!read.ok)
    return { number: taxId.trim(), state: 'bad-form', checkedAt: null, vat: null, fault: read.reason }
  const own = checks.filter(check => check.number === read.number)
  const last = own.find(check => check.state !== 'not-reached') ?? own[0]
  const state = last?.state ?? 'not-checked'
  const found: 'valid' | 'invalid' | 'nothing' = state === 'valid' || state === 'invalid' ? state : 'nothing'
  const vat = read.country === country && isInUnion(country) ? { number: read.number, found } : null
  return { number: read.number, state, checkedAt: last?.checked_at ?? null, vat, fault: null }
}

/** What of customers decides their tax, by customer. */
export async function buyersOf(
  session: Session,
  customerIds: readonly string[],
): Promise<Map<string, BuyerFacts>> {
  const db = dbOf(session)
  const customers = await db
    .selectFrom('customers as customer')
    .leftJoin('billing_profiles as profile', 'profile.customer_id', 'customer.id')
    .leftJoin('customer_taxes as tax', 'tax.customer_id', 'customer.id')
    .select(['customer.id', 'customer.country', 'profile.tax_id', 'tax.kind', 'tax.region', 'tax.entity_id'])
    .where('customer.id', 'in', customerIds)
    .execute()
  const checks = Map.groupBy(await checksOf(session, customerIds), row => row.customer_id)
  const certificates = Map.groupBy(await certificatesOf(session, customerIds), row => row.customer_id)
  return new Map(
    customers.map(row => {
      const { vat } = vatStanding(row.tax_id ?? '', row.country, checks.get(row.id) ?? [])
      const buyer: BuyerFacts = {
        ...{ country: row.country, region: row.region ?? '', kind: row.kind ?? 'business' },
        vat,
        certificates: (certificates.get(row.id) ?? []).map(certificateFacts),
        sellerId: row.entity_id,
      }
      return [row.id, buyer]
    }),
  )
}

export function certificateFacts(row: Row<'tax_certificates'>): CertificateFacts {
  const { id, country, region, number, reason, exemption } = row
  return {
    ...{ id, country, region, number, reason, exemption },
    ...{ validFrom: row.valid_from, validUntil: row.valid_until },
  }
}

/** Exemptions of customers, those that begin last first. */
export function certificatesOf(session: Session, customerIds: readonly string[]) {
  return dbOf(session)
    .selectFrom('tax_certificates')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .orderBy('valid_from', 'desc')
    .orderBy('id')
    .execute()
}

/** What came of asking for VAT numbers of customers, the newest first. */
export function checksOf(session: Session, customerIds: readonly string[]) {
  return dbOf(session)
    .selectFrom('vat_checks')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .orderBy('checked_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** What a service answered to a question for a number. */
export function answerOf(text: string): Readonly<Record<string, string>> {
  return text === '' ? {} : fromCanonical(text)
}
