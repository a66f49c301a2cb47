import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { InvoiceState } from './invoices.ts'
import { Category } from './tax.ts'
import { AmountText, CurrencyCode, DecimalText, Minor, Month, Span } from './values.ts'

/** Something that is charged once, on one invoice, and that no price of a plan is for. */
export const OneOff = z.object({
  id: Uuid,
  customerId: Uuid,
  currency: CurrencyCode,
  name: z.string(),
  /** Empty for none. */
  unit: z.string(),
  quantity: DecimalText,
  /** Of one unit, in the currency's unit. */
  unitPrice: AmountText,
  /** Quantity × unit price, before tax. */
  amount: Minor,
  /** A fraction; null: the customer's when it is billed. */
  taxRate: AmountText.nullable(),
  /** What is sold, as the rules of tax call it; a rate of its own comes before them. */
  category: z.string(),
  /** On whose invoice it goes, where each subscription has its own; null for none. */
  subscriptionId: Uuid.nullable(),
  /** When it was done; null: in the month that bills it. */
  service: Span.nullable(),
  /** The first month that bills it. */
  firstPeriod: Month,
  note: z.string(),
  createdBy: z.object({ id: Uuid, name: z.string() }),
  createdAt: Instant,
  /** The invoice that it is on, a draft or one that is out; null while it waits for the next close. */
  invoice: z
    .object({ id: Uuid, number: z.string().nullable(), state: InvoiceState, period: Month })
    .nullable(),
  /** It can still be changed and removed: it waits, or its invoice is a draft or held. */
  open: z.boolean(),
})
export type OneOff = z.infer<typeof OneOff>

/** What a person says of it. Money back is a credit note, so that neither is below nothing. */
const Terms = z.object({
  name: z.string().trim().min(1).max(200),
  unit: z.string().trim().max(40).default(''),
  quantity: z
    .string()
    .regex(/^(0|[1-9]\d{0,11})(\.\d{1,6})?$/, 'a decimal above 0 of at most six places')
    .refine(text => /[1-9]/.test(text), 'more than nothing')
    .default('1'),
  unitPrice: AmountText.refine(text => /[1-9]/.test(text), 'more than nothing'),
  /** A fraction from 0 to 1. */
  taxRate: z
    .string()
    .regex(/^(0(\.\d{1,6})?|1)$/, 'a fraction from 0 to 1')
    .nullable()
    .default(null),
  /** What is sold, as the rules of tax call it. */
  category: Category.default('standard'),
  service: Span.refine(({ from, to }) => from < to, 'ends after it begins')
    .nullable()
    .default(null),
  note: z.string().trim().max(2000).default(''),
})
export type OneOffTerms = z.infer<typeof Terms>

const WRITERS = ['analyst'] as const
const One = z.object({ oneOffId: Uuid })
const errors = {
  /** It comes to less than half of the smallest unit of the currency, or to more than can be stored. */
  BILLING_ONE_OFF_AMOUNT: { data: z.object({ amount: z.string(), currency: CurrencyCode }) },
  /** It is on an invoice that was approved or issued: what is wrong there is corrected by a credit note. */
  BILLING_ONE_OFF_BILLED: { data: z.object({ state: InvoiceState, number: z.string().nullable() }) },
}
/** The draft is a wallet's top-up: nothing else goes onto it. */
const onTopUp = { BILLING_INVOICE_TOP_UP: { data: z.object({}) } }
/** The row as it is stored, to be put back as it was. */
const Stored = z.object({
  id: Uuid,
  customer_id: Uuid,
  currency: CurrencyCode,
  name: z.string(),
  unit: z.string(),
  quantity: z.bigint(),
  scale: z.bigint(),
  unit_price: z.string(),
  tax_rate: z.string().nullable(),
  service_from: z.bigint().nullable(),
  service_to: z.bigint().nullable(),
  first_period: Month,
  note: z.string(),
  created_by: z.string(),
  created_at: Instant,
  subscription_id: Uuid.nullable().default(null),
})

export const oneOffs = {
  /** Of a customer, the newest first. */
  list: query('billing.oneOff.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(z.object({ oneOffs: z.array(OneOff) })),
  /**
   * Charges something once: on the invoice that is named, which is a draft or held, else with the next close, of the
   * month `firstPeriod` at the earliest.
   */
  add: command('billing.oneOff.add', { roles: WRITERS })
    .input(
      Terms.extend({
        customerId: Uuid,
        /** Null: the customer's; of an invoice always its own. */
        currency: CurrencyCode.nullable().default(null),
        firstPeriod: Month.nullable().default(null),
        invoiceId: Uuid.nullable().default(null),
        /** On whose invoice it goes, where each subscription has its own; on an invoice that is named, as that is. */
        subscriptionId: Uuid.nullable().default(null),
      }),
    )
    .output(OneOff)
    .errors({ ...errors, ...onTopUp, BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) } }),
  edit: command('billing.oneOff.edit', { roles: WRITERS })
    .input(One.extend(Terms.shape))
    .output(OneOff)
    .errors(errors),
  /** Takes it back, also from its draft; a draft of nothing else goes with it. */
  remove: command('billing.oneOff.remove', { roles: WRITERS }).input(One).output(One).errors(errors),
  restore: command('billing.oneOff.restore', { roles: [], internal: true })
    .input(z.object({ oneOff: Stored, invoiceId: Uuid.nullable(), category: Category.default('standard') }))
    .output(OneOff)
    .errors(errors),
}
