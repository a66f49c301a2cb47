import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { AmountText, CurrencyCode, Minor } from './values.ts'

const WRITERS = ['analyst'] as const

/** What is said to the customer; each is a topic of the notifications, in five languages. */
export const DunningMessage = z.enum(['reminder', 'urgent', 'final-notice', 'payment-failed'])
export type DunningMessage = z.infer<typeof DunningMessage>

/** Two clocks that do not wait for each other: since an invoice was due, and since a payment for it failed. */
export const DunningTrack = z.enum(['due', 'failure'])
export type DunningTrack = z.infer<typeof DunningTrack>

/** What is done so many calendar days, of the customer's zone, after the day on which its track began. */
export const DunningStep = z.object({
  track: DunningTrack,
  days: z.number().int().min(0).max(365),
  message: DunningMessage.nullable().default(null),
  /** The payment is asked for again, where its failure leaves hope. */
  retry: z.boolean().default(false),
  /** What somebody is to do; empty for nothing. */
  task: z.string().trim().max(200).default(''),
})
export type DunningStep = z.infer<typeof DunningStep>

/** What ends it: nothing, the customer counts as unpaid, or the subscriptions of the invoice end. */
export const DunningAction = z.enum(['leave', 'mark-unpaid', 'cancel'])
export type DunningAction = z.infer<typeof DunningAction>

/** Whose invoices a campaign is for. What is empty or null narrows nothing. */
export const DunningSegment = z.object({
  planIds: z.array(Uuid).max(100).default([]),
  currencies: z.array(CurrencyCode).max(50).default([]),
  /** ISO 3166 alpha-2. */
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(100)
    .default([]),
  /** The sizes that sales gave to customers. */
  tiers: z.array(z.string().min(1).max(40)).max(20).default([]),
  /** Totals of invoices, in the unit of whichever currency: from this one on, and below that one. */
  amountFrom: AmountText.nullable().default(null),
  amountBelow: AmountText.nullable().default(null),
})
export type DunningSegment = z.infer<typeof DunningSegment>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time such as 09:00')

/** When customers are written to and charged: by the clocks of their own zone. */
export const DunningHours = z.object({
  /** 1 is Monday. */
  weekdays: z.array(z.number().int().min(1).max(7)).max(7),
  from: TimeOfDay,
  to: TimeOfDay,
})
export type DunningHours = z.infer<typeof DunningHours>

/** What a version of a campaign says. */
export const DunningTerms = z.object({
  segment: DunningSegment.prefault({}),
  steps: z.array(DunningStep).max(30),
  final: z
    .object({ action: DunningAction, days: z.number().int().min(1).max(730) })
    .default({ action: 'leave', days: 60 }),
  /** Of what is open less what is disputed, in the unit of the currency: below it nobody is bothered. */
  minimum: AmountText.default('0'),
  hours: DunningHours.default({ weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }),
})
export type DunningTerms = z.infer<typeof DunningTerms>

export const DunningCampaign = z.object({
  id: Uuid,
  name: z.string().trim().min(1).max(100),
  /** The first that fits an invoice holds: low ranks come first. */
  rank: z.number().int().min(0).max(10_000),
  active: z.boolean(),
  version: z.number().int(),
  terms: DunningTerms,
  changedBy: z.string().nullable(),
  changedAt: Instant,
})
export type DunningCampaign = z.infer<typeof DunningCampaign>

/** How far reminding is, apart from how far retrying is. */
export const OverdueState = z.enum([
  'not-due',
  'overdue',
  'reminded',
  'final-notice',
  'marked-unpaid',
  'cancelled',
])
export type OverdueState = z.infer<typeof OverdueState>

/** `waiting`: a payment is under way; `stopped`: the failure leaves no hope of the same again. */
export const RetryState = z.enum(['none', 'retrying', 'waiting', 'stopped', 'exhausted'])
export type RetryState = z.infer<typeof RetryState>

