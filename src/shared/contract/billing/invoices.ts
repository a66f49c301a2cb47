import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { RatingStep } from './prices.ts'
import { TaxBasis } from './tax-facts.ts'
import { CurrencyCode, DecimalText, Minor, Month, Span } from './values.ts'

export const InvoiceState = z.enum(['draft', 'held', 'approved', 'issued', 'paid', 'uncollectible', 'void'])
export type InvoiceState = z.infer<typeof InvoiceState>

/** Why a draft may be wrong: computed when it is made, from what the customer was billed before. */
export const Doubt = z.object({
  code: z.enum([
    'first-invoice',
    'zero',
    'negative',
    /** It holds lines that give money back. */
    'credit',
    /** A price that was not on the customer's last invoice. */
    'new-metric',
    /** A price that was on the last one and is missing, or without usage. */
    'gone-metric',
    /** A line more than three median deviations from the customer's own history. */
    'jump',
    /** Corrections of earlier periods. */
    'adjustment',
    'plan-change',
    /** A line is without tax because of a VAT number that was not found valid. */
    'vat-unconfirmed',
    /** It changed after somebody had seen it. */
    'changed',
  ]),
  /** The line it is about: the price's name. */
  about: z.string().nullable(),
  /** Minor units of the currency; of a jump: now, the median before, and how many deviations away. */
  now: Minor.nullable(),
  usual: Minor.nullable(),
  deviations: z.number().nullable(),
})
export type Doubt = z.infer<typeof Doubt>

/** A draft without doubts is clean and may be approved together with others. `first-invoice` alone is a doubt. */
export const InvoiceRow = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  customerKey: z.string(),
  plan: z.string(),
  /** A negative total is issued as a credit note. */
  kind: z.enum(['invoice', 'credit-note']),
  state: InvoiceState,
  number: z.string().nullable(),
  period: Month,
  currency: CurrencyCode,
  net: Minor,
  tax: Minor,
  total: Minor,
  /** The customer's invoice of the period before, in the same currency. */
  previous: Minor.nullable(),
  /** Of total against previous; null where there is none. */
  change: Minor.nullable(),
  lines: z.number().int(),
  doubts: z.array(Doubt),
  assignee: Uuid.nullable(),
  /** Why it is held, or why it was sent back. */
  note: z.string().nullable(),
  approvedBy: Uuid.nullable(),
  approvedAt: Instant.nullable(),
  issuedAt: Instant.nullable(),
  dueAt: Instant.nullable(),
  /** Of its document: none before it is issued. */
  pdf: z.enum(['none', 'waiting', 'ready', 'failed']),
  comments: z.number().int(),
  /** Over everything that an approval covers: customer, period, lines, amounts. */
  digest: Digest,
})
export type InvoiceRow = z.infer<typeof InvoiceRow>

