import { z } from 'zod'
import { Instant, Uuid } from '../define.ts'
import { Alignment, Interval } from './values.ts'

/** A stretch of a subscription with one plan version. Phases follow each other and never overlap. */
export const Phase = z.object({
  id: Uuid,
  planVersionId: Uuid,
  /** Seats: fees count once for each. */
  quantity: z.bigint(),
  /** A trial costs nothing; a pause costs no fees, and usage as always. */
  kind: z.enum(['trial', 'active', 'paused']),
  from: Instant,
  to: Instant.nullable(),
})
export type Phase = z.infer<typeof Phase>

/** How often a subscription is billed, and from where that is counted, from an instant on. */
export const Cadence = z.object({
  /** From 0, and never used twice in a subscription. */
  ordinal: z.number().int().min(0),
  interval: Interval,
  alignment: Alignment,
  anchorAt: Instant,
  from: Instant,
})
export type Cadence = z.infer<typeof Cadence>

/** What a subscription is doing, its customer's payments counted in. */
export const LifeState = z.enum([
  'scheduled',
  'trialing',
  'active',
  /** An invoice of its customer is overdue, and the days of grace go on. */
  'past-due',
  /** The days of grace are over. */
  'unpaid',
  'paused',
  'cancelled',
  /** It ended by itself: a trial that nobody went on from, or fees that nobody paid. */
  'expired',
])
export type LifeState = z.infer<typeof LifeState>

/** What becomes of a trial that ends without a payment method. */
export const AfterTrial = z.enum(['convert', 'pause', 'expire'])
export type AfterTrial = z.infer<typeof AfterTrial>

/** What becomes of what was billed in advance for the time after an end. */
export const Settlement = z.enum(['credit', 'refund', 'none'])
export type Settlement = z.infer<typeof Settlement>

export const EndReason = z.enum(['cancelled', 'trial', 'unpaid'])
export type EndReason = z.infer<typeof EndReason>

const Quantity = z.bigint().min(1n).max(1_000_000n)

/** A further plan version, or one price of it, that a subscription has for some time. */
export const AddOn = z.object({
  id: Uuid,
  /** Its place in the names of billed things. */
  ordinal: z.number().int().min(1),
  planVersionId: Uuid,
  /** The one price that it is of; null for all of the version. */
  priceId: Uuid.nullable(),
  interval: Interval,
  alignment: Alignment,
  anchorAt: Instant,
  stretches: z.array(z.object({ quantity: z.bigint(), from: Instant, to: Instant.nullable() })),
})
export type AddOn = z.infer<typeof AddOn>

/** All of a subscription that decides about billing and about what its customer may. */
export const Lifeline = z.object({
  startedAt: Instant,
  endedAt: Instant.nullable(),
  endReason: EndReason.nullable(),
  settlement: Settlement,
  /** A payment method is on file. */
  card: z.boolean(),
  afterTrial: AfterTrial,
  phases: z.array(Phase),
  cadences: z.array(Cadence).min(1),
  addOns: z.array(AddOn),
})
export type Lifeline = z.infer<typeof Lifeline>

/** One change of a subscription, as it is kept: applying all of them in their order gives what it is. */
export const LifeChange = z.discriminatedUnion('kind', [
  /** Another plan version, another number of seats, another rhythm, from an instant on. */
  z.object({
    kind: z.literal('terms'),
    at: Instant,
    planVersionId: Uuid.optional(),
    quantity: Quantity.optional(),
    cadence: Cadence.optional(),
  }),
  z.object({ kind: z.literal('pause'), at: Instant, until: Instant.nullable() }),
  z.object({ kind: z.literal('resume'), at: Instant }),
  z.object({ kind: z.literal('cancel'), at: Instant, settlement: Settlement, reason: EndReason }),
  /** As if it had never ended. */
  z.object({ kind: z.literal('reactivate'), at: Instant }),
  z.object({ kind: z.literal('card'), at: Instant, onFile: z.boolean() }),
  z.object({
    kind: z.literal('add-on'),
    at: Instant,
    addOn: AddOn.omit({ stretches: true }),
    quantity: Quantity,
    until: Instant.nullable(),
  }),
  z.object({ kind: z.literal('add-on-quantity'), at: Instant, addOnId: Uuid, quantity: Quantity }),
  z.object({ kind: z.literal('add-on-end'), at: Instant, addOnId: Uuid }),
])
export type LifeChange = z.infer<typeof LifeChange>
