import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { Allocation, PaymentDetail } from './payments.ts'
import { CurrencyCode, Minor } from './values.ts'

const WRITERS = ['analyst'] as const

/** A local date, `2026-10-31`. */
export const PlainDate = z.iso.date()

/** One of the workspace's accounts. */
export const BankAccount = z.object({
  id: Uuid,
  name: z.string().min(1).max(120),
  /** As the bank knows the holder. */
  holder: z.string().min(1).max(120),
  /** An IBAN, or another number where the country has none. */
  number: z.string().min(1).max(50),
  bic: z.string().max(11),
  currency: CurrencyCode,
  /** The creditor identifier of SEPA; empty where nothing is collected. */
  creditorId: z.string().max(35),
  active: z.boolean(),
})
export type BankAccount = z.infer<typeof BankAccount>

/** A booked line of a statement, as files of all kinds say it. */
export const StatementLine = z.object({
  bookedOn: PlainDate,
  valueOn: PlainDate,
  /** Minor units; negative where money left the account. */
  amount: Minor,
  currency: CurrencyCode,
  name: z.string().max(500),
  iban: z.string().max(50),
  text: z.string().max(2000),
  reference: z.string().max(200),
  /** Why a direct debit came back, as the bank says it; empty for none. */
  returnCode: z.string().max(20),
  /** What makes it the same line in another file of the same days. */
  fingerprint: Digest,
})
export type StatementLine = z.infer<typeof StatementLine>

/** A statement as it was read. */
export const Statement = z.object({
  format: z.enum(['camt.053', 'csv']),
  /** What the bank calls it; empty where the file does not say. */
  statement: z.string().max(200),
  firstOn: PlainDate.nullable(),
  lastOn: PlainDate.nullable(),
  opening: Minor.nullable(),
  closing: Minor.nullable(),
})

/** What a line may be: somebody's payment, a direct debit that came back, or a refund that was sent. */
export const Suggestion = z.object({
  kind: z.enum(['payment', 'return', 'refund']),
  customerId: Uuid,
  customer: z.string(),
  /** Of a payment: what it would settle. */
  allocations: z.array(Allocation.extend({ number: z.string() })),
  rest: Minor,
  /** Of a return: the payment; of a refund: the refund. */
  rowId: Uuid.nullable(),
  /** 0 to 100. */
  score: z.number().int(),
  reasons: z.array(z.enum(['number', 'account', 'name', 'amount', 'amount-together', 'part', 'reference'])),
})
export type Suggestion = z.infer<typeof Suggestion>

export const BankLine = StatementLine.omit({ fingerprint: true }).extend({
  id: Uuid,
  accountId: Uuid,
  fileId: Uuid,
  state: z.enum(['open', 'matched', 'ignored']),
  paymentId: Uuid.nullable(),
  note: z.string().nullable(),
  decidedBy: Uuid.nullable(),
  decidedAt: Instant.nullable(),
  /** The likeliest first; of open lines only. */
  suggestions: z.array(Suggestion),
})
export type BankLine = z.infer<typeof BankLine>

export const BankFile = Statement.extend({
  id: Uuid,
  accountId: Uuid,
  fileName: z.string(),
  lines: z.number().int(),
  /** Of them, those that were not there yet. */
  fresh: z.number().int(),
  importedBy: Uuid.nullable(),
  importedAt: Instant,
})
export type BankFile = z.infer<typeof BankFile>

export const BankReceipt = Statement.extend({
  fileName: z.string(),
  accountId: Uuid,
  account: z.string(),
  lines: z.number().int(),
  fresh: z.number().int(),
  /** Lines that are only announced, which are left out. */
  pending: z.number().int(),
  incoming: Minor,
  outgoing: Minor,
  currency: CurrencyCode,
  /** Whether it is in now; false for a dry run. */
  done: z.boolean(),
})
export type BankReceipt = z.infer<typeof BankReceipt>

const AccountInput = BankAccount.omit({ id: true, active: true }).extend({
  bic: BankAccount.shape.bic.default(''),
  creditorId: BankAccount.shape.creditorId.default(''),
})
const accountErrors = {
  BILLING_CURRENCY_UNKNOWN: { data: z.object({ currency: z.string() }) },
  /** An IBAN or creditor identifier that cannot be right. */
  BILLING_ACCOUNT_NUMBER: { data: z.object({ field: z.enum(['number', 'creditorId']), reason: z.string() }) },
  BILLING_BANK_ACCOUNT_TAKEN: { data: z.object({ number: z.string() }) },
}
const state = { BILLING_BANK_LINE_STATE: { data: z.object({ state: z.string() }) } }
const One = z.object({ lineId: Uuid })

