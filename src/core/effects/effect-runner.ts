import type { Store, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Timer } from '../runtime/timer.ts'
import { type EffectCarrier, TryLater } from './carrier.ts'

export interface EffectRunnerParts {
  readonly store: Store
  readonly workspace: Id
  readonly carriers: readonly EffectCarrier[]
  readonly timer: Timer
  readonly now: () => bigint
  readonly changed: (tables: ReadonlySet<string>) => void
  readonly onBug: (error: unknown, effectId: Id) => void
}

/** Tries before an effect is given up, and the first and the longest pause between them, in milliseconds. */
export const MOST_TRIES = 10
const FIRST_PAUSE = 5000
const LONGEST_PAUSE = 3_600_000
/** Whoever claimed an effect has so long; then it is taken for lost in a crash and handed out again. */
const LEASE = 60_000
/** How many are claimed at a time. */
const BATCH = 20

interface Claimed {
  readonly id: Id
  readonly kind: string
  readonly payload: string
  readonly attempts: bigint
  readonly created_at: bigint
}

/** Carries out effects after the commit that asked for them. Their state is in rows, so that it survives the process. */
export interface EffectRunner {
  /** Looks for what is due; called after every commit that touched the table of effects. */
  wake(): void
  /** Waits until nothing that is due now is left. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Each kind has a lane of its own: a mail server that hangs holds up no document. */
export function createEffectRunner(parts: EffectRunnerParts): EffectRunner {
  const lanes = parts.carriers.map(carrier => createLane(parts, carrier))
  return {
    wake() {
      for (const lane of lanes) lane.wake()
    },
    async idle() {
      // What one carried out may have been asked for by another.
      while (lanes.some(lane => lane.busy())) await Promise.all(lanes.map(lane => lane.idle()))
    },
    async close() {
      await Promise.all(lanes.map(lane => lane.close()))
    },
  }
}

function createLane(parts: EffectRunnerParts, carrier: EffectCarrier) {
  const { store, workspace, now } = parts
  const { kind, atOnce = 1 } = carrier
  /** What is claimed is begun at once where several are carried at a time, so that no claim runs out in a queue. */
  const batch = atOnce > 1 ? atOnce : BATCH
  let running: Promise<void> | null = null
  let again = false
  let closed = false
  let cancel: () => void = () => {}

  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { value, changed } = await store.write(workspace, 'job', async tx => ({
      value: await work(tx),
      changed: tx.touched.changed,
    }))
    parts.changed(changed)
    return value
  }

  function wake(): void {
    if (closed) return
    if (running) {
      again = true
      return
    }
    cancel()
    running = pump()
      .catch(error => {
        parts.onBug(error, '')
        if (!closed) cancel = parts.timer.after(LEASE, wake)
      })
      .finally(() => {
        running = null
        if (again) {
          again = false
          wake()
        }
      })
  }

  async function pump(): Promise<void> {
    while (!closed) {
      const claimed = await claim()
      if (claimed.length === 0) break
      if (atOnce > 1) await Promise.all(claimed.map(carryOut))
      else for (const effect of claimed) if (!closed) await carryOut(effect)
    }
    if (!closed) await sleepUntilNext()
  }

  /** Claims what is due: it counts the try and gives the claimer some time, in one transaction. */
  async function claim(): Promise<Claimed[]> {
    const due = await store.read(workspace, reader =>
      reader.db
        .selectFrom('effects')
        .select('id')
        .where('state', '=', 'waiting')
        .where('not_before', '<=', now())
        .where('kind', '=', kind)
        .orderBy('not_before')
        .orderBy('id')
        .limit(batch)
        .execute(),
    )
    if (due.length === 0) return []
    const claimed = await write(tx =>
      tx.db
        .updateTable('effects')
        .set(row => ({ attempts: row('attempts', '+', 1n), not_before: now() + BigInt(LEASE) }))
        .where(
          'id',
          'in',
          due.map(row => row.id),
        )
        // Again, because another process of a server may have claimed some of them meanwhile.
        .where('state', '=', 'waiting')
        .where('not_before', '<=', now())
        .returning(['id', 'kind', 'payload', 'attempts', 'created_at'])
        .execute(),
    )
    const order = due.map(row => row.id)
    return claimed.sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id))
  }

  async function carryOut(effect: Claimed): Promise<void> {
    if (carrier.staleAfter !== undefined && now() - effect.created_at > BigInt(carrier.staleAfter)) {
      await settle(effect.id, { state: 'done', failure: failureText('WORKSPACE_EFFECT_STALE', 'too old') })
      return
    }
    try {
      const payload = fromCanonical(effect.payload)
      await carrier.carry({ id: effect.id, payload, attempt: Number(effect.attempts) })
    } catch (error) {
      if (error instanceof TryLater) {
        const failure = failureText('WORKSPACE_EFFECT_LATER', error.message)
        await settle(effect.id, { state: 'waiting', failure, not_before: now() + BigInt(error.after) })
        return
      }
      const failure = isRefusal(error)
        ? failureText(error.code, error.message)
        : failureText('WORKSPACE_EFFECT_FAILED', error instanceof Error ? error.message : String(error))
      const last = isRefusal(error) || effect.attempts >= BigInt(MOST_TRIES)
      if (!isRefusal(error)) parts.onBug(error, effect.id)
      await settle(
        effect.id,
        last
          ? { state: 'failed', failure }
          : { state: 'waiting', failure, not_before: now() + pauseAfter(effect.attempts) },
      )
      return
    }
    await settle(effect.id, { state: 'done', failure: null })
  }

  async function settle(
    id: Id,
    values: { state: 'waiting' | 'done' | 'failed'; failure: string | null; not_before?: bigint },
  ): Promise<void> {
    const done_at = values.state === 'waiting' ? null : now()
    await write(tx =>
      tx.db
        .updateTable('effects')
        .set({ ...values, done_at })
        .where('id', '=', id)
        .execute(),
    )
  }

  async function sleepUntilNext(): Promise<void> {
    const next = await store.read(workspace, reader =>
      reader.db
        .selectFrom('effects')
        .select('not_before')
        .where('state', '=', 'waiting')
        .where('kind', '=', kind)
        .orderBy('not_before')
        .limit(1)
        .executeTakeFirst(),
    )
    cancel()
    if (next && !closed) cancel = parts.timer.after(Math.max(1, Number(next.not_before - now())), wake)
  }

  return {
    wake,
    busy: () => running !== null,
    async idle() {
      while (running) await running
    },
    async close() {
      closed = true
      cancel()
      await running
    },
  }
}

/** Doubles from five seconds to an hour. */
function pauseAfter(attempts: bigint): bigint {
  return BigInt(Math.min(FIRST_PAUSE * 2 ** (Number(attempts) - 1), LONGEST_PAUSE))
}

function failureText(code: string, message: string): string {
  return canonicalJson({ code, message })
}
