import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { RULE_KINDS, TaxBasis } from './tax-facts.ts'
import { AmountText } from './values.ts'

export const Country = z.string().regex(/^[A-Z]{2}$/)
/** A state or province, as ISO 3166-2 has it after the country: `CA`; empty for none. */
export const Region = z.string().regex(/^[A-Z0-9]{0,6}$/)
/** What is sold: `standard`, `reduced`, or a word of the workspace's own. */
export const Category = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(40)
/** A calendar day, `2026-01-01`. */
export const Day = z.iso.date()

const RuleTerms = {
  name: z.string().trim().min(1).max(120),
  country: Country,
  /** Empty: the whole country. */
  region: Region.default(''),
  category: Category,
  kind: z.enum(RULE_KINDS),
  /** A fraction: 0.19 is 19 %. */
  rate: AmountText,
  /** Prices have the tax in them. */
  inclusive: z.boolean().default(false),
  /** Of services that end on this day or later, until a newer rule. */
  validFrom: Day,
  /** The law or publication that it is from. */
  source: z.string().trim().min(1).max(300),
  /** What documents say of it: the reason of an exemption. */
  note: z.string().trim().max(300).default(''),
}

const StoredRule = z.object({ ...RuleTerms, createdBy: z.string(), createdAt: Instant })
export type StoredTaxRule = z.infer<typeof StoredRule>

export const TaxRule = StoredRule.extend({
  id: Uuid,
  /** A newer rule of the same place and category is in force. */
  replaced: z.boolean(),
})
export type TaxRule = z.infer<typeof TaxRule>

const StoredCertificate = z.object({
  customerId: Uuid,
  /** Whose tax it exempts from; null: that of any country. */
  country: Country.nullable(),
  region: Region.default(''),
  number: z.string().trim().min(1).max(80),
  reason: z.string().trim().min(1).max(200),
  /** Code of the reason in electronic invoices, such as `VATEX-EU-132`. */
  exemption: z
    .string()
    .regex(/^VATEX-[A-Z0-9-]{2,30}$/)
    .nullable()
    .default(null),
  validFrom: Day,
  /** The last day; null without end. */
  validUntil: Day.nullable().default(null),
})
const KeptCertificate = StoredCertificate.extend({ createdBy: z.string(), createdAt: Instant })
export type KeptCertificate = z.infer<typeof KeptCertificate>
export const TaxCertificate = KeptCertificate.extend({ id: Uuid })
export type TaxCertificate = z.infer<typeof TaxCertificate>

export const VatCheck = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  number: z.string(),
  state: z.enum(['valid', 'invalid', 'not-reached']),
  way: z.enum(['service', 'hand']),
  /** What the service said: name, address, number of the consultation. */
  answer: z.record(z.string(), z.string()),
  note: z.string(),
  by: z.string().nullable(),
  at: Instant,
})
export type VatCheck = z.infer<typeof VatCheck>

/** What can be wrong with the form of a VAT number. */
export const VAT_FAULTS = ['country', 'form', 'digit'] as const

const Standing = z.object({
  /** With its country in front; empty where the customer has none. */
  number: z.string(),
  state: z.enum(['none', 'not-checked', 'not-reached', 'valid', 'invalid', 'bad-form']),
  checkedAt: Instant.nullable(),
  /** It stands for a reverse charge. */
  counts: z.boolean(),
  /** What is wrong with it where it is no VAT number: its country, its form, its check digit; null for nothing. */
  fault: z.enum(VAT_FAULTS).nullable(),
})

/** A question to the VIES service that has no answer yet. */
const Question = z.object({
  /** Under way; asked again at a time; asked often enough, until somebody asks anew. */
  state: z.enum(['asking', 'waiting', 'rests']),
  tries: z.number().int(),
  nextAt: Instant.nullable(),
  /** Why there was no answer; empty before the first. */
  reason: z.string(),
})

/** Whether a public service can be asked: allowed by a setting, and this host reaches the network. */
export const OutsideState = z.enum(['ready', 'off', 'no-network'])

