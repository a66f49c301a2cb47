import { z } from 'zod'

/*
 * What taxes a line, as data: on lines, in answers, and in what a close reads.
 */

/** Code of the VAT category of EN 16931 (UNCL 5305): what an electronic invoice says of a line. */
export const TAX_CODES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'] as const
export type TaxCode = (typeof TAX_CODES)[number]

/** What kind of taxation it is. */
export const TAX_KINDS = [
  'standard',
  'reduced',
  'zero',
  'exempt',
  'reverse-charge',
  'intra-community',
  'export',
  'outside',
] as const
export type TaxKind = (typeof TAX_KINDS)[number]

/** What a rule says of what it is for. */
export const RULE_KINDS = ['standard', 'reduced', 'zero', 'exempt', 'outside'] as const
export type RuleKind = (typeof RULE_KINDS)[number]

/** Why a line is taxed as it is. */
export const TAX_REASONS = [
  /** The workspace's own rate: there are no rules. */
  'default',
  /** A rate that was agreed for the customer, or entered with a one-off charge. */
  'customer',
  'one-off',
  /** A rule of the seller's own country, of a country where it is registered, or of the consumer's. */
  'domestic',
  'registered',
  'origin',
  'destination',
  'certificate',
  'reverse-charge',
  'intra-community',
  'export',
  'outside',
  /** The workspace's own rate, because no rule fits, or because a country is not known. */
  'no-rule',
  'no-seller',
] as const
export type TaxReason = (typeof TAX_REASONS)[number]

/** Why a line has its rate. */
export const TaxBasis = z.object({
  code: z.enum(TAX_CODES),
  kind: z.enum(TAX_KINDS),
  reason: z.enum(TAX_REASONS),
  /** Whose tax it is: ISO 3166 alpha-2 and its part; null and empty where it is nobody's, or nobody said. */
  country: z.string().nullable(),
  region: z.string(),
  /** Of what is sold: `standard`, `reduced`, or a word of the workspace's own. */
  category: z.string(),
  /** The price had the tax in it. */
  inclusive: z.boolean(),
  /** The law or publication that the rate is from. */
  source: z.string(),
  /** Code of the reason of an exemption (VATEX), where there is one. */
  exemption: z.string().nullable(),
  /** What the document says of it: the number of a certificate, the words of a rule. */
  note: z.string(),
  ruleId: z.string().nullable(),
  /** Of the buyer, as it was accepted for a reverse charge. */
  vatNumber: z.string().nullable(),
  /** Nobody had found that number valid when the line was made: its form alone was enough. */
  vatUnconfirmed: z.literal(true).optional(),
})
export type TaxBasis = z.infer<typeof TaxBasis>

/** A rate, and why. */
export interface Taxed {
  /** A fraction. */
  readonly rate: string
  /** Null on lines from before there were reasons. */
  readonly basis: TaxBasis | null
}

/** A rule, as a decision needs it. */
export interface TaxRuleFacts {
  readonly id: string
  readonly country: string
  /** Empty: the whole country. */
  readonly region: string
  readonly category: string
  readonly kind: RuleKind
  /** A fraction. */
  readonly rate: string
  readonly inclusive: boolean
  /** A day, `2026-01-01`. */
  readonly validFrom: string
  readonly source: string
  readonly note: string
}

/** Who sells: a legal entity, or the workspace by its settings. */
export interface SellerFacts {
  /** Null: the settings. */
  readonly id: string | null
  /** Null where nobody said it. */
  readonly country: string | null
  /** Other countries whose tax it collects from everybody. */
  readonly registrations: readonly string[]
  /** Whose rate consumers in other countries of the EU pay: the seller's, or their own by the One Stop Shop. */
  readonly consumers: 'origin' | 'destination'
}

/** What of a customer decides its tax. */
export interface BuyerFacts {
  readonly country: string
  readonly region: string
  readonly kind: 'business' | 'consumer'
  /** A VAT number of its country within the European Union, and what was found out of it; null where there is none. */
  readonly vat: { readonly number: string; readonly found: 'valid' | 'invalid' | 'nothing' } | null
  readonly certificates: readonly CertificateFacts[]
  /** Null: the first seller. */
  readonly sellerId: string | null
}

/** A customer's exemption, as its certificate says it. */
export interface CertificateFacts {
  readonly id: string
  /** Whose tax it exempts from: null for any country's, an empty region for the whole country. */
  readonly country: string | null
  readonly region: string
  readonly number: string
  readonly reason: string
  /** VATEX, where there is one. */
  readonly exemption: string | null
  /** Days; until is the last one. */
  readonly validFrom: string
  readonly validUntil: string | null
}

/** What decides about tax besides the customer. */
export interface TaxWorld {
  readonly rules: readonly TaxRuleFacts[]
  /** The default one first. */
  readonly sellers: readonly SellerFacts[]
  /** By `metric/<id>`, `price/<plan>/<key>` or `one-off/<id>`; `standard` where nothing is said. */
  readonly categories: Readonly<Record<string, string>>
  /** When a VAT number counts for a reverse charge: once it was found valid, or unless it was found invalid. */
  readonly proof: 'checked' | 'form'
}
