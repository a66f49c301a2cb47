import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { OverrideTerms } from './overrides.ts'
import { AmountText, CurrencyCode, DecimalText, Key, Minor } from './values.ts'

const Name = z.string().trim().min(1).max(120)
/** Only what these plans or metrics cost; null where it does not matter. */
const Only = {
  planIds: z.array(Uuid).min(1).max(100).nullable().default(null),
  metricIds: z.array(Uuid).min(1).max(100).nullable().default(null),
}

/** What prices come to in a stretch of the contract. */
export const Phase = z.object({
  name: Name,
  from: Instant,
  /** Null: until the contract ends. */
  to: Instant.nullable().default(null),
  /** Off every price that is not named below. */
  discountPercent: AmountText.nullable().default(null),
  prices: z
    .array(z.object({ planId: Uuid, priceKey: Key, terms: OverrideTerms }))
    .max(200)
    .default([]),
})

export const Volume = z.object({
  name: Name,
  /** Tiers of money, in the currency's unit, or of the usage of its metrics. */
  basis: z.enum(['spend', 'quantity']),
  mode: z.enum(['graduated', 'whole']),
  ...Only,
  tiers: z
    .array(z.object({ upTo: AmountText.nullable(), percent: AmountText }))
    .min(1)
    .max(50),
})

export const CommitmentTerms = z.object({
  /** Of its lines: never changes. */
  key: Key,
  name: Name,
  amount: Minor,
  every: z.enum(['month', 'quarter', 'year', 'term']),
  alignment: z.enum(['calendar', 'contract']).default('contract'),
  from: Instant.nullable().default(null),
  to: Instant.nullable().default(null),
  prorate: z.boolean().default(true),
  ...Only,
  /** On what goes beyond it: more than zero on top, less than zero off. */
  overagePercent: DecimalText.nullable().default(null),
})

export const Terms = z.object({
  phases: z.array(Phase).max(60).default([]),
  volume: z.array(Volume).max(10).default([]),
  commitments: z.array(CommitmentTerms).max(30).default([]),
  /** What the invoices of a month come to at least. */
  minimum: Minor.nullable().default(null),
  /** An invoice every so many months, of all that came about in them; null or absent: each month. */
  cycle: z
    .object({ months: z.number().int().min(2).max(36), alignment: z.enum(['calendar', 'contract']) })
    .nullable()
    .optional(),
})
export type ContractTermsAsked = z.input<typeof Terms>

/** What a contract says. */
const Said = {
  number: z.string().trim().min(1).max(60),
  name: Name,
  subscriptionId: Uuid.nullable().default(null),
  currency: CurrencyCode,
  from: Instant,
  /** Null: until further notice. */
  until: Instant.nullable().default(null),
  /** By how many months it goes on at its end; null where it ends. */
  renewMonths: z.number().int().min(1).max(120).nullable().default(null),
  noticeDays: z.number().int().min(0).max(730).default(0),
  /** Days to pay its invoices; null: the customer's. */
  paymentDays: z.number().int().min(0).max(365).nullable().default(null),
  terms: Terms,
  notes: z.string().trim().max(4000).default(''),
}