const Own = {
  kind: z.enum(['business', 'consumer']),
  region: Region,
}

export const CustomerTax = z.object({
  customerId: Uuid,
  ...Own,
  /** The legal entity that bills it, and whether somebody said so; null where the settings do. */
  entity: z.object({ id: Uuid, name: z.string(), said: z.boolean() }).nullable(),
  vat: Standing,
  /** Whether VIES can be asked for its number; `no-service` where there is none for the number. */
  service: z.enum(['ready', 'off', 'no-network', 'no-service']),
  question: Question.nullable(),
  certificates: z.array(TaxCertificate),
  checks: z.array(VatCheck),
})
export type CustomerTax = z.infer<typeof CustomerTax>

/** What is said to be of a category: a metric, a price of a plan in all its versions, a one-off charge. */
export const TaxSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metric'), metricId: Uuid }),
  z.object({ kind: z.literal('price'), planId: Uuid, priceKey: z.string().min(1).max(100) }),
  z.object({ kind: z.literal('one-off'), oneOffId: Uuid }),
])
export type TaxSubject = z.infer<typeof TaxSubject>

const invalidRule = {
  /** It makes no sense as a rule, with the reason. */
  BILLING_TAX_RULE_INVALID: {
    data: z.object({ reason: z.enum(['rate', 'no-rate', 'outside']) }),
  },
  /** There is a rule of the same place, category and day. */
  BILLING_TAX_RULE_THERE: { data: z.object({ name: z.string() }) },
}

const badNumber = {
  BILLING_VAT_NUMBER_BAD: { data: z.object({ number: z.string(), reason: z.enum(VAT_FAULTS) }) },
}

/** A public service cannot be asked: nobody allowed it by the setting, or this host reaches no network. */
export const outsideErrors = {
  BILLING_OUTSIDE_OFF: { data: z.object({ setting: z.string() }) },
  BILLING_OUTSIDE_NONE: {},
}

