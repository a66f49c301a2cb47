import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

export const JournalRole = z.enum([
  'receivables',
  'revenue',
  'discounts',
  'tax',
  'bank',
  'balance',
  'bad-debt',
  'other',
])
export type JournalRole = z.infer<typeof JournalRole>

const Profile = z.string().min(1).max(40)
/** Of one legal entity; empty: what the workspace billed by its settings; absent: of whoever. */
const OfEntity = z.union([Uuid, z.literal('')]).optional()
const Account = z.object({ account: z.string(), taxKey: z.string() })

export const JournalPosting = z.object({
  role: JournalRole,
  detail: z.string(),
  side: z.enum(['debit', 'credit']),
  amount: Minor,
})

export const JournalEntry = z.object({
  source: z.string(),
  number: z.number().int(),
  day: z.string(),
  kind: z.enum(['invoice', 'credit-note', 'void', 'payment', 'refund', 'write-off', 'balance', 'reversal']),
  document: z.string(),
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  text: z.string(),
  postings: z.array(JournalPosting),
  /** The legal entity by its name; null: the workspace, as its settings describe it. */
  entity: z.string().nullable(),
  /** The currency of its books, and units of the entry's for one of it, a decimal or a fraction; null for none. */
  books: z.string().nullable(),
  rate: z.string().nullable(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** What was made of a month: the file can be had again, byte by byte. */
export const JournalExport = z.object({
  id: Uuid,
  period: Month,
  profile: Profile,
  currency: CurrencyCode,
  number: z.number().int(),
  entries: z.number().int(),
  total: Minor,
  digest: Digest,
  fileName: z.string(),
  exportedBy: Uuid.nullable(),
  exportedAt: Instant,
  /** Null: of whoever; empty: of the workspace by its settings. */
  entityId: z.string().nullable(),
})
export type JournalExport = z.infer<typeof JournalExport>

export const journal = {
  /** The journal of a month for a ledger: what it holds, by account, and what has no account yet. */
  get: query('billing.journal.get', { roles: EVERYONE })
    .input(
      z.object({
        period: Month,
        profile: Profile,
        entityId: OfEntity,
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(0).max(20_000).default(200),
      }),
    )
    .output(
      z.object({
        /** The month is fixed: what is booked for it from now on stands in a later one. */
        fixedAt: Instant.nullable(),
        /** The month is over, so that it can be exported. */
        over: z.boolean(),
        count: z.number().int(),
        entries: z.array(JournalEntry),
        currencies: z.array(
          z.object({
            currency: CurrencyCode,
            entries: z.number().int(),
            debit: Minor,
            credit: Minor,
            accounts: z.array(
              z.object({
                role: JournalRole,
                detail: z.string(),
                /** Null where there is none. */
                account: z.string().nullable(),
                debit: Minor,
                credit: Minor,
              }),
            ),
          }),
        ),
        /** Roles without an account. */
        unmapped: z.array(JournalRole),
        exports: z.array(JournalExport),
        /** Whose entries the month has, whatever was asked for; an empty id: the workspace by its settings. */
        entities: z.array(z.object({ id: z.string(), name: z.string() })),
        /** Entries in another currency than the books', of which there is no rate. */
        unrated: z.number().int(),
      }),
    )
    .errors({ BILLING_JOURNAL_PROFILE_UNKNOWN: { data: z.object({ profile: z.string() }) } }),
  /** The ledgers that a journal can be written for, with what was entered for each. */
  profiles: query('billing.journal.profiles', { roles: EVERYONE })
    .input(z.object({ entityId: OfEntity }))
    .output(
      z.object({
        profiles: z.array(
          z.object({
            id: Profile,
            name: z.string(),
            /** By role what the ledger has anyway. */
            usual: z.record(z.string(), Account),
            /** What the ledger wants to know, with what stands there where nothing is entered. */
            options: z.record(z.string(), z.string()),
            /** What was entered, by `role`, `role/detail` or `option/name`. */
            chart: z.record(z.string(), Account),
          }),
        ),
      }),
    ),
  /** Enters an account, or an option as one; an empty account takes it back. */
  setAccount: command('billing.journal.setAccount', { roles: ['analyst'] })
    .input(
      z.object({
        profile: Profile,
        /** What this legal entity has otherwise; else of all. */
        entityId: Uuid.nullable().optional(),
        /** `revenue`, `revenue/seats`, `receivables/acme`, `tax/0.19`, `bank/card`, `option/consultant`. */
        item: z.string().regex(/^[a-z-]+(\/.{1,200})?$/),
        account: z.string().trim().max(100),
        taxKey: z.string().trim().max(20).default(''),
      }),
    )
    .output(z.object({ profile: Profile, item: z.string() }))
    .errors({
      BILLING_JOURNAL_PROFILE_UNKNOWN: { data: z.object({ profile: z.string() }) },
      /** It is neither a role nor an option of the profile. */
      BILLING_JOURNAL_ITEM_UNKNOWN: { data: z.object({ item: z.string() }) },
    }),
  /**
   * Fixes the entries of a month that is over and makes the receipt of its file. Asked again it gives the same
   * receipt; `anew` makes one with the chart of accounts of now, of the same entries.
   */
  export: command('billing.journal.export', { roles: ['analyst'], authorityOnly: true })
    .input(
      z.object({
        ...{ period: Month, profile: Profile, currency: CurrencyCode, entityId: OfEntity },
        anew: z.boolean().default(false),
      }),
    )
    .output(JournalExport)
    .errors({
      BILLING_JOURNAL_PROFILE_UNKNOWN: { data: z.object({ profile: z.string() }) },
      BILLING_JOURNAL_MONTH_OPEN: { data: z.object({ period: Month }) },
      BILLING_JOURNAL_EMPTY: { data: z.object({ period: Month, currency: CurrencyCode }) },
      BILLING_JOURNAL_UNMAPPED: { data: z.object({ roles: z.array(JournalRole) }) },
    }),
  /** The file of a receipt. Base64. */
  file: service('billing.journal.file', { roles: EVERYONE })
    .input(z.object({ exportId: Uuid }))
    .output(z.object({ fileName: z.string(), digest: Digest, base64: z.string() })),
}
