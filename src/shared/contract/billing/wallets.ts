import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { askingErrors } from '../workspace/approvals.ts'
import { InvoiceState } from './invoices.ts'
import { CurrencyCode, Minor, Month } from './values.ts'

/** Tops itself up by an amount when less than `below` is left, in a calendar month by no more than `most`. */
export const AutoTopUp = z.object({ below: Minor, amount: Minor, most: Minor })
export type AutoTopUp = z.infer<typeof AutoTopUp>

/** The most names of one kind that something is limited to. */
const NAMES = 200

/**
 * What something pays for: a line of any of these plans, metrics or products. A product is a price of a plan by its key,
 * in whatever version.
 */
export const PaysFor = z
  .object({
    planIds: z.array(Uuid).max(NAMES).default([]),
    metricIds: z.array(Uuid).max(NAMES).default([]),
    products: z
      .array(z.object({ planId: Uuid, key: z.string().min(1).max(120) }))
      .max(NAMES)
      .default([]),
  })
  .refine(one => one.planIds.length + one.metricIds.length + one.products.length > 0, 'names something')
export type PaysFor = z.infer<typeof PaysFor>

const Words = {
  name: z.string().trim().min(1).max(120),
  /** Whether it pays the customer's invoices when they are issued. */
  paysInvoices: z.boolean().default(true),
  autoTopUp: AutoTopUp.nullable().default(null),
  /** What it pays for; null for everything. */
  paysFor: PaysFor.nullable().default(null),
  /** Somebody is told when less than this is available, once until more is; null for nobody. */
  lowBelow: Minor.nullable().default(null),
}

