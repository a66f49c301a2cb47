import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'

/** Something for the outside world that a command asked for: a notification, later a mail or a payment. */
export const Effect = z.object({
  id: Uuid,
  kind: z.string(),
  state: z.enum(['waiting', 'done', 'failed']),
  attempts: z.bigint(),
  /** When it is tried next. */
  notBefore: Instant,
  createdAt: Instant,
  doneAt: Instant.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type Effect = z.infer<typeof Effect>

export const effects = {
  /** The newest first. */
  list: query('workspace.effects.list', { roles: EVERYONE })
    .input(
      z.object({
        state: z.enum(['waiting', 'done', 'failed']).optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ effects: z.array(Effect) })),
  /** Tries a failed one again, with the same idempotency key. */
  retry: command('workspace.effects.retry', { roles: ['ops', 'analyst'] })
    .input(z.object({ effectId: Uuid }))
    .output(Effect)
    .errors({ WORKSPACE_EFFECT_NOT_FAILED: { data: z.object({ state: z.string() }) } }),
}

export const housekeeping = {
  /** Forgets old finished jobs, artifacts, effects and notifications, a bounded number at a time. */
  run: command('workspace.housekeeping.run', { roles: [], internal: true, local: true })
    .input(z.object({}))
    .output(
      z.object({
        ...{ jobs: z.number(), artifacts: z.number(), effects: z.number() },
        /** Of inboxes and of deliveries. */
        notifications: z.number(),
        more: z.boolean(),
      }),
    ),
}
