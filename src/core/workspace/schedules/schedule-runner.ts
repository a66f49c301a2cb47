import { LeaseLost } from '#core/database/lease-rows.ts'
import type { Store, Tx } from '#core/database/store.ts'
import { type Caller, capabilityOf, type Leaf } from '#core/runtime/handlers.ts'
import type { Timer } from '#core/runtime/timer.ts'
import { takeFeedVersion } from '#core/sync/feed-version.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { readSchedules, type SeenSchedule } from './read-schedules.ts'
import { commandIdOf, type RunRow } from './rows.ts'
import { createRunClaims } from './run-claims.ts'
import type { ScheduleKinds } from './schedule-kind.ts'

export interface ScheduleRunnerParts {
  readonly store: Store
  readonly workspace: Id
  readonly kinds: ScheduleKinds
  readonly timer: Timer
  readonly now: () => bigint
  /** Makes the name of this process among others that run the same workspace. */
  readonly newHolder: () => Id
  /** Calls a capability as the core itself. */
  readonly call: (id: string, input: unknown, caller: Caller) => Promise<unknown>
  readonly changed: (tables: ReadonlySet<string>) => void
  readonly onBug: (error: unknown, runId: Id) => void
}

/** A clock may be set, and another server may change a schedule: how long neither is noticed, in milliseconds. */
const LONGEST_SLEEP = 60_000n
/** A holder says three times in the time of its claim that it is there. */
const SAID_AGAIN_AFTER = 20_000

/**
 * Runs schedules when their time comes. Any number of processes may do this for one workspace: whoever makes the
 * row of a planned time runs it, and whoever dies over it is followed by another under the same ids. Of times that
 * nobody was there for, the latest is run, and the others are over.
 */
export interface ScheduleRunner {
  /** Looks what is due. */
  wake(): void
  /** A commit changed these tables. */
  changed(tables: ReadonlySet<string>): void
  /** Waits until nothing that is due now is left. */
  idle(): Promise<void>
  close(): Promise<void>
}

