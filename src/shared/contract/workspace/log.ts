import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'

const LogPlace = z.object({ version: z.bigint(), hash: Digest })

/** What is wrong with the log, at the first version where it shows. */
export const LogProblem = z.object({
  kind: z.enum(['changed', 'broken', 'head-differs', 'cut', 'signature', 'unknown-key', 'head-removed']),
  version: z.bigint(),
})
export type LogProblem = z.infer<typeof LogProblem>

const READERS = ['auditor', 'analyst', 'ops', 'approver'] as const

export const log = {
  list: query('workspace.log.list', { roles: READERS })
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
  /** The newest signed head: short enough to write down elsewhere. */
  head: query('workspace.log.head', { roles: READERS })
    .input(z.object({}))
    .output(
      z.object({
        head: LogPlace.extend({ signedAt: Instant, keyId: Digest, signature: z.string() }).nullable(),
      }),
    ),
  /** One page of the walk along the log: what `verify` asks again and again. */
  check: query('workspace.log.check', { roles: READERS, heavy: true })
    .input(z.object({ after: LogPlace }))
    .output(z.object({ good: z.array(LogPlace), problem: LogProblem.nullable(), more: z.boolean() })),
  /** Walks the whole log and compares it with its signed heads, here and where they are kept elsewhere. */
  verify: service('workspace.log.verify', { roles: READERS })
    .input(z.object({}))
    .output(
      z.object({
        /** Entries that are intact. */
        entries: z.bigint(),
        end: LogPlace.nullable(),
        /** Signed heads in the database, and kept elsewhere. */
        heads: z.bigint(),
        keptElsewhere: z.bigint(),
        /** Up to this version a cut end would show; null where nothing is signed. */
        signedUpTo: z.bigint().nullable(),
        /** Null when everything is as it was written. */
        problem: LogProblem.nullable(),
      }),
    ),
}
