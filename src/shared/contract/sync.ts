import { z } from 'zod'
import { EVERYONE } from '../permissions.ts'
import { Instant, query, service, Uuid } from './define.ts'

/** A command that waits for the authority, or was refused by it. */
export const OutboxCommand = z.object({
  commandId: Uuid,
  command: z.string(),
  actor: z.object({ id: Uuid, name: z.string() }).nullable(),
  /** When it was given, by this desk's clock. */
  at: Instant,
  /** `pending` is in effect here already; `requested` waits for the authority; `review` was refused and undone. */
  state: z.enum(['pending', 'requested', 'review']),
  /** The authority has done it, and the rows that it changed are on their way. */
  acknowledged: z.boolean(),
  input: z.unknown(),
  /** Why the authority refused it: a code of the contract and its data. */
  refusal: z.object({ code: z.string(), data: z.unknown() }).nullable(),
  /** How often the authority failed on it without deciding. */
  attempts: z.bigint(),
})
export type OutboxCommand = z.infer<typeof OutboxCommand>

const notInReview = {
  /** Only what was refused can be tried again or discarded: anything else may already be with the authority. */
  SYNC_NOT_IN_REVIEW: { data: z.object({ commandId: Uuid, state: z.string() }) },
}

export const sync = {
  /** What the status strip says. */
  status: query('sync.status', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object({}))
    .output(
      z.object({
        authority: z.enum(['standalone', 'connected', 'server']),
        /** Since when the authority has not answered; null while it does, and where there is none to ask. */
        offlineSince: Instant.nullable(),
        failure: z.string().nullable(),
        pending: z.bigint(),
        requested: z.bigint(),
        review: z.bigint(),
        lastSyncAt: Instant.nullable(),
        /** The authority's version that this desk has seen; null before the first. */
        cursor: z.bigint().nullable(),
      }),
    ),
  outbox: {
    /** What waits, in the order in which it was given; refused commands first. */
    list: query('sync.outbox.list', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ limit: z.number().int().min(1).max(500).default(200) }))
      .output(z.object({ commands: z.array(OutboxCommand), more: z.boolean() })),
    /** Gives a refused command again, as a new one, on what the tables hold now. */
    retry: service('sync.outbox.retry', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ commandId: Uuid }))
      .output(z.object({ commandId: Uuid, outcome: z.enum(['done', 'requested']) }))
      .errors(notInReview),
    /** Lets a refused command go. Its effect is undone already. */
    discard: service('sync.outbox.discard', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ commandId: Uuid }))
      .output(z.object({}))
      .errors(notInReview),
  },
}
