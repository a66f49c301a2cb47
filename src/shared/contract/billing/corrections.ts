import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { askingErrors } from '../workspace/approvals.ts'
import { Dispute } from './disputes.ts'
import { InvoiceRow, InvoiceState, taxRateErrors } from './invoices.ts'
import { CurrencyCode, DecimalText, Minor, Month } from './values.ts'

/** What to do with money that was paid already: back to the payer, or onto the customer's balance. */
export const CreditMoney = z.enum(['refund', 'balance'])
export type CreditMoney = z.infer<typeof CreditMoney>

/** What to do with what wallets paid: back to the grants that it was of, or onto the customer's balance. */
export const CreditWallets = z.enum(['grants', 'balance'])
export type CreditWallets = z.infer<typeof CreditWallets>

/** All that is left, an amount with tax, or parts of lines: by their amount before tax, or by quantity. */
export const CreditWanted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole') }),
  z.object({ kind: z.literal('amount'), amount: Minor.refine(amount => amount > 0n, 'more than nothing') }),
  z.object({
    kind: z.literal('lines'),
    lines: z
      .array(
        z.union([
          z.strictObject({ lineId: Uuid, amount: Minor }),
          z.strictObject({ lineId: Uuid, quantity: DecimalText }),
        ]),
      )
      .min(1)
      .max(5000),
  }),
])
export type CreditWanted = z.infer<typeof CreditWanted>

const Person = z.object({ id: Uuid, name: z.string() })

export const CreditNote = z.object({
  /** Also the id of its document among the invoices. */
  id: Uuid,
  number: z.string(),
  invoiceId: Uuid,
  invoiceNumber: z.string(),
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  /** What it gives back, with tax. */
  total: Minor,
  tax: Minor,
  reason: z.string(),
  /** Of the total: taken from what was still owed, sent back, put on the balance, given back to wallets. */
  applied: Minor,
  refunded: Minor,
  credited: Minor,
  returned: Minor,
  /** Of what went back to wallets, what expired at once, because its grant had. */
  lapsed: Minor,
  requestedBy: Person,
  approvalId: Uuid.nullable(),
  createdAt: Instant,
})
export type CreditNote = z.infer<typeof CreditNote>

export const WriteOff = z.object({
  id: Uuid,
  invoiceId: Uuid,
  invoiceNumber: z.string(),
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  /** Negative for a reversal. */
  amount: Minor,
  reverses: Uuid.nullable(),
  reason: z.string(),
  requestedBy: Person,
  approvalId: Uuid.nullable(),
  createdAt: Instant,
})
export type WriteOff = z.infer<typeof WriteOff>

/** A line of the invoice, and what is left of it to be given back. */
export const CreditLine = z.object({
  lineId: Uuid,
  name: z.string(),
  unit: z.string().nullable(),
  amount: Minor,
  tax: Minor,
  quantity: DecimalText,
  left: z.object({ amount: Minor, tax: Minor, quantity: DecimalText }),
})

export const Corrections = z.object({
  invoiceId: Uuid,
  state: InvoiceState,
  currency: CurrencyCode,
  total: Minor,
  /** What it still asks for. */
  open: Minor,
  /** What credit notes can still give back, with tax. */
  left: Minor,
  /** What payments settled of it: the most that can be sent back. */
  paid: Minor,
  /** What wallets paid of it and did not get back. */
  fromWallets: Minor,
  lines: z.array(CreditLine),
  creditNotes: z.array(CreditNote),
  writeOffs: z.array(WriteOff),
  disputes: z.array(Dispute),
  void: z.object({ reason: z.string(), by: Person, at: Instant, reissuedAs: Uuid.nullable() }).nullable(),
  /** The invoice that it stands for, where it is a credit note. */
  corrects: z.object({ invoiceId: Uuid, number: z.string() }).nullable(),
  /** The month is locked: what would change it is refused. */
  locked: z.boolean(),
  /** Waits for other people: its kind and id. */
  waiting: z.array(z.object({ kind: z.string(), approvalId: Uuid })),
  /** From which amount on other people are asked, in minor units of the currency: more than this. */
  limits: z.object({ credit: Minor, writeOff: Minor }),
})
export type Corrections = z.infer<typeof Corrections>