export function createScheduleRunner(parts: ScheduleRunnerParts): ScheduleRunner {
  const { store, workspace, kinds, now } = parts
  const mine = new Map<Id, { readonly abort: AbortController; readonly over: Promise<void> }>()
  let looking: Promise<void> | null = null
  let again = false
  let closed = false
  let follows = false
  let cancel: () => void = () => {}

  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { value, changed } = await store.write(workspace, 'job', async tx => ({
      value: await work(tx),
      changed: tx.touched.changed,
    }))
    if (changed.size > 0) parts.changed(changed)
    return value
  }
  const claims = createRunClaims({ write, now, newHolder: parts.newHolder })

  function wake(): void {
    if (closed) return
    if (looking) {
      again = true
      return
    }
    cancel()
    looking = look()
      .catch(error => {
        parts.onBug(error, '')
        sleepUntil(null)
      })
      .finally(() => {
        looking = null
        if (!again) return
        again = false
        wake()
      })
  }

  async function look(): Promise<void> {
    const at = now()
    const seen = await store.read(workspace, reader => readSchedules(reader, kinds, at))
    if (seen.length === 0) return
    follows = false
    let next: bigint | null = null
    for (const one of seen) {
      if (closed) return
      const when = await attend(one, at)
      if (when !== null && (next === null || when < next)) next = when
    }
    sleepUntil(next)
  }

  function sleepUntil(next: bigint | null): void {
    if (closed) return
    const pause = next === null ? LONGEST_SLEEP : next - now()
    cancel = parts.timer.after(Number(pause < 1n ? 1n : pause > LONGEST_SLEEP ? LONGEST_SLEEP : pause), wake)
  }

  /** Does what a schedule needs now, and says when to look at it again. */
  async function attend(one: SeenSchedule, at: bigint): Promise<bigint | null> {
    const { row, open, due } = one
    if (row.since > at) {
      // The clock was set back: what it said before is no reason to leave times out.
      await write(async tx => {
        await takeFeedVersion(tx)
        await tx.db.updateTable('schedules').set({ since: at }).where('id', '=', row.id).execute()
      })
    }
    if (open) {
      if (mine.has(open.id)) return null
      if (open.state === 'running' && open.reference !== null) {
        follows = true
        await follow(one, open)
        return null
      }
      if (open.state === 'waiting' && row.paused !== 0n && open.manual === 0n) return null
      const ready = open.state === 'waiting' ? open.not_before : claims.expires(open, at)
      if (ready > at) return ready
      const claimed = await claims.take(open, at)
      if (claimed) await begin(one, claimed)
      return null
    }
    if (due !== null) {
      const claimed = await claims.make(row.id, due, at)
      if (claimed) await begin(one, claimed)
      return null
    }
    return one.next
  }

  async function begin(one: SeenSchedule, run: RunRow): Promise<void> {
    // Whoever closes waits for runs that it knows of: this one is left to whoever comes next.
    if (closed) return claims.release(run)
    const abort = new AbortController()
    const quiet = sayAgain(run, abort)
    const over = carryOut(one, run, abort)
      .catch(error => parts.onBug(error, run.id))
      .finally(() => {
        quiet()
        mine.delete(run.id)
        wake()
      })
    mine.set(run.id, { abort, over })
  }

  /** Keeps the claim while the run goes on; one that was lost ends it. */
  function sayAgain(run: RunRow, abort: AbortController): () => void {
    let stop: () => void = () => {}
    let ended = false
    const later = () => {
      if (ended) return
      stop = parts.timer.after(SAID_AGAIN_AFTER, () => {
        claims
          .keep(run)
          .then(held => (held ? later() : abort.abort(new Error('another server took this run over'))))
          .catch(error => {
            parts.onBug(error, run.id)
            // Another process does this workspace's work: the run is that one's to go on with.
            if (error instanceof LeaseLost) abort.abort(error)
            else later()
          })
      })
    }
    later()
    return () => {
      ended = true
      stop()
    }
  }

  const query = (leaf: Leaf, input: unknown) => parts.call(capabilityOf(leaf).id, input, SYSTEM) as never

  async function carryOut(one: SeenSchedule, run: RunRow, abort: AbortController): Promise<void> {
    const { kind, zone, row } = one
    try {
      const work = kind.run({
        input: kind.input.parse(fromCanonical(row.input)),
        ...{ scheduleId: row.id, runId: run.id, plannedAt: run.planned_at, zone, now, signal: abort.signal },
        command: (leaf: Leaf, input: unknown) =>
          parts.call(capabilityOf(leaf).id, input, { ...SYSTEM, commandId: commandIdOf(run) }) as never,
        query,
      })
      const step = await unlessAborted(work, abort.signal)
      await (step.over ? claims.done(run, step.summary) : claims.begun(run, step.reference))
    } catch (error) {
      // Whoever comes next goes on at once, under the same ids.
      if (abort.signal.aborted) await claims.release(run)
      else await failed(run, error)
    }
  }

  async function follow({ kind }: SeenSchedule, run: RunRow): Promise<void> {
    try {
      if (!kind.look) throw new Error(`nobody can say how far ${kind.name} is`)
      const step = await kind.look(fromCanonical(run.reference!), { query })
      if (step.over) await claims.done(run, step.summary)
    } catch (error) {
      await failed(run, error)
    }
  }

  async function failed(run: RunRow, error: unknown): Promise<void> {
    const expected = await claims.failed(run, error)
    if (!expected && !isRefusal(error)) parts.onBug(error, run.id)
  }

  return {
    wake,
    changed(tables) {
      if (tables.has('schedules') || tables.has('schedule_runs') || (follows && tables.has('jobs'))) wake()
    },
    async idle() {
      while (looking || mine.size > 0) {
        await looking
        await Promise.all([...mine.values()].map(run => run.over))
      }
    },
    async close() {
      closed = true
      cancel()
      for (const { abort } of mine.values()) abort.abort(new Error('the core closes'))
      await Promise.all([...mine.values()].map(run => run.over))
      await looking
    },
  }
}

/** A core that closes does not wait for a run's work: what that gives later is known by the id of its command. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

const SYSTEM: Caller = { person: null, device: 'schedule', assurance: 'system', system: true }