const Stored = z.object({
  ...Words,
  customerId: Uuid,
  currency: CurrencyCode,
  archivedAt: Instant.nullable(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type StoredWallet = z.infer<typeof Stored>

/** What a customer has paid ahead or was given, in one currency. Amounts as they are now, by the clock. */
export const Wallet = Stored.extend({
  id: Uuid,
  customer: z.string(),
  /** Can be used now. */
  available: Minor,
  /** Of it, what is for some plans, metrics or products alone. */
  limited: Minor,
  /** Is reserved by holds. */
  held: Minor,
  /** Counts from a later time on. */
  later: Minor,
  /** Was asked for by top-ups that are not paid yet. */
  waiting: Minor,
  /** What of the available expires next, and when. */
  next: z.object({ amount: Minor, at: Instant }).nullable(),
  /** Less is available than the amount below which somebody is told. */
  low: z.boolean(),
  /** Waits for another person to allow it. */
  asked: Minor,
})
export type Wallet = z.infer<typeof Wallet>

export const WalletGrant = z.object({
  id: Uuid,
  kind: z.enum(['paid', 'free']),
  amount: Minor,
  /** The smallest number is used first. */
  priority: z.number().int(),
  startsAt: Instant,
  expiresAt: Instant.nullable(),
  note: z.string(),
  rest: Minor,
  held: Minor,
  /** What it pays for, besides the limits of its wallet; null for everything. */
  paysFor: PaysFor.nullable(),
  /** What of it expired and was never used. */
  lapsed: Minor,
  /**
   * `asked`: for another person who allows it; `waiting`: for the payment of its top-up; `cancelled`: that is charged no
   * more, or nobody allowed it.
   */
  state: z.enum(['asked', 'waiting', 'cancelled', 'later', 'usable', 'used', 'expired']),
  /** The request that has to allow it, or did. */
  approvalId: Uuid.nullable(),
  /** Where it stands in the order of use, from 1, and which rule put it behind the one before; null where it is not used. */
  place: z.number().int().nullable(),
  because: z.enum(['priority', 'expiry', 'narrower', 'free-first', 'older']).nullable(),
  /** The charge that pays it, and the invoice that has it. */
  topUp: z
    .object({
      automatic: z.boolean(),
      invoice: z.object({ id: Uuid, number: z.string().nullable(), state: InvoiceState }).nullable(),
    })
    .nullable(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type WalletGrant = z.infer<typeof WalletGrant>

export const WalletHold = z.object({
  id: Uuid,
  walletId: Uuid,
  amount: Minor,
  /** What of it was used. */
  captured: Minor,
  /** What of it is still reserved. */
  left: Minor,
  state: z.enum(['active', 'captured', 'released', 'expired']),
  expiresAt: Instant,
  reference: z.string(),
  /** The metric that it is for; null for nothing in particular. */
  metricId: Uuid.nullable(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
  endedAt: Instant.nullable(),
})
export type WalletHold = z.infer<typeof WalletHold>

/** A transfer of the ledger: what it did to what can be used, and between which accounts it went. */
export const WalletEntry = z.object({
  id: Uuid,
  at: Instant,
  movement: z.enum(['granted', 'withdrawn', 'held', 'released', 'used', 'paid', 'paid-back', 'lapsed']),
  /** Minor units, more than nothing. */
  amount: Minor,
  /** What there was more or less of to be used: below nothing where it went. */
  change: Minor,
  grantId: Uuid,
  debit: z.string(),
  credit: z.string(),
  reason: z.string(),
  /** What it came of, and the number of an invoice. */
  source: z.string(),
  sourceId: z.string(),
  number: z.string().nullable(),
})
export type WalletEntry = z.infer<typeof WalletEntry>

const WRITERS = ['analyst'] as const
const HOLDERS = ['analyst', 'ops'] as const
const OneWallet = z.object({ walletId: Uuid })
const OneHold = z.object({ holdId: Uuid })
const OneGrant = z.object({ grantId: Uuid })
const More = Minor.refine(amount => amount > 0n, 'more than nothing')
const Note = z.string().trim().max(2000).default('')
const Priority = z.number().int().min(0).max(1000).default(50)

const archived = { BILLING_WALLET_ARCHIVED: { data: z.object({ name: z.string() }) } }
const invalid = {
  BILLING_WALLET_INVALID: {
    data: z.object({ reason: z.enum(['currency', 'auto', 'span', 'over', 'low', 'pays-for']) }),
  },
}
const ended = {
  /** It was captured, released or has expired. */
  BILLING_HOLD_ENDED: { data: z.object({ state: z.string() }) },
}

export const wallets = {
  /** All wallets, or those of a customer, by customer and name. */
  list: query('billing.wallet.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(z.object({ wallets: z.array(Wallet) })),
  /** One with its grants in the order of use, its holds, and the newest entries of its ledger. */
  get: query('billing.wallet.get', { roles: EVERYONE })
    .input(OneWallet)
    .output(
      Wallet.extend({
        grants: z.array(WalletGrant),
        holds: z.array(WalletHold),
        entries: z.array(WalletEntry),
      }),
    ),
  create: command('billing.wallet.create', { roles: WRITERS })
    .input(z.object({ ...Words, customerId: Uuid, currency: CurrencyCode.optional() }))
    .output(Wallet)
    .errors(invalid),
  edit: command('billing.wallet.edit', { roles: WRITERS })
    .input(z.object({ ...Words, walletId: Uuid }))
    .output(Wallet)
    .errors(invalid),
  /** Nothing comes into it any more. Only one that holds nothing can be put away. */
  setArchived: command('billing.wallet.setArchived', { roles: WRITERS })
    .input(OneWallet.extend({ archived: z.boolean() }))
    .output(Wallet)
    .errors({ BILLING_WALLET_NOT_EMPTY: { data: z.object({ amount: Minor, currency: CurrencyCode }) } }),
  /** Puts a wallet back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.wallet.restore', { roles: [], internal: true })
    .input(OneWallet.extend({ wallet: Stored.nullable() }))
    .output(OneWallet)
    .errors({ BILLING_WALLET_NOT_EMPTY: { data: z.object({ amount: Minor, currency: CurrencyCode }) } }),
  /**
   * Puts an amount into a wallet at once: for free, or paid where no invoice of here asks for it. What is given for free
   * above the limit of the workspace waits until another person allows it.
   */
  grant: command('billing.wallet.grant', { roles: WRITERS })
    .input(
      OneWallet.extend({
        amount: More,
        kind: z.enum(['free', 'paid']).default('free'),
        priority: Priority,
        startsAt: Instant.optional(),
        expiresAt: Instant.nullable().default(null),
        paysFor: PaysFor.nullable().default(null),
        note: Note,
      }),
    )
    .output(WalletGrant)
    .errors({ ...invalid, ...archived, ...askingErrors }),
  /** Puts in what another person allowed. */
  give: command('billing.wallet.give', { roles: [], internal: true, authorityOnly: true })
    .input(OneGrant.extend({ requestedBy: Uuid }))
    .output(WalletGrant)
    .errors({
      ...invalid,
      ...archived,
      /** It was given already. */
      BILLING_GRANT_GIVEN: { data: z.object({}) },
    }),
  /** Asks for a top-up: an invoice of its own, without tax. The grant counts once that is paid. */
  topUp: command('billing.wallet.topUp', { roles: WRITERS })
    .input(
      OneWallet.extend({
        amount: More,
        priority: Priority,
        expiresAt: Instant.nullable().default(null),
        paysFor: PaysFor.nullable().default(null),
        note: Note,
      }),
    )
    .output(WalletGrant)
    .errors({ ...invalid, ...archived, BILLING_PERIOD_LOCKED: { data: z.object({ period: Month }) } }),
  /** Takes back what is left of a grant. What was used or is held stays as it is. */
  withdraw: command('billing.wallet.withdraw', { roles: WRITERS })
    .input(OneGrant.extend({ note: Note }))
    .output(WalletGrant)
    .errors({
      /** Nothing is left of it, or it was paid by an invoice, which a credit note gives back. */
      BILLING_GRANT_STAYS: { data: z.object({ reason: z.enum(['nothing', 'paid']) }) },
    }),
  /** Reserves an amount for a time. Never more than can be used. */
  hold: command('billing.wallet.hold', { roles: HOLDERS })
    .input(
      OneWallet.extend({
        amount: More,
        /** For how long, from now on. */
        seconds: z.number().int().min(1).max(2_592_000).default(3600),
        reference: z.string().trim().max(200).default(''),
        /** What it is for: grants that are limited to this metric can be used as well. */
        metricId: Uuid.nullable().default(null),
      }),
    )
    .output(WalletHold)
    .errors({
      BILLING_WALLET_SHORT: {
        data: z.object({ available: Minor, asked: Minor, currency: CurrencyCode }),
      },
      ...archived,
    }),
  /** Uses what a hold reserves: all of it, or an amount; the rest is released, or kept. */
  capture: command('billing.wallet.capture', { roles: HOLDERS })
    .input(OneHold.extend({ amount: More.optional(), keepRest: z.boolean().default(false) }))
    .output(WalletHold)
    .errors({ ...ended, BILLING_HOLD_OVER: { data: z.object({ left: Minor, asked: Minor }) } }),
  release: command('billing.wallet.release', { roles: HOLDERS })
    .input(OneHold)
    .output(WalletHold)
    .errors(ended),
  /** Looks for what has ended by the clock and books it, as the daily look does. Gives the job. */
  expire: command('billing.wallet.expire', { roles: WRITERS, authorityOnly: true })
    .input(z.object({}))
    .output(z.object({ jobId: Uuid })),
  /** Books what has ended by the clock: holds first, then grants. A second time there is nothing to book. */
  lapse: command('billing.wallet.lapse', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ walletIds: z.array(Uuid).max(200) }))
    .output(z.object({ holds: z.number().int(), grants: z.number().int(), told: z.number().int() })),
  /** Grants that expire within so many days, or have within as many and something was lost, the soonest first. */
  expiring: query('billing.wallet.expiring', { roles: EVERYONE })
    .input(z.object({ days: z.number().int().min(1).max(366).default(30), customerId: Uuid.optional() }))
    .output(
      z.object({
        grants: z.array(
          z.object({
            ...{ grantId: Uuid, walletId: Uuid, wallet: z.string(), customerId: Uuid, customer: z.string() },
            ...{ currency: CurrencyCode, kind: z.enum(['paid', 'free']), note: z.string() },
            /** What is left of it, or what of it was lost. */
            amount: Minor,
            expiresAt: Instant,
            expired: z.boolean(),
            /** When somebody was told; null where nobody was yet. */
            toldAt: Instant.nullable(),
          }),
        ),
      }),
    ),
  /** Wallets of which something has ended and is not booked yet, or somebody is to be told. */
  due: query('billing.wallet.due', { roles: [], internal: true })
    .input(z.object({ limit: z.number().int().min(1).max(200).default(200) }))
    .output(z.object({ walletIds: z.array(Uuid) })),
}
