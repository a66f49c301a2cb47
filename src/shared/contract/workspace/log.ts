import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, Uuid } from '../define.ts'

export const log = {
  list: query('workspace.log.list', { roles: ['auditor', 'analyst', 'ops', 'approver'] })
    .input(
      z.object({
        before: z.bigint().optional(),
        limit: z.number().int().min(1).max(500).default(100),
        command: z.string().optional(),
        actor: Uuid.optional(),
      }),
    )
    .output(
      z.object({
        entries: z.array(
          z.object({
            version: z.bigint(),
            commandId: Uuid,
            command: z.string(),
            actor: z.object({ id: Uuid, name: z.string() }).nullable(),
            device: z.string(),
            assurance: z.string(),
            at: Instant,
            receivedAt: Instant,
            outcome: z.enum(['done', 'refused']),
            input: z.unknown(),
            result: z.unknown(),
            hash: Digest,
            undoable: z.boolean(),
            undoneBy: Uuid.nullable(),
            compensates: Uuid.nullable(),
          }),
        ),
        more: z.boolean(),
      }),
    ),
  /** Runs the compensating command of an earlier one. */
  undo: command('workspace.log.undo', { roles: EVERYONE })
    .input(z.object({ commandId: Uuid }))
    .output(z.object({ command: z.string(), result: z.unknown() }))
    .errors({
      WORKSPACE_NOT_UNDOABLE: { data: z.object({ command: z.string() }) },
      WORKSPACE_ALREADY_UNDONE: { data: z.object({ by: Uuid }) },
      /** Something else changed it since: undoing would overwrite that. */
      WORKSPACE_UNDO_OVERTAKEN: {
        data: z.object({ command: z.string(), entity: z.string(), id: z.string() }),
      },
    }),
}