/** Why nothing is done at present. */
export const DunningHold = z.enum(['paused', 'disputed', 'below-minimum', 'no-campaign'])
export type DunningHold = z.infer<typeof DunningHold>

/** A step to come. */
export const DunningAhead = z.object({
  at: Instant,
  track: DunningTrack,
  days: z.number().int(),
  message: DunningMessage.nullable(),
  retry: z.boolean(),
  task: z.string(),
  action: DunningAction,
  /** A retry of the campaign that is left out, and why. */
  withoutRetry: z.enum(['hard-decline', 'payment-pending']).nullable(),
})
export type DunningAhead = z.infer<typeof DunningAhead>

/** A step that was done. */
export const DunningDone = z.object({
  at: Instant,
  track: DunningTrack,
  days: z.number().int(),
  campaign: z.string(),
  version: z.number().int(),
  message: DunningMessage.nullable(),
  /** Addresses that the message went to. */
  recipients: z.number().int(),
  paymentId: Uuid.nullable(),
  task: z.string(),
  action: DunningAction,
  /** What was asked for. */
  amount: Minor,
})

export const DunningPause = z.object({
  id: Uuid,
  customerId: Uuid,
  /** Null: all invoices of the customer. */
  invoiceId: Uuid.nullable(),
  /** Null: until somebody resumes. */
  until: Instant.nullable(),
  reason: z.string(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
})
export type DunningPause = z.infer<typeof DunningPause>

/** An invoice that is overdue, or of which a payment failed. */
export const DunningCase = z.object({
  invoiceId: Uuid,
  number: z.string(),
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  open: Minor,
  disputed: Minor,
  dueAt: Instant,
  overdueDays: z.number().int(),
  zone: z.string(),
  campaign: z.object({ id: Uuid, name: z.string(), version: z.number().int() }).nullable(),
  state: OverdueState,
  retries: RetryState,
  hold: DunningHold.nullable(),
  pauses: z.array(DunningPause),
  /** Steps that were done. */
  steps: z.number().int(),
  lastAt: Instant.nullable(),
  next: DunningAhead.nullable(),
})
export type DunningCase = z.infer<typeof DunningCase>

const Campaign = DunningCampaign.pick({ name: true, rank: true, active: true, terms: true })
const invalid = {
  /** `step` counts from 0; null where it is about the campaign. */
  BILLING_DUNNING_INVALID: {
    data: z.object({
      reason: z.enum([
        'nothing-to-do',
        'empty-step',
        'same-day-twice',
        'final-too-early',
        'hours-inverted',
        'no-weekday',
        'amounts-inverted',
      ]),
      step: z.number().int().nullable(),
    }),
  },
}

export const dunning = {
  /** Campaigns by rank. */
  campaigns: query('billing.dunning.campaigns', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ campaigns: z.array(DunningCampaign) })),
  /** All versions of a campaign, the newest first. */
  versions: query('billing.dunning.versions', { roles: EVERYONE })
    .input(z.object({ campaignId: Uuid }))
    .output(
      z.object({
        versions: z.array(
          z.object({
            version: z.number().int(),
            terms: DunningTerms,
            createdBy: z.string().nullable(),
            createdAt: Instant,
          }),
        ),
      }),
    ),
  /** Makes a campaign, or gives one new terms as its next version. What was done stays done. */
  save: command('billing.dunning.save', { roles: WRITERS })
    .input(Campaign.extend({ campaignId: Uuid.optional() }))
    .output(DunningCampaign)
    .errors(invalid),
  /** Puts a campaign back as it was before a change, or takes a new one away; its versions stay. */
  restore: command('billing.dunning.restore', { roles: [], internal: true })
    .input(z.object({ campaignId: Uuid, campaign: Campaign.nullable() }))
    .output(z.object({ campaignId: Uuid })),
  /** Who is reminded or charged again, how far it is, and what comes when. The next first. */
  list: query('billing.dunning.list', { roles: EVERYONE, heavy: true })
    .input(
      z.object({ customerId: Uuid.optional(), limit: z.number().int().min(1).max(20_000).default(5000) }),
    )
    .output(z.object({ cases: z.array(DunningCase), count: z.number().int() })),
  /**
   * What would happen to an invoice, or to all open ones of a customer, if nobody paid and each retry failed as
   * the last payment did: by the campaign that holds, or by terms that are tried.
   */
  simulate: query('billing.dunning.simulate', { roles: EVERYONE })
    .input(
      z
        .object({
          invoiceId: Uuid.optional(),
          customerId: Uuid.optional(),
          terms: DunningTerms.optional(),
        })
        .refine(
          one => (one.invoiceId === undefined) !== (one.customerId === undefined),
          'an invoice or a customer',
        ),
    )
    .output(
      z.object({
        invoices: z.array(DunningCase.extend({ done: z.array(DunningDone), ahead: z.array(DunningAhead) })),
      }),
    )
    .errors(invalid),
  /** What a run would do now. */
  due: query('billing.dunning.due', { roles: EVERYONE, heavy: true })
    .input(z.object({ until: Instant.optional() }))
    .output(
      z.object({
        looked: z.number().int(),
        due: z.array(
          z.object({
            invoiceId: Uuid,
            number: z.string(),
            customer: z.string(),
            currency: CurrencyCode,
            amount: Minor,
            campaign: z.string(),
            steps: z.array(DunningAhead),
          }),
        ),
      }),
    ),
  /** Does what is due now, each invoice by a command of its own. */
  run: command('billing.dunning.run', { roles: WRITERS, authorityOnly: true })
    .input(z.object({}))
    .output(z.object({ jobId: Uuid })),
  /** Does what is due of one invoice: at most one step of each track. */
  step: command('billing.dunning.step', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ invoiceId: Uuid }))
    .output(z.object({ steps: z.number().int() })),
  /** Nothing is done for a customer, or one invoice, until a moment or until it is resumed. */
  pause: command('billing.dunning.pause', { roles: WRITERS })
    .input(
      z.object({
        customerId: Uuid,
        invoiceId: Uuid.nullable().default(null),
        until: Instant.nullable().default(null),
        reason: z.string().trim().min(1).max(500),
      }),
    )
    .output(z.object({ pauseId: Uuid }))
    .errors({
      BILLING_DUNNING_PAUSE_PAST: { data: z.object({ until: Instant }) },
      BILLING_INVOICE_NOT_OPEN: { data: z.object({ invoiceId: Uuid }) },
    }),
  resume: command('billing.dunning.resume', { roles: WRITERS })
    .input(z.object({ pauseId: Uuid }))
    .output(z.object({ pauseId: Uuid })),
  /** Puts a pause back as it was, or takes it away. */
  restorePause: command('billing.dunning.restorePause', { roles: [], internal: true })
    .input(z.object({ pauseId: Uuid, pause: z.record(z.string(), z.unknown()).nullable() }))
    .output(z.object({ pauseId: Uuid })),
  /** What campaigns gave people to do, open first. */
  tasks: query('billing.dunning.tasks', { roles: EVERYONE })
    .input(
      z.object({ open: z.boolean().default(false), limit: z.number().int().min(1).max(5000).default(1000) }),
    )
    .output(
      z.object({
        tasks: z.array(
          z.object({
            id: Uuid,
            invoiceId: Uuid,
            number: z.string(),
            customerId: Uuid,
            customer: z.string(),
            text: z.string(),
            createdAt: Instant,
            doneAt: Instant.nullable(),
            doneBy: z.string().nullable(),
          }),
        ),
      }),
    ),
  setTask: command('billing.dunning.setTask', { roles: WRITERS })
    .input(z.object({ taskId: Uuid, done: z.boolean() }))
    .output(z.object({ taskId: Uuid })),
}