export const InvoiceLine = z.object({
  id: Uuid,
  position: z.number().int(),
  kind: z.enum(['fee', 'usage', 'adjustment', 'credit', 'discount', 'one-off']),
  priceId: Uuid,
  priceKey: z.string(),
  /** The price's name, as the invoice says it. */
  name: z.string(),
  metricId: Uuid.nullable(),
  unit: z.string().nullable(),
  /** In the metric's unit; seats for a fee. */
  quantity: DecimalText,
  service: Span,
  /** Before rounding. */
  exact: z.string(),
  amount: Minor,
  tax: Minor,
  taxRate: z.string(),
  /** Why it has that rate, with the category for electronic invoices. */
  taxBasis: TaxBasis,
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

export const Invoice = InvoiceRow.extend({
  /** The subscription that it is for alone; null where it is for more than one, or for none. */
  subscriptionId: Uuid.nullable(),
  span: Span,
  zone: z.string(),
  /** The tax in the currency of the seller's books, fixed at issue; null where that is the invoice's, or none is said. */
  taxAmount: z
    .object({
      currency: CurrencyCode,
      amount: Minor,
      /** The published rates that it was converted by. */
      rates: z.array(
        z.object({
          base: z.string(),
          quote: z.string(),
          rate: z.string(),
          day: z.string(),
          source: z.string(),
        }),
      ),
    })
    .nullable(),
  previousId: Uuid.nullable(),
  lineItems: z.array(InvoiceLine),
  /** What happened to it, oldest first: from the command log. */
  history: z.array(
    z.object({
      commandId: Uuid,
      command: z.string(),
      by: Uuid.nullable(),
      at: Instant,
      note: z.string().nullable(),
    }),
  ),
})
export type Invoice = z.infer<typeof Invoice>

/** Why the total differs from the last invoice's, in minor units; the parts add up to the difference exactly. */
export const BridgePart = z.object({
  cause: z.enum(['price', 'volume', 'mix', 'new', 'gone', 'one-off', 'tax']),
  /** The price's name; null for the sum of a cause. */
  name: z.string().nullable(),
  amount: Minor,
  before: Minor.nullable(),
  now: Minor.nullable(),
})
export const Bridge = z.object({
  currency: CurrencyCode,
  from: z.object({ invoiceId: Uuid.nullable(), period: Month.nullable(), total: Minor }),
  to: z.object({ invoiceId: Uuid, period: Month, total: Minor }),
  parts: z.array(BridgePart),
})
export type Bridge = z.infer<typeof Bridge>

export const taxRateErrors = {
  /** The document has to say its tax in the currency of the legal entity, and there is no rate of the day. */
  BILLING_TAX_RATE_MISSING: { data: z.object({ currency: z.string(), to: z.string(), day: z.string() }) },
}

export const InvoiceFilter = z.object({
  period: Month.optional(),
  states: z.array(InvoiceState).optional(),
  customerId: Uuid.optional(),
  assignee: Uuid.optional(),
  /** Names of plans as invoices have them: of a customer on several, all of them in one text. */
  plans: z.array(z.string().max(1000)).max(200).optional(),
  currencies: z.array(CurrencyCode).max(200).optional(),
  /** `doubtful`: with doubts; `clean`: without. */
  doubts: z.enum(['doubtful', 'clean']).optional(),
  search: z.string().max(200).default(''),
})
export type InvoiceFilter = z.infer<typeof InvoiceFilter>

const REVIEWERS = ['analyst'] as const
const One = z.object({ invoiceId: Uuid })
const state = {
  BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) },
  /** Its month is locked: nothing of it changes any more. */
  BILLING_PERIOD_LOCKED: { data: z.object({ period: Month }) },
}
const changed = {
  /** It is no longer what the person saw. */
  BILLING_INVOICE_CHANGED: { data: z.object({ current: Digest }) },
}

