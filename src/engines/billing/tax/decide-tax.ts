import type {
  BuyerFacts,
  CertificateFacts,
  SellerFacts,
  TaxBasis,
  TaxCode,
  Taxed,
  TaxKind,
  TaxReason,
  TaxRuleFacts,
  TaxWorld,
} from '#shared/contract/billing/tax-facts.ts'
import { isInUnion } from './places.ts'

/** What is sold to whom, when. */
export interface TaxCase {
  readonly world: TaxWorld
  readonly buyer: BuyerFacts
  /** Of what is sold. */
  readonly category: string
  /** The last day of the service, by the customer's calendar. */
  readonly day: string
  /** The workspace's own rate, where no rule says another. */
  readonly defaultRate: string
}

/** What is goods and not a service: it leaves the country by way of a carrier. */
export const GOODS = 'goods'

const CODES: Readonly<Record<TaxKind, TaxCode>> = {
  standard: 'S',
  reduced: 'S',
  zero: 'Z',
  exempt: 'E',
  'reverse-charge': 'AE',
  'intra-community': 'K',
  export: 'G',
  outside: 'O',
}

/**
 * The rate of tax of what is sold, and why.
 *
 * In this order: an exemption of the buyer in the country whose tax it would be; the rule of that country. That is
 * the seller's own for buyers there, the buyer's where the seller is registered, and within the European Union for
 * consumers one of both, by the seller's choice. A business of another member state whose VAT number counts owes the
 * tax itself (Directive 2006/112/EC: services Articles 44 and 196, goods Article 138). What goes to a country where
 * the seller collects no tax is an export (goods, Article 146) or outside the scope (services, Articles 44 and 59).
 * Where no rule fits, or the seller's country is not known, the workspace's own rate stands, and says so.
 */
export function decideTax({ world, buyer, category, day, defaultRate }: TaxCase): Taxed {
  if (world.rules.length === 0) return plainRate(defaultRate, 'default', category)
  const seller = sellerOf(world, buyer)
  const home = seller.country
  if (home === null) return plainRate(defaultRate, 'no-seller', category)
  const taxedIn = (country: string, region: string, reason: TaxReason): Taxed => {
    const certificate = buyer.certificates.find(one => exempts(one, country, region, day))
    if (certificate) return exempted(certificate, country, region, category)
    const rule = ruleFor(world.rules, { country, region, category, day })
    return rule ? byRule(rule, reason, category) : plainRate(defaultRate, 'no-rule', category, country)
  }
  if (buyer.country === home) return taxedIn(home, buyer.region, 'domestic')
  if (seller.registrations.includes(buyer.country)) return taxedIn(buyer.country, buyer.region, 'registered')
  if (isInUnion(home) && isInUnion(buyer.country)) {
    const vatNumber = countingNumber(buyer, world.proof)
    if (vatNumber !== null) return reverseCharge(buyer, vatNumber, category)
    return seller.consumers === 'destination'
      ? taxedIn(buyer.country, buyer.region, 'destination')
      : taxedIn(home, '', 'origin')
  }
  return abroad(isInUnion(home), category)
}

/** The VAT number that stands for a reverse charge; null where the buyer has none, or it does not count. */
export function countingNumber(
  { kind, vat }: Pick<BuyerFacts, 'kind' | 'vat'>,
  proof: TaxWorld['proof'],
): string | null {
  if (kind !== 'business' || vat === null) return null
  return vat.found === 'valid' || (vat.found === 'nothing' && proof === 'form') ? vat.number : null
}

/** The legal entity that bills a buyer: its own, else the default one. */
export function sellerOf({ sellers }: TaxWorld, { sellerId }: BuyerFacts): SellerFacts {
  return sellers.find(one => one.id === sellerId) ?? sellers[0]!
}