export const tax = {
  /** All rules, by place and category, the newest first of each. */
  rules: query('billing.tax.rules', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        rules: z.array(TaxRule),
        /** Where the workspace sells from by its settings; null where nobody said it. */
        home: Country.nullable(),
        /** Of which the rates that can be imported are, and how many of them are not there. */
        offered: z.object({ asOf: Day, source: z.string(), missing: z.array(Country) }),
      }),
    ),
  addRule: command('billing.tax.addRule', { roles: ['analyst'] })
    .input(z.object(RuleTerms))
    .output(TaxRule)
    .errors(invalidRule),
  /** Changes what a rule says. Lines that are on invoices, drafts among them, stay as they are. */
  editRule: command('billing.tax.editRule', { roles: ['analyst'] })
    .input(z.object({ ruleId: Uuid, ...RuleTerms }))
    .output(TaxRule)
    .errors(invalidRule),
  removeRule: command('billing.tax.removeRule', { roles: ['analyst'] })
    .input(z.object({ ruleId: Uuid }))
    .output(z.object({ ruleId: Uuid })),
  /** Puts a rule back as it was, or removes it: what undoing a command runs. */
  restoreRule: command('billing.tax.restoreRule', { roles: [], internal: true })
    .input(z.object({ ruleId: Uuid, rule: StoredRule.nullable() }))
    .output(z.object({ ruleId: Uuid }))
    .errors(invalidRule),
  /** Adds the published rates of countries that have no rule yet: what the workspace has stays as it is. */
  importRules: command('billing.tax.importRules', { roles: ['analyst'] })
    .input(z.object({ countries: z.array(Country).min(1).max(100) }))
    .output(z.object({ added: z.number().int() })),
  /** What is not of the category `standard`. */
  categories: query('billing.tax.categories', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        categories: z.array(z.object({ subject: z.string(), name: z.string(), category: Category })),
      }),
    ),
  /** Says of what category something is. */
  setCategory: command('billing.tax.setCategory', { roles: ['analyst'] })
    .input(z.object({ subject: TaxSubject, category: Category }))
    .output(z.object({ subject: z.string(), category: Category })),
  /** What a customer would pay on a day, and why. */
  decide: query('billing.tax.decide', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid, category: Category.default('standard'), day: Day }))
    .output(z.object({ rate: AmountText, basis: TaxBasis })),
  /** What is known of a customer for tax. */
  customer: query('billing.tax.customer', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(CustomerTax),
  setCustomer: command('billing.tax.setCustomer', { roles: ['analyst'] })
    .input(z.object({ customerId: Uuid, ...Own }))
    .output(CustomerTax),
  /** Puts what is known of a customer back as it was: what undoing a command runs. */
  restoreCustomer: command('billing.tax.restoreCustomer', { roles: [], internal: true })
    .input(z.object({ customerId: Uuid, own: z.object(Own).nullable() }))
    .output(z.object({ customerId: Uuid })),
  addCertificate: command('billing.tax.addCertificate', { roles: ['analyst'] })
    .input(StoredCertificate)
    .output(TaxCertificate)
    .errors({ BILLING_TAX_CERTIFICATE_SPAN: {} }),
  /** The certificate is not valid after a day. */
  endCertificate: command('billing.tax.endCertificate', { roles: ['analyst'] })
    .input(z.object({ certificateId: Uuid, validUntil: Day }))
    .output(TaxCertificate)
    .errors({ BILLING_TAX_CERTIFICATE_SPAN: {} }),
  /** Puts a certificate back as it was, or removes it: what undoing a command runs. */
  restoreCertificate: command('billing.tax.restoreCertificate', { roles: [], internal: true })
    .input(z.object({ certificateId: Uuid, certificate: KeptCertificate.nullable() }))
    .output(z.object({ certificateId: Uuid })),
  /** What came of asking for VAT numbers, the newest first. */
  checks: query('billing.tax.checks', { roles: EVERYONE })
    .input(z.object({ limit: z.number().int().min(1).max(1000).default(200) }))
    .output(z.object({ checks: z.array(VatCheck) })),
  /** What a person found out of a customer's VAT number, with where they looked. */
  noteVatCheck: command('billing.tax.noteVatCheck', { roles: ['analyst'] })
    .input(
      z.object({
        customerId: Uuid,
        state: z.enum(['valid', 'invalid']),
        note: z.string().trim().min(1).max(500),
      }),
    )
    .output(CustomerTax)
    .errors(badNumber),
  /** Asks the VIES service for a customer's number. What it says comes in a moment, and is kept as evidence. */
  askVat: command('billing.tax.askVat', { roles: ['analyst'], authorityOnly: true })
    .input(z.object({ customerId: Uuid }))
    .output(CustomerTax)
    .errors({
      ...badNumber,
      ...outsideErrors,
      BILLING_VAT_NO_SERVICE: { data: z.object({ number: z.string() }) },
    }),
  /** How many numbers it is time to ask for, at most so many. */
  vatDue: query('billing.tax.vatDue', { roles: [], internal: true })
    .input(z.object({ limit: z.number().int().min(1).max(1000) }))
    .output(z.object({ customers: z.number().int() })),
  /** Asks for the numbers that it is time for, those that waited longest first. */
  askVatDue: command('billing.tax.askVatDue', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ limit: z.number().int().min(1).max(1000) }))
    .output(z.object({ asked: z.number().int() })),
  /** What came of asking VIES. */
  vatAnswered: command('billing.tax.vatAnswered', { roles: [], internal: true, authorityOnly: true })
    .input(
      z.object({
        customerId: Uuid,
        number: z.string(),
        /** The address that was asked, and our own number, with which VIES gives a consultation number. */
        source: z.string(),
        requester: z.string().nullable(),
        outcome: z.discriminatedUnion('state', [
          z.object({ state: z.enum(['valid', 'invalid']), answer: z.record(z.string(), z.string()) }),
          z.object({ state: z.literal('not-reached'), reason: z.string() }),
        ]),
      }),
    )
    .output(z.object({ customerId: Uuid })),
}
