import type { Tx } from '#core/database/store.ts'
import { askEffects } from '#core/effects/ask-effect.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import type { Telling } from './notify.ts'

/**
 * For telling somebody in a transaction of the authority that belongs to no command: the end of a job, a mail that
 * came back. The caller takes a version of the feed first.
 * @param of what the ids of its rows derive from, so that a repeat makes the same
 */
export function tellingOutside(tx: Tx, of: Id, now: bigint): Telling {
  let ordinal = 0
  const ids = { next: () => idFromCommand(of, ordinal++) }
  return {
    ...{ tx, now, ids, actor: null },
    async effect(kind, payload) {
      const id = ids.next()
      await askEffects(tx, [{ id, kind, payload }], now)
      return id
    },
  }
}
