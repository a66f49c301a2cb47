import type { Store, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { LeaseLost } from '../database/lease-rows.ts'
import type { Caller, Fence, Leaf } from '../runtime/handlers.ts'
import { capabilityOf } from '../runtime/handlers.ts'
import { takeFeedVersion } from '../sync/feed-version.ts'
import type { JobContext, JobFacts, JobKind } from './job.ts'
import { publishJob } from './published-jobs.ts'

/** Runs a job's compute somewhere: in this thread, or in a worker. */
export type StartJob = (kind: JobKind, context: JobContext<unknown>) => Promise<unknown>

/** Computes in this thread: for PGlite, whose one session belongs to it, and for tests. */
export const inlineJobs: StartJob = (kind, context) => kind.compute(context)

export interface JobRunnerParts {
  readonly store: Store
  readonly workspace: Id
  readonly kinds: ReadonlyMap<string, JobKind>
  readonly startJob: StartJob
  readonly now: () => bigint
  readonly monotonic: () => number
  /** Calls a capability as the core itself, in somebody's name. */
  readonly call: (id: string, input: unknown, caller: Caller) => Promise<unknown>
  /** Is told which tables a chunk or a change of state touched. */
  readonly changed: (tables: ReadonlySet<string>, bulk: boolean) => void
  /** Runs in the transaction that ends a job. */
  readonly over: (tx: Tx, jobId: Id) => Promise<void>
  /** Is told of errors that are bugs. */
  readonly onBug: (error: unknown, jobId: Id) => void
  /** Runs first in every transaction of a job; throws `LeaseLost` where jobs are another process's work by now. */
  readonly fence?: Fence
  /** How many jobs run side by side. */
  readonly slots?: number
  /** Whether the disk has room for more than the clean-up; without it there always is. */
  readonly hasRoom?: () => boolean
  /**
   * Waits before the start or the end of a job is stored again, because storing it failed: the disk is full,
   * say. Ends early with the signal. Without it such a failure is given up.
   */
  readonly pause?: (signal: AbortSignal) => Promise<void>
}

/** A job that crashed again and again is given up after this many attempts. */
const MOST_ATTEMPTS = 3
/** Progress is stored at most this often, in milliseconds. */
const PROGRESS_EVERY = 250
/** Desks are shown it at most this often, in milliseconds. */
const PUBLISHED_EVERY = 1000

class Cancelled extends Error {}

/** Thrown where the last of the room on the disk is kept for cleaning up. */
class NearlyFull extends Error {
  readonly code = 'ENOSPC'
  constructor() {
    super('ENOSPC: the disk is nearly full')
  }
}

/** Runs queued jobs: state, progress, cancel and history are rows, so that they survive the process. */
export function createJobRunner(parts: JobRunnerParts) {
  const { store, workspace, kinds } = parts
  const running = new Map<Id, { abort: AbortController; over: Promise<void> }>()
  const closing = new AbortController()
  let closed = false
  /** Another process does the jobs: whatever they are here is left as it is, for that one to begin again. */
  let lost = false
  let pumping: Promise<void> | null = null
  let again = false

  async function fence(tx: Tx): Promise<void> {
    try {
      await parts.fence?.(tx)
    } catch (error) {
      lost ||= error instanceof LeaseLost
      throw error
    }
  }

  async function write<T>(work: (tx: Tx) => Promise<T>, bulk = false): Promise<T> {
    const { value, touched } = await store.write(workspace, 'job', async tx => {
      await fence(tx)
      const value = await work(tx)
      return { value, touched: tx.touched.changed }
    })
    parts.changed(touched, bulk)
    return value
  }

  /** Stores the start or the end of a job, again and again while that fails. */
  async function untilStored<T>(jobId: Id, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (closed || lost || !parts.pause) throw error
        parts.onBug(error, jobId)
        await parts.pause(closing.signal)
      }
    }
  }

  /** Cleans up after a crash: what was running then is begun again or given up. */
  async function recover(): Promise<void> {
    const left = await store.read(workspace, reader =>
      reader.db
        .selectFrom('jobs')
        .select(['id', 'kind', 'attempts'])
        .where('state', '=', 'running')
        .execute(),
    )
    for (const job of left) {
      const kind = kinds.get(job.kind)
      const facts: JobFacts = { jobId: job.id, now: parts.now() }
      await write(async tx => {
        await takeFeedVersion(tx)
        await kind?.abandon?.(tx, facts)
        const restart = kind?.afterCrash === 'restart' && job.attempts < BigInt(MOST_ATTEMPTS)
        await tx.db
          .updateTable('jobs')
          .set(
            restart
              ? { state: 'queued', phase: '', done: 0n }
              : {
                  state: 'failed',
                  finished_at: facts.now,
                  failure: failureText('WORKSPACE_JOB_CRASHED', {}),
                },
          )
          .where('id', '=', job.id)
          .execute()
        await publishJob(tx, job.id, 'job')
      })
    }
  }

  /** Looks for queued and cancelled jobs; called after every commit that touched the table of jobs. */
  function wake(): void {
    if (closed || lost) return
    if (pumping) {
      again = true
      return
    }
    pumping = pump()
      .catch(error => {
        if (!lost) parts.onBug(error, '')
      })
      .finally(() => {
        pumping = null
        if (again) {
          again = false
          wake()
        }
      })
  }

  async function pump(): Promise<void> {
    const { queued, cancelled } = await store.read(workspace, async reader => ({
      queued: await reader.db
        .selectFrom('jobs')
        .selectAll()
        .where('state', '=', 'queued')
        .orderBy('requested_at')
        .orderBy('id')
        .execute(),
      cancelled: await reader.db
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'running')
        .where('cancel_requested', '=', 1n)
        .execute(),
    }))
    for (const { id } of cancelled) running.get(id)?.abort.abort(new Cancelled())
    for (const job of queued) {
      if (closed || lost || running.size >= (parts.slots ?? 2)) return
      if (running.has(job.id)) continue
      const abort = new AbortController()
      const over = runOne(job, abort)
        .catch(error => {
          if (!lost) parts.onBug(error, job.id)
        })
        .finally(() => {
          running.delete(job.id)
          wake()
        })
      running.set(job.id, { abort, over })
    }
  }

  async function runOne(
    job: { id: Id; kind: string; input: string; attempts: bigint; requested_by: Id | null },
    abort: AbortController,
  ): Promise<void> {
    const kind = kinds.get(job.kind)
    const started = await untilStored(job.id, () =>
      write(async tx => {
        const { affected } = await setState(tx, job.id, 'queued', {
          state: 'running',
          started_at: parts.now(),
          attempts: job.attempts + 1n,
        })
        if (affected) await publishJob(tx, job.id, 'job')
        return affected
      }),
    )
    if (!started) return
    if (!kind)
      return void (await finish(job.id, null, failureText('WORKSPACE_JOB_UNKNOWN', { kind: job.kind })))
    const progress = progressWriter(job.id)
    const caller: Caller = {
      person: job.requested_by,
      device: `job:${job.kind}`,
      assurance: 'system',
      system: true,
      fence,
    }
    const context: JobContext<unknown> = {
      jobId: job.id,
      workspace,
      input: fromCanonical(job.input),
      attempt: Number(job.attempts) + 1,
      signal: abort.signal,
      now: parts.now,
      async submit(name, data) {
        abort.signal.throwIfAborted()
        const chunk = kind.chunks[name]
        if (!chunk) throw new Error(`job ${kind.name} has no chunk ${name}`)
        if (parts.hasRoom?.() === false && !kind.freeing?.includes(name)) throw new NearlyFull()
        return write(async tx => {
          await takeFeedVersion(tx)
          return chunk(tx, data as never, { jobId: job.id, now: parts.now() })
        }, true)
      },
      query: (leaf: Leaf, input: unknown) => parts.call(capabilityOf(leaf).id, input, caller) as never,
      command: (leaf: Leaf, input: unknown) => {
        abort.signal.throwIfAborted()
        return parts.call(capabilityOf(leaf).id, input, caller) as never
      },
      progress: progress.report,
    }
    try {
      const result = await parts.startJob(kind, context)
      await progress.flush()
      await finish(job.id, canonicalJson(result ?? null), null)
    } catch (error) {
      // Progress that cannot be stored any more is no reason not to clean up.
      await progress.flush().catch(() => {})
      // A core that closes leaves the job running: it is begun again at the next start.
      if ((closed && abort.signal.aborted) || lost) return
      await untilStored(job.id, () =>
        write(async tx => {
          await takeFeedVersion(tx)
          await kind.abandon?.(tx, { jobId: job.id, now: parts.now() })
        }),
      )
      if (abort.signal.aborted) return void (await finish(job.id, null, null, 'cancelled'))
      if (!isRefusal(error)) parts.onBug(error, job.id)
      const text = isRefusal(error)
        ? failureText(error.code, error.data, error.message)
        : failureText('WORKSPACE_JOB_BUG', {}, error instanceof Error ? error.message : String(error))
      await finish(job.id, null, text)
    }
  }

  async function finish(
    id: Id,
    result: string | null,
    failure: string | null,
    state: 'done' | 'failed' | 'cancelled' = failure === null ? 'done' : 'failed',
  ): Promise<void> {
    await untilStored(id, () =>
      write(async tx => {
        const { affected } = await setState(tx, id, 'running', {
          state,
          result,
          failure,
          finished_at: parts.now(),
        })
        if (affected) {
          await publishJob(tx, id, 'job')
          await parts.over(tx, id)
        }
      }),
    )
  }

  async function setState(tx: Tx, id: Id, from: 'queued' | 'running', values: Record<string, unknown>) {
    const outcome = await tx.db
      .updateTable('jobs')
      .set(values)
      .where('id', '=', id)
      .where('state', '=', from)
      .executeTakeFirst()
    return { affected: outcome.numUpdatedRows > 0n }
  }

  function progressWriter(id: Id) {
    let latest: { done: bigint; total: bigint | null; phase: string } | null = null
    let stored = Number.NEGATIVE_INFINITY
    let published = Number.NEGATIVE_INFINITY
    let writing: Promise<void> = Promise.resolve()
    let phase = ''
    const store = (): void => {
      const values = latest
      latest = null
      if (!values) return
      stored = parts.monotonic()
      const publish = stored - published >= PUBLISHED_EVERY
      if (publish) published = stored
      writing = writing
        .then(() =>
          write(async tx => {
            await setState(tx, id, 'running', values)
            if (publish) await publishJob(tx, id, 'job')
          }),
        )
        .then(() => {})
      // Whoever flushes is told that it failed; until then it is no unhandled rejection, which ends a process.
      writing.catch(() => {})
    }
    return {
      report(done: number | bigint, total: number | bigint | null, newPhase?: string) {
        phase = newPhase ?? phase
        latest = { done: BigInt(done), total: total === null ? null : BigInt(total), phase }
        if (parts.monotonic() - stored >= PROGRESS_EVERY) store()
      },
      async flush() {
        store()
        await writing
      },
    }
  }

  return {
    recover,
    wake,
    /** Waits until nothing is queued or running: for tests and for commands that wait for their job. */
    async idle(): Promise<void> {
      while (pumping || running.size > 0) {
        await pumping
        await Promise.all([...running.values()].map(one => one.over))
      }
    },
    async close(): Promise<void> {
      closed = true
      closing.abort()
      for (const { abort } of running.values()) abort.abort(new Error('the core closes'))
      await Promise.all([...running.values()].map(one => one.over))
      await pumping
    },
  }
}

export type JobRunner = ReturnType<typeof createJobRunner>

function failureText(code: string, data: unknown, message = code): string {
  return canonicalJson({ code, message, data })
}
