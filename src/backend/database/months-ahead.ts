import type { Log } from '#core/create-core.ts'
import { makeMonthsAhead } from '#core/database/partitions.ts'
import type { Store } from '#core/database/store.ts'
import type { Timer } from '#core/runtime/timer.ts'

const DAY = 86_400_000

/**
 * Makes the partitions of the coming months now and once a day.
 * @returns what ends it
 */
export function keepMonthsAhead(store: Pick<Store, 'write'>, timer: Timer, log: Log): () => Promise<void> {
  let cancel = () => {}
  let working: Promise<void> = Promise.resolve()
  function make(): void {
    // Partitions are of no workspace.
    working = store
      .write('', 'job', tx => makeMonthsAhead(tx, BigInt(Date.now())))
      .catch(error => log('warn', 'the partitions of coming months were not made', { error }))
    cancel = timer.after(DAY, make)
  }
  make()
  return async () => {
    cancel()
    await working
  }
}