/** A rate that stands for itself: nobody's law gives it. */
export function plainRate(
  rate: string,
  reason: TaxReason,
  category: string,
  country: string | null = null,
): { readonly rate: string; readonly basis: TaxBasis } {
  const kind = isNothing(rate) ? 'zero' : 'standard'
  return { rate, basis: basisOf(kind, reason, { category, country }) }
}

/**
 * The rule for a country, a part of it and a category on a day: the rules of the part before those of the country,
 * the newest that is valid. What has no rule of its own is taxed as the standard.
 */
export function ruleFor(
  rules: readonly TaxRuleFacts[],
  at: { readonly country: string; readonly region: string; readonly category: string; readonly day: string },
): TaxRuleFacts | null {
  const fitting = (category: string, region: string) =>
    rules
      .filter(rule => rule.country === at.country && rule.region === region && rule.category === category)
      .filter(rule => rule.validFrom <= at.day)
      .reduce<TaxRuleFacts | null>(
        (newest, rule) => (newest === null || rule.validFrom > newest.validFrom ? rule : newest),
        null,
      )
  for (const category of new Set([at.category, 'standard']))
    for (const region of new Set([at.region, ''])) {
      const rule = fitting(category, region)
      if (rule) return rule
    }
  return null
}

function exempts(one: CertificateFacts, country: string, region: string, day: string): boolean {
  if (one.country !== null && one.country !== country) return false
  if (one.region !== '' && one.region !== region) return false
  return one.validFrom <= day && (one.validUntil === null || day <= one.validUntil)
}

function exempted(
  { number, reason, exemption }: CertificateFacts,
  country: string,
  region: string,
  category: string,
): Taxed {
  const note = [reason, number].filter(part => part !== '').join(', ')
  const more = { category, country, region, exemption, note, source: number }
  return { rate: '0', basis: basisOf('exempt', 'certificate', more) }
}

function byRule(rule: TaxRuleFacts, reason: TaxReason, category: string): Taxed {
  const { country, region, source, note, id } = rule
  const inclusive = rule.inclusive && !isNothing(rule.rate)
  const more = { category, country, region, source, note, ruleId: id, inclusive }
  return { rate: rule.rate, basis: basisOf(rule.kind, reason, more) }
}

function reverseCharge(
  { country, vat }: Pick<BuyerFacts, 'country' | 'vat'>,
  vatNumber: string,
  category: string,
): Taxed {
  const doubt = vat?.found === 'valid' ? {} : { vatUnconfirmed: true as const }
  const more = { category, country, vatNumber, ...doubt }
  const basis =
    category === GOODS
      ? basisOf('intra-community', 'intra-community', {
          ...more,
          ...{ exemption: 'VATEX-EU-IC', source: 'Directive 2006/112/EC, Article 138' },
        })
      : basisOf('reverse-charge', 'reverse-charge', {
          ...more,
          ...{ exemption: 'VATEX-EU-AE', source: 'Directive 2006/112/EC, Articles 44 and 196' },
        })
  return { rate: '0', basis }
}

function abroad(fromUnion: boolean, category: string): Taxed {
  const goods = category === GOODS
  const law = goods ? 'Directive 2006/112/EC, Article 146' : 'Directive 2006/112/EC, Articles 44 and 59'
  const exemption = goods ? 'VATEX-EU-G' : 'VATEX-EU-O'
  const more = { category, ...(fromUnion ? { source: law, exemption } : {}) }
  return { rate: '0', basis: goods ? basisOf('export', 'export', more) : basisOf('outside', 'outside', more) }
}

function basisOf(kind: TaxKind, reason: TaxReason, more: Partial<TaxBasis>): TaxBasis {
  return {
    ...{ code: CODES[kind], kind, reason, country: null, region: '', category: 'standard' },
    ...{ inclusive: false, source: '', exemption: null, note: '', ruleId: null, vatNumber: null },
    ...more,
  }
}

const isNothing = (rate: string) => /^0(\.0*)?$/.test(rate)