const PreviewLine = z.object({
  lineId: Uuid,
  name: z.string(),
  amount: Minor,
  tax: Minor,
  quantity: DecimalText,
})

const One = z.object({ invoiceId: Uuid })
const Reason = z.string().trim().min(1).max(2000)
const WRITERS = ['analyst'] as const
/** Done at once, or asked of other people: then nothing happened yet. */
const Outcome = z.object({ approvalId: Uuid.nullable(), invoice: InvoiceRow })

const creditErrors = {
  BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) },
  /** More than is left of it. */
  BILLING_CREDIT_OVER_INVOICE: { data: z.object({ left: Minor, asked: Minor }) },
  /** More than is left of a line: of its amount, or of its quantity in units of its scale. */
  BILLING_CREDIT_OVER_LINE: { data: z.object({ lineId: Uuid, left: z.bigint(), asked: z.bigint() }) },
  BILLING_CREDIT_LINE_UNKNOWN: { data: z.object({ lineId: z.string() }) },
  BILLING_CREDIT_NOTHING: { data: z.object({}) },
  /** It is of a top-up of which more was used than the credit note leaves; minor units that are left of it. */
  BILLING_TOP_UP_USED: { data: z.object({ left: Minor }) },
  /** A credit note gives back, and is not given back itself. */
  BILLING_CREDIT_OF_CREDIT: { data: z.object({}) },
}
/** The month of the booking, or of the invoice that would change, is locked. */
export const lockErrors = { BILLING_PERIOD_LOCKED: { data: z.object({ period: Month }) } }
const stateErrors = {
  BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) },
  /** Money came for it, or was given back: it can be credited, and not be made as if it never was. */
  BILLING_INVOICE_SETTLED: { data: z.object({ settled: Minor }) },
  ...lockErrors,
}

const Choice = { money: CreditMoney, wallets: CreditWallets.default('grants') }
const CreditInput = One.extend({ wanted: CreditWanted, ...Choice, reason: Reason })
const Requested = z.object({ requestedBy: Uuid })

