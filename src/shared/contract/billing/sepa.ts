import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, Uuid } from '../define.ts'
import { Minor } from './values.ts'

const WRITERS = ['analyst'] as const
const Day = z.iso.date()

export const Scheme = z.enum(['CORE', 'B2B'])
export const MandateState = z.enum(['valid', 'revoked', 'expired', 'used'])

/** What a customer signed so that money may be taken from their account. */
export const Mandate = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  reference: z.string(),
  scheme: Scheme,
  kind: z.enum(['recurrent', 'one-off']),
  holder: z.string(),
  /** Masked: its country and its last four characters. */
  iban: z.string(),
  bic: z.string(),
  signedOn: Day,
  ending: z.boolean(),
  lastUsedOn: Day.nullable(),
  state: MandateState,
  createdAt: Instant,
})
export type Mandate = z.infer<typeof Mandate>

export const DebitItem = z.object({
  id: Uuid,
  invoiceId: Uuid,
  number: z.string(),
  customerId: Uuid,
  customer: z.string(),
  mandateId: Uuid,
  mandate: z.string(),
  paymentId: Uuid,
  endToEndId: z.string(),
  sequence: z.enum(['FRST', 'RCUR', 'OOFF', 'FNAL']),
  amount: Minor,
  state: z.enum(['pending', 'collected', 'returned', 'cancelled']),
  failure: z.object({ code: z.string(), remedy: z.string(), text: z.string() }).nullable(),
})
export type DebitItem = z.infer<typeof DebitItem>

/** A file of direct debits. `done`: nothing of it is waited for any more. */
export const DebitRun = z.object({
  id: Uuid,
  messageId: z.string(),
  accountId: Uuid,
  account: z.string(),
  collectOn: Day,
  state: z.enum(['open', 'handed-in', 'done', 'cancelled']),
  count: z.number().int(),
  /** Minor units of the euro. */
  amount: Minor,
  collected: Minor,
  returned: Minor,
  fileName: z.string(),
  digest: Digest,
  createdAt: Instant,
})
export type DebitRun = z.infer<typeof DebitRun>

const Candidate = z.object({
  invoiceId: Uuid,
  number: z.string(),
  customerId: Uuid,
  customer: z.string(),
  amount: Minor,
  dueAt: Instant,
  /** Null where it can be collected; else why not. */
  fault: z
    .enum(['no-mandate', 'revoked', 'expired', 'used', 'not-due', 'notice', 'under-way', 'disputed'])
    .nullable(),
  mandateId: Uuid.nullable(),
  mandate: z.string().nullable(),
})
export type DebitCandidate = z.infer<typeof Candidate>

const OneRun = z.object({ runId: Uuid })
const Detail = DebitRun.extend({ items: z.array(DebitItem) })
const account = {
  /** It needs an IBAN in euros and a creditor identifier. */
  BILLING_DEBIT_ACCOUNT: { data: z.object({ accountId: z.string() }) },
  /** Banks do not settle then, or it is too soon for them. */
  BILLING_DEBIT_DAY: { data: z.object({ collectOn: z.string(), earliest: z.string() }) },
}
const state = { BILLING_DEBIT_STATE: { data: z.object({ state: z.string() }) } }

export const mandates = {
  list: query('billing.mandate.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(z.object({ mandates: z.array(Mandate) })),
  add: command('billing.mandate.add', { roles: WRITERS })
    .input(
      z.object({
        customerId: Uuid,
        /** Made of the customer's key and a number where nothing is said. */
        reference: z.string().trim().max(35).default(''),
        scheme: Scheme.default('CORE'),
        kind: z.enum(['recurrent', 'one-off']).default('recurrent'),
        holder: z.string().trim().min(1).max(70),
        iban: z.string().trim().min(1).max(50),
        bic: z
          .string()
          .trim()
          .regex(/^([A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?)?$/, 'a BIC of 8 or 11 characters')
          .default(''),
        signedOn: Day,
        isDefault: z.boolean().default(true),
      }),
    )
    .output(Mandate)
    .errors({
      BILLING_ACCOUNT_NUMBER: { data: z.object({ field: z.string(), reason: z.string() }) },
      BILLING_MANDATE_REFERENCE: { data: z.object({ reference: z.string() }) },
      BILLING_MANDATE_TAKEN: { data: z.object({ reference: z.string() }) },
      BILLING_MANDATE_IN_FUTURE: { data: z.object({ signedOn: z.string() }) },
    }),
  /** No money is taken by it any more: at once, or after the next collection. */
  revoke: command('billing.mandate.revoke', { roles: WRITERS })
    .input(z.object({ mandateId: Uuid, afterNext: z.boolean().default(false) }))
    .output(Mandate)
    .errors({ BILLING_MANDATE_STATE: { data: z.object({ state: z.string() }) } }),
}

export const debits = {
  /** What of open invoices in euros could be collected, and why the others not. */
  propose: query('billing.debit.propose', { roles: EVERYONE })
    .input(z.object({ collectOn: Day.optional() }))
    .output(
      z.object({
        /** The earliest day that banks take, by the lead time of the settings. */
        earliest: Day,
        collectOn: Day,
        /** Who is to pay has to know by this day. */
        notifyBy: Day,
        candidates: z.array(Candidate),
      }),
    )
    .errors({ BILLING_DEBIT_DAY: account.BILLING_DEBIT_DAY }),
  /** Makes the file: a pending payment for each invoice, collected by the mandate of its customer. */
  create: command('billing.debit.create', { roles: WRITERS })
    .input(z.object({ accountId: Uuid, collectOn: Day, invoiceIds: z.array(Uuid).min(1).max(5000) }))
    .output(Detail)
    .errors({
      ...account,
      /** It cannot be collected any more. */
      BILLING_DEBIT_INVOICE: { data: z.object({ invoiceId: z.string(), fault: z.string() }) },
    }),
  list: query('billing.debit.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ runs: z.array(DebitRun) })),
  get: query('billing.debit.get', { roles: EVERYONE }).input(OneRun).output(Detail),
  /** The file for the bank: pain.008.001.08. */
  file: query('billing.debit.file', { roles: WRITERS })
    .input(OneRun)
    .output(z.object({ fileName: z.string(), xml: z.string(), digest: Digest })),
  /** The bank has it: it cannot be called off here any more. */
  handIn: command('billing.debit.handIn', { roles: WRITERS }).input(OneRun).output(Detail).errors(state),
  /** What did not come back was collected on the day of the run. */
  collect: command('billing.debit.collect', { roles: WRITERS })
    .input(OneRun)
    .output(Detail)
    .errors({ ...state, BILLING_DEBIT_TOO_EARLY: { data: z.object({ collectOn: z.string() }) } }),
  /** One came back: before it was booked, or after. */
  returned: command('billing.debit.returned', { roles: WRITERS })
    .input(
      z.object({ itemId: Uuid, code: z.string().min(1).max(100), text: z.string().max(500).default('') }),
    )
    .output(Detail)
    .errors(state),
  /** It is not handed in: its invoices can be collected by another. */
  cancel: command('billing.debit.cancel', { roles: WRITERS }).input(OneRun).output(Detail).errors(state),
}
