import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, service } from '../define.ts'

/** Milliseconds, read off buckets that grow by a fifth. */
export const Waiting = z.object({
  count: z.number(),
  max: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  p999: z.number(),
  buckets: z.array(z.object({ upTo: z.number(), count: z.number() })),
})

export const diagnostics = {
  /** How the core and its database are, at small cost. */
  get: service('workspace.diagnostics.get', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        now: Instant,
        startedAt: Instant,
        host: z.object({
          kind: z.enum(['desktop', 'browser', 'cli', 'backend', 'test']),
          platform: z.string(),
          /** By name: quarterdeck, node, electron, sqlite … */
          versions: z.record(z.string(), z.string()),
        }),
        database: z.object({
          kind: z.enum(['sqlite', 'postgres']),
          bytes: z.bigint(),
          /** Null where the database does not count in pages. */
          pages: z.bigint().nullable(),
          freePages: z.bigint().nullable(),
          /** Bytes of the write-ahead log; null where the host does not know. */
          logBytes: z.bigint().nullable(),
          migration: z.string(),
          tables: z.array(
            z.object({
              name: z.string(),
              rows: z.number(),
              /** There are more: counting stopped. */
              more: z.boolean(),
            }),
          ),
        }),
        /** How long people's reads and writes waited for their turn and then ran; `heavy` ran in the reader thread. */
        waits: z.array(
          z.object({ kind: z.enum(['read', 'write', 'heavy']), waited: Waiting, total: Waiting }),
        ),
        threads: z.array(
          z.object({
            role: z.enum(['reader', 'checkpoint', 'job', 'documents']),
            state: z.enum(['running', 'ended', 'crashed']),
            since: Instant,
            job: z.string().nullable(),
          }),
        ),
        /** Null where nothing is checkpointed by us. */
        checkpoints: z
          .object({ count: z.number(), lastAt: Instant.nullable(), pages: z.number(), moved: z.number() })
          .nullable(),
        followers: z.number(),
        jobs: z.object({
          queued: z.number(),
          running: z.number(),
          done: z.number(),
          failed: z.number(),
          cancelled: z.number(),
        }),
        effects: z.object({
          waiting: z.number(),
          failed: z.number(),
          /** Of those that wait: the kinds that nothing on this host carries out, and since when the oldest waits. */
          uncarried: z.array(z.object({ kind: z.string(), count: z.number(), oldest: Instant })),
        }),
        /** The latest unexpected failures of this run, the newest first, with the reference that a person was shown. */
        bugs: z.array(
          z.object({ at: Instant, reference: z.string(), message: z.string(), where: z.string() }),
        ),
      }),
    ),
}