export const bank = {
  accounts: query('billing.bank.accounts', { roles: EVERYONE }).output(
    z.object({ accounts: z.array(BankAccount.extend({ open: z.number().int() })) }),
  ),
  addAccount: command('billing.bank.addAccount', { roles: WRITERS })
    .input(AccountInput)
    .output(BankAccount)
    .errors(accountErrors),
  editAccount: command('billing.bank.editAccount', { roles: WRITERS })
    .input(
      AccountInput.pick({ name: true, holder: true, bic: true, creditorId: true }).extend({
        accountId: Uuid,
        active: z.boolean().default(true),
      }),
    )
    .output(BankAccount)
    .errors(accountErrors),
  files: query('billing.bank.files', { roles: EVERYONE })
    .input(z.object({ limit: z.number().int().min(1).max(1000).default(100) }))
    .output(z.object({ files: z.array(BankFile) })),
  lines: query('billing.bank.lines', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        accountId: Uuid.optional(),
        states: z.array(BankLine.shape.state).optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(2000).default(200),
      }),
    )
    .output(z.object({ lines: z.array(BankLine), count: z.number().int() })),
  /** Reads a statement of the bank. Lines that are there already are left out, so that files may overlap. */
  import: service('billing.bank.import', { roles: WRITERS, files: true })
    .input(
      z.object({
        fileId: z.string(),
        fileName: z.string().min(1).max(255),
        /** Needed where the file does not say of which account it is. */
        accountId: Uuid.optional(),
        dryRun: z.boolean().default(false),
      }),
    )
    .output(BankReceipt)
    .errors({
      BILLING_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      BILLING_BANK_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
      /** It is of an account that the workspace does not have. */
      BILLING_BANK_ACCOUNT_UNKNOWN: { data: z.object({ number: z.string() }) },
      /** It is of another account than the one that was chosen. */
      BILLING_BANK_FILE_OTHER_ACCOUNT: { data: z.object({ account: z.string(), number: z.string() }) },
      BILLING_BANK_ACCOUNT_NEEDED: { data: z.object({}) },
      /** Its lines do not lead from its opening to its closing balance: it is not whole. */
      BILLING_BANK_FILE_BALANCE: { data: z.object({ expected: Minor, found: Minor, currency: z.string() }) },
      BILLING_BANK_FILE_KNOWN: { data: z.object({ fileName: z.string(), importedAt: Instant }) },
    }),
  /** Stores a statement as it was read. */
  store: command('billing.bank.store', { roles: WRITERS, files: true })
    .input(
      Statement.extend({
        accountId: Uuid,
        fileName: z.string().min(1).max(255),
        digest: Digest,
        lines: z.array(StatementLine).max(20_000),
      }),
    )
    .output(BankFile)
    .errors({
      BILLING_BANK_FILE_KNOWN: { data: z.object({ fileName: z.string(), importedAt: Instant }) },
    }),
  /** Takes a line as a payment of a customer. */
  match: command('billing.bank.match', { roles: WRITERS })
    .input(One.extend({ customerId: Uuid, allocations: z.array(Allocation).max(1000) }))
    .output(PaymentDetail)
    .errors({
      ...state,
      BILLING_BANK_LINE_OUTGOING: { data: z.object({}) },
      BILLING_INVOICE_NOT_OPEN: { data: z.object({ invoiceId: Uuid }) },
      BILLING_ALLOCATION_OVER_INVOICE: { data: z.object({ invoiceId: Uuid, open: Minor }) },
      BILLING_ALLOCATION_OVER_PAYMENT: { data: z.object({ left: Minor, asked: Minor }) },
      BILLING_CURRENCY_DIFFERS: { data: z.object({ payment: z.string(), invoice: z.string() }) },
    }),
  /** Takes a line that left the account as a payment that came back, or as a refund that was sent. */
  matchOutgoing: command('billing.bank.matchOutgoing', { roles: WRITERS })
    .input(One.extend({ kind: z.enum(['return', 'refund']), rowId: Uuid }))
    .output(BankLine)
    .errors({
      ...state,
      BILLING_BANK_LINE_INCOMING: { data: z.object({}) },
      BILLING_BANK_AMOUNT_DIFFERS: { data: z.object({ line: Minor, row: Minor }) },
      BILLING_PAYMENT_STATE: { data: z.object({ state: z.string() }) },
      BILLING_PAYMENT_REFUNDED: { data: z.object({ refunded: Minor }) },
      BILLING_REFUND_STATE: { data: z.object({ state: z.string() }) },
    }),
  /** It is nothing of a customer: bank charges, salaries. */
  ignore: command('billing.bank.ignore', { roles: WRITERS })
    .input(One.extend({ note: z.string().max(500).default('') }))
    .output(BankLine)
    .errors(state),
  /** Opens an ignored line again, or one whose payment was reversed. */
  reopen: command('billing.bank.reopen', { roles: WRITERS }).input(One).output(BankLine).errors(state),
}