export const StoredContract = z.object({
  ...Said,
  customerId: Uuid,
  state: z.enum(['draft', 'active']),
  terminatedAt: Instant.nullable(),
  version: z.number().int(),
  reason: z.string(),
  changedBy: z.string().nullable(),
  changedAt: Instant,
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type StoredContract = z.infer<typeof StoredContract>

export const Contract = StoredContract.extend({
  id: Uuid,
  customer: z.string(),
  /** Of the customer: its days begin and end there. */
  zone: z.string(),
  /** Of the one subscription that it is about. */
  plan: z.string().nullable(),
  standing: z.enum(['draft', 'upcoming', 'active', 'ended', 'terminated']),
  /** When the term ends that runs now, or the first one; null without an end. */
  termEnds: Instant.nullable(),
  /** How many times it has renewed itself. */
  renewals: z.number().int(),
  /** Until when it can be said that it shall not go on; null where it does not renew itself. */
  noticeBy: Instant.nullable(),
  /** A request that waits for somebody to allow what is below the floor. */
  approvalId: Uuid.nullable(),
})
export type Contract = z.infer<typeof Contract>

const Progress = z.object({
  key: z.string(),
  name: z.string(),
  from: Instant,
  to: Instant,
  committed: Minor,
  /** What counts towards it, billed and to be billed as things stand. */
  counted: Minor,
  /** What it will come to by the end at this pace; of a period that is over what it came to. */
  projected: Minor,
  /** What will be missing, and what is billed of that. */
  shortfall: Minor,
  billed: Minor,
  over: z.boolean(),
})
export type CommitmentProgress = z.infer<typeof Progress>

export const CONTRACT_PROBLEMS = [
  ...(['span', 'renewal', 'subscription', 'phase-outside', 'phase-overlap', 'phase-empty'] as const),
  ...(['discount-over-100', 'price-unknown', 'price-invalid', 'tiers', 'metric-needed'] as const),
  ...(['amount', 'key-twice', 'term-without-end', 'commitment-span', 'overage', 'plan', 'metric'] as const),
  ...(['currency', 'cycle'] as const),
] as const
export type ContractProblem = (typeof CONTRACT_PROBLEMS)[number]

const invalid = {
  /** It makes no sense, with the place: a phase outside of it, tiers out of order. */
  BILLING_CONTRACT_INVALID: { data: z.object({ path: z.string(), reason: z.enum(CONTRACT_PROBLEMS) }) },
  BILLING_CONTRACT_NUMBER_TAKEN: { data: z.object({ number: z.string() }) },
  /** Another contract holds for the same subscriptions in that time. */
  BILLING_CONTRACT_OVERLAP: { data: z.object({ number: z.string() }) },
}
const state = {
  /** It is no draft any more, or not in force. */
  BILLING_CONTRACT_STATE: { data: z.object({ state: z.string() }) },
}
/** What came of it, or the request that asks for it where a price comes below its floor. */
const Outcome = z.object({ contract: Contract, approvalId: Uuid.nullable() })

export const contracts = {
  /** All contracts, or those of a customer, the newest first. */
  list: query('billing.contract.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(z.object({ contracts: z.array(Contract) })),
  /** What its commitments come to, period by period, up to the one that runs; and what it said before. */
  get: query('billing.contract.get', { roles: EVERYONE })
    .input(z.object({ contractId: Uuid }))
    .output(
      z.object({
        contract: Contract,
        progress: z.array(Progress),
        versions: z.array(
          z.object({
            number: z.number().int(),
            contract: StoredContract,
            reason: z.string(),
            changedBy: z.string().nullable(),
            changedAt: Instant,
          }),
        ),
      }),
    ),
  /** A draft: it counts for nothing until it is put in force. */
  create: command('billing.contract.create', { roles: ['analyst'] })
    .input(z.object({ customerId: Uuid, ...Said }))
    .output(Contract)
    .errors(invalid),
  /**
   * Changes a draft, or amends one that is in force: what it said is kept, and what was billed otherwise is corrected by
   * the next close. Prices below their floor need somebody's approval, and hold from then on.
   */
  change: command('billing.contract.change', { roles: ['analyst'] })
    .input(z.object({ contractId: Uuid, ...Said, reason: z.string().trim().max(500).default('') }))
    .output(Outcome)
    .errors({ ...invalid, ...state }),
  /** Puts a draft in force, from its first day on. */
  activate: command('billing.contract.activate', { roles: ['analyst'] })
    .input(z.object({ contractId: Uuid }))
    .output(Outcome)
    .errors({ ...invalid, ...state }),
  /** What an approval carries out. */
  putApproved: command('billing.contract.putApproved', { roles: [], internal: true })
    .input(z.object({ contractId: Uuid, version: z.number().int(), contract: StoredContract }))
    .output(Outcome)
    .errors({ ...invalid, ...state }),
  /** Says that it ends with its term, or that it goes on by so many months. */
  setRenewal: command('billing.contract.setRenewal', { roles: ['analyst'] })
    .input(z.object({ contractId: Uuid, renewMonths: z.number().int().min(1).max(120).nullable() }))
    .output(Contract)
    .errors({
      ...invalid,
      ...state,
      /** It was too late for that: the time of notice has begun. */
      BILLING_CONTRACT_NOTICE: { data: z.object({ by: Instant }) },
    }),
  /** Ends it before its time. Commitments count up to then, by their days where they say so. */
  terminate: command('billing.contract.terminate', { roles: ['analyst'] })
    .input(z.object({ contractId: Uuid, at: Instant.optional(), reason: z.string().trim().min(1).max(500) }))
    .output(Contract)
    .errors({ ...invalid, ...state }),
  /** Removes a draft. */
  remove: command('billing.contract.remove', { roles: ['analyst'] })
    .input(z.object({ contractId: Uuid }))
    .output(z.object({ contractId: Uuid }))
    .errors(state),
  /** Contracts of which people are to be told at an instant that they end or renew themselves, and were not yet. */
  remindable: query('billing.contract.remindable', { roles: [], internal: true })
    .input(z.object({ until: Instant }))
    .output(z.object({ contractIds: z.array(Uuid) })),
  /** Tells people of it: once for each term. */
  remind: command('billing.contract.remind', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ contractId: Uuid, until: Instant }))
    .output(z.object({ reminded: z.boolean() })),
  /** Puts a contract back as it was, or removes it: what undoing a command runs. */
  restore: command('billing.contract.restore', { roles: [], internal: true })
    .input(z.object({ contractId: Uuid, contract: StoredContract.nullable() }))
    .output(z.object({ contractId: Uuid }))
    .errors(invalid),
}
