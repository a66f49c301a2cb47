import type { Store } from '#core/database/store.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { createEffectRunner } from '#core/effects/effect-runner.ts'
import type { Id } from '#shared/ids.ts'
import { type CheckpointFacts, createCheckpoints } from './checkpoints.ts'
import { createHousekeeper } from './housekeeper.ts'
import type { ThreadDatabase, Threads } from './threads.ts'
import type { Timer } from './timer.ts'

export interface BackgroundParts {
  readonly store: Store
  readonly workspace: Id
  readonly timer: Timer
  readonly now: () => bigint
  readonly carriers: readonly EffectCarrier[]
  readonly threads: { readonly start: Threads['start']; readonly database: ThreadDatabase } | null
  /** Whether there is anything to forget, and forgetting some of it; says whether there is more. */
  readonly housekeeping: { due(): Promise<boolean>; run(): Promise<boolean> }
  readonly changed: (tables: ReadonlySet<string>) => void
  readonly onBug: (where: string, error: unknown, reference: string) => void
}

/** What the core does without being asked: checkpoints, effects, housekeeping. */
export interface Background {
  /** Something was written to the database. */
  written(): void
  /** A commit touched the table of effects. */
  effectsChanged(): void
  /** Waits until no effect that is due is left. */
  idle(): Promise<void>
  checkpoints(): CheckpointFacts | null
  start(): void
  close(): Promise<void>
}

export function createBackground(parts: BackgroundParts): Background {
  const { timer, now, threads } = parts
  const checkpoints = threads
    ? createCheckpoints({
        start: threads.start,
        data: { role: 'checkpoint', database: threads.database },
        timer,
        now,
        onBug: error => parts.onBug('checkpoint', error, ''),
      })
    : null
  const effects = createEffectRunner({
    ...parts,
    onBug: (error, effectId) => parts.onBug('effect', error, effectId),
  })
  const housekeeper = createHousekeeper({
    ...parts.housekeeping,
    timer,
    onBug: error => parts.onBug('housekeeping', error, ''),
  })
  return {
    written: () => checkpoints?.written(),
    effectsChanged: effects.wake,
    idle: effects.idle,
    checkpoints: () => checkpoints?.facts() ?? null,
    start() {
      effects.wake()
      housekeeper.start()
    },
    async close() {
      await housekeeper.close()
      await effects.close()
      checkpoints?.close()
    },
  }
}
