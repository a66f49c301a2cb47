import { WrongKey } from '#core/database/sqlite-connection.ts'
import { refuse } from '#shared/errors.ts'
import type { KeyRing } from '../keys/key-ring.ts'

/**
 * Finds out which key the database has: the one in force, or the one that an interrupted change of key was
 * changing to; and ends that change.
 * @param opens opens the database with a key for a moment; throws WrongKey when it is not the one
 * @throws Refusal `KEYS_WRONG_DATABASE_KEY`; the database is untouched
 */
export async function settleDatabaseKey(
  ring: KeyRing,
  database: string,
  opens: (key: Uint8Array) => void,
): Promise<void> {
  const isKey = (key: Uint8Array): boolean => {
    try {
      opens(key)
      return true
    } catch (error) {
      if (error instanceof WrongKey) return false
      throw error
    }
  }
  if (isKey(ring.key)) return ring.settleRekey('current')
  if (ring.next && isKey(ring.next)) return ring.settleRekey('next')
  throw refuse(
    'KEYS_WRONG_DATABASE_KEY',
    { database },
    `The key slots open, but ${database} has another key or is damaged. Nothing was changed. ` +
      'Restore a backup, or put the slot file that belongs to this database beside it.',
  )
}