export const corrections = {
  /** Everything that was corrected of an invoice, and what still can be. */
  get: query('billing.correction.get', { roles: EVERYONE }).input(One).output(Corrections),
  /** Credit notes and write-offs, the newest first. */
  list: query('billing.correction.list', { roles: EVERYONE })
    .input(
      z.object({
        customerId: Uuid.optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(
      z.object({
        creditNotes: z.array(CreditNote),
        writeOffs: z.array(WriteOff),
        disputes: z.array(Dispute),
      }),
    ),
  /** What a credit note would give back, and where its money would go. */
  preview: query('billing.correction.preview', { roles: EVERYONE })
    .input(One.extend({ wanted: CreditWanted, ...Choice }))
    .output(
      z.object({
        currency: CurrencyCode,
        lines: z.array(PreviewLine),
        net: Minor,
        tax: Minor,
        total: Minor,
        applied: Minor,
        refunded: Minor,
        credited: Minor,
        returned: Minor,
        /** What of it is of grants that have expired: it comes back and expires at once. */
        lapses: Minor,
        /** Other people are asked first. */
        asks: z.boolean(),
      }),
    )
    .errors(creditErrors),
  /** Gives back what was billed: at once below the limit, else it is asked of other people. */
  credit: command('billing.correction.credit', { roles: WRITERS })
    .input(CreditInput)
    .output(Outcome.extend({ creditNoteId: Uuid.nullable() }))
    .errors({ ...creditErrors, ...lockErrors, ...askingErrors, ...taxRateErrors }),
  issueCredit: command('billing.correction.issueCredit', { roles: [], internal: true, authorityOnly: true })
    .input(CreditInput.extend(Requested.shape))
    .output(Outcome.extend({ creditNoteId: Uuid.nullable() }))
    .errors({ ...creditErrors, ...lockErrors, ...taxRateErrors }),
  /** Gives up what an invoice still asks for. */
  writeOff: command('billing.correction.writeOff', { roles: WRITERS })
    .input(One.extend({ reason: Reason }))
    .output(Outcome)
    .errors({ ...stateErrors, ...askingErrors }),
  bookWriteOff: command('billing.correction.bookWriteOff', { roles: [], internal: true, authorityOnly: true })
    .input(One.extend({ reason: Reason, ...Requested.shape }))
    .output(Outcome)
    .errors(stateErrors),
  /** Asks for what was given up after all. */
  reverseWriteOff: command('billing.correction.reverseWriteOff', { roles: WRITERS })
    .input(One.extend({ reason: Reason }))
    .output(Outcome)
    .errors(stateErrors),
  /** Makes an invoice count for nothing; it keeps its number. `reissue` makes a draft of the same lines. */
  void: command('billing.correction.void', { roles: WRITERS })
    .input(One.extend({ reason: Reason, reissue: z.boolean().default(false) }))
    .output(Outcome)
    .errors({ ...stateErrors, ...askingErrors }),
  makeVoid: command('billing.correction.makeVoid', { roles: [], internal: true, authorityOnly: true })
    .input(One.extend({ reason: Reason, reissue: z.boolean(), ...Requested.shape }))
    .output(Outcome)
    .errors(stateErrors),
  /** What customers have in their favour, by customer and currency, and how it came about. */
  balance: query('billing.correction.balance', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(
      z.object({
        balances: z.array(z.object({ currency: CurrencyCode, amount: Minor })),
        entries: z.array(
          z.object({
            id: Uuid,
            at: Instant,
            currency: CurrencyCode,
            amount: Minor,
            debit: z.string(),
            credit: z.string(),
            reason: z.string(),
            source: z.string(),
            sourceId: z.string(),
            /** Of the invoice or credit note that it came of; null of anything else. */
            number: z.string().nullable(),
          }),
        ),
      }),
    ),
}

/** Months that are closed for good. */
export const PeriodLock = z.object({
  period: Month,
  locked: z.boolean(),
  lockedBy: Person.nullable(),
  lockedAt: Instant.nullable(),
  /** How often it was opened again, the newest first. */
  reopened: z.array(z.object({ by: Person, at: Instant, reason: z.string() })),
  /** Drafts, held and approved ones that are still to be decided. */
  undecided: z.number().int(),
  /** The request that asks to open it. */
  approvalId: Uuid.nullable(),
})
export type PeriodLock = z.infer<typeof PeriodLock>

export const periods = {
  get: query('billing.period.get', { roles: EVERYONE })
    .input(z.object({ period: Month }))
    .output(PeriodLock),
  list: query('billing.period.list', { roles: EVERYONE }).output(
    z.object({ periods: z.array(z.object({ period: Month, lockedAt: Instant })) }),
  ),
  /** Nothing that changes billed money of the month runs from here on. */
  lock: command('billing.period.lock', { roles: WRITERS })
    .input(z.object({ period: Month }))
    .output(PeriodLock)
    .errors({
      ...lockErrors,
      /** Invoices of the month are still to be decided. */
      BILLING_PERIOD_UNDECIDED: { data: z.object({ period: Month, count: z.number().int() }) },
      /** It is not over yet in every customer's zone. */
      BILLING_PERIOD_OPEN: { data: z.object({ period: z.string(), overAt: Instant }) },
      BILLING_CLOSE_RUNNING: { data: z.object({ runId: Uuid, period: z.string() }) },
    }),
  /** Asks other people to open it again. */
  reopen: command('billing.period.reopen', { roles: WRITERS })
    .input(z.object({ period: Month, reason: Reason }))
    .output(PeriodLock)
    .errors({ BILLING_PERIOD_NOT_LOCKED: { data: z.object({ period: Month }) }, ...askingErrors }),
  open: command('billing.period.open', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ period: Month, reason: Reason }))
    .output(PeriodLock)
    .errors({ BILLING_PERIOD_NOT_LOCKED: { data: z.object({ period: Month }) } }),
}