export const invoices = {
  /** Rows in the order asked for; doubtful ones first where nothing is said. */
  list: query('billing.invoice.list', { roles: EVERYONE })
    .input(
      z.object({
        filter: InvoiceFilter.default({ search: '' }),
        sort: z
          .object({
            by: z.enum(['doubt', 'customer', 'total', 'change', 'state', 'number', 'period', 'assignee']),
            descending: z.boolean(),
          })
          .default({ by: 'doubt', descending: true }),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(20_000).default(500),
      }),
    )
    .output(z.object({ invoices: z.array(InvoiceRow), count: z.number().int() })),
  /** How many there are by state, doubt and plan, and sums by currency. */
  summary: query('billing.invoice.summary', { roles: EVERYONE })
    .input(z.object({ filter: InvoiceFilter.default({ search: '' }) }))
    .output(
      z.object({
        states: z.array(z.object({ state: InvoiceState, count: z.number().int() })),
        doubtful: z.number().int(),
        clean: z.number().int(),
        totals: z.array(z.object({ currency: CurrencyCode, count: z.number().int(), total: Minor })),
        /** By plan, in the order of their names. */
        plans: z.array(z.object({ plan: z.string(), count: z.number().int() })),
      }),
    ),
  /** The months that have invoices, newest first. */
  periods: query('billing.invoice.periods', { roles: EVERYONE }).output(
    z.object({
      periods: z.array(z.object({ period: Month, invoices: z.number().int(), open: z.number().int() })),
    }),
  ),
  get: query('billing.invoice.get', { roles: EVERYONE }).input(One).output(Invoice),
  /** Why a line is what it is: price version, tiers, formula, rounding, and the usage behind its quantity. */
  explain: query('billing.invoice.explain', { roles: EVERYONE })
    .input(z.object({ lineId: Uuid }))
    .output(
      z.object({
        line: InvoiceLine,
        /** Whose price it is; null for what is charged once. */
        plan: z.object({ planId: Uuid, name: z.string(), version: z.number().int() }).nullable(),
        /** What is charged once: who entered it, when, and why. */
        oneOff: z
          .object({
            oneOffId: Uuid,
            by: z.object({ id: Uuid, name: z.string() }),
            at: Instant,
            note: z.string(),
          })
          .nullable(),
        steps: z.array(RatingStep),
        /** By UTC day over the line's service; empty for fees. */
        usage: z.array(z.object({ at: Instant, quantity: DecimalText, events: z.number().int() })),
        /** The same price on the customer's last invoices, newest first. */
        before: z.array(z.object({ period: Month, quantity: DecimalText, amount: Minor })),
      }),
    ),
  bridge: query('billing.invoice.bridge', { roles: EVERYONE }).input(One).output(Bridge),
  /**
   * What the customer has in their favour will pay of an invoice when it is issued, as things stand: the balance,
   * then wallets, then what is left of payments. The same computation as its issue. Of balance and payments nothing
   * where the workspace does not use them, and of all nothing for an invoice that is issued already.
   */
  balance: query('billing.invoice.balance', { roles: EVERYONE })
    .input(One)
    .output(
      z.object({ currency: CurrencyCode, balance: Minor, wallets: Minor, payments: Minor, rest: Minor }),
    ),

  approve: command('billing.invoice.approve', { roles: REVIEWERS })
    .input(One.extend({ digest: Digest }))
    .output(InvoiceRow)
    .errors({ ...state, ...changed }),
  /** Takes an approval back; also what undoes `approve`, until the invoice is issued. */
  unapprove: command('billing.invoice.unapprove', { roles: REVIEWERS })
    .input(One)
    .output(InvoiceRow)
    .errors(state),
  hold: command('billing.invoice.hold', { roles: REVIEWERS })
    .input(One.extend({ note: z.string().min(1).max(2000) }))
    .output(InvoiceRow)
    .errors(state),
  release: command('billing.invoice.release', { roles: REVIEWERS })
    .input(One)
    .output(InvoiceRow)
    .errors(state),
  /** Sends an approved invoice, or a draft that somebody else prepared, back with a comment. */
  sendBack: command('billing.invoice.sendBack', { roles: REVIEWERS })
    .input(One.extend({ comment: z.string().min(1).max(2000) }))
    .output(InvoiceRow)
    .errors(state),
  assign: command('billing.invoice.assign', { roles: REVIEWERS })
    .input(One.extend({ personId: Uuid.nullable() }))
    .output(InvoiceRow)
    .errors({ ...state, BILLING_ASSIGNEE_UNKNOWN: { data: z.object({ personId: Uuid }) } }),
  /** Gives the number, without gaps, and has the document made after the commit. */
  issue: command('billing.invoice.issue', { roles: REVIEWERS, authorityOnly: true })
    .input(One.extend({ digest: Digest }))
    .output(InvoiceRow)
    .errors({ ...state, ...changed, ...taxRateErrors }),

  /** The document as it is stored, or of a draft as it would be. Base64 of a PDF. */
  pdf: service('billing.invoice.pdf', { roles: EVERYONE })
    .input(One)
    .output(
      z.object({
        fileName: z.string(),
        /** Whether these are the stored bytes of an issued invoice. */
        stored: z.boolean(),
        digest: Digest,
        base64: z.string(),
        /** Characters that no face has, in one that is made now: each is drawn as U+FFFD, and reads as it is. */
        missing: z.array(z.string()),
      }),
    )
    .errors({ BILLING_PDF_NOT_READY: { data: z.object({ state: z.string() }) } }),
  /** Stores a document once, as the core itself. */
  pdfDone: command('billing.invoice.pdfDone', { roles: [], internal: true, authorityOnly: true })
    .input(One.extend({ documentId: Uuid, digest: Digest }))
    .output(z.object({}))
    .errors(state),
}
