import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isRefusal, type Refusal, refuse } from '#shared/errors.ts'
import { createKeyRing, type KeyRing, listSlots, openKeyRing, type SlotInfo } from '../keys/key-ring.ts'
import type { KeyServices, NewSlot, UnlockSecret } from '../keys/slots.ts'
import type { WorkspacePaths } from './layout.ts'

/** How a host gets at the key of a workspace: from a file, a keychain or a person. */
export interface Unlocker {
  /**
   * Gives a secret for one of the slots. Asked again with the problem when that secret did not open it.
   * @throws to give up; what it throws is what `openWorkspace` throws
   */
  secret(slots: readonly SlotInfo[], problem?: Refusal): Promise<UnlockSecret>
  /** Gives the first slot of a workspace that does not exist yet, or throws when it is not to be made. */
  create(problem?: Refusal): Promise<NewSlot>
}

/** Failures of a secret, after which another one may do. */
const ASK_AGAIN = new Set([
  'KEYS_WRONG_SECRET',
  'KEYS_NO_SUCH_SLOT',
  'KEYS_KEY_FILE_EXPOSED',
  'KEYS_KEY_FILE_UNREADABLE',
  'KEYS_KEY_FILE_UNWRITABLE',
  'KEYS_RECOVERY_MALFORMED',
  'KEYS_KEYCHAIN_FAILED',
  'KEYS_PASSPHRASE_WEAK',
])

/** There from the moment that a workspace's key exists until its database does. */
const markerOf = (paths: WorkspacePaths) => `${paths.keys}.creating`

/**
 * Opens the key slots of a workspace, or makes them where there is none yet.
 * @throws Refusal `KEYS_FILE_*`, `WORKSPACE_DATABASE_MISSING`, and what the unlocker throws
 */
export async function unlockWorkspace(
  paths: WorkspacePaths,
  unlocker: Unlocker,
  services: KeyServices,
): Promise<KeyRing> {
  // An empty file is no database: SQLite would take it for a new one, and the loss would not show.
  const hasDatabase = (statSync(paths.database, { throwIfNoEntry: false })?.size ?? 0) > 0
  const isUnfinished = existsSync(markerOf(paths))
  if (!hasDatabase && !isUnfinished && existsSync(paths.keys))
    throw refuse(
      'WORKSPACE_DATABASE_MISSING',
      { database: paths.database },
      `The database ${paths.database} is gone or empty; its key slots are there. Restore a backup: quarterdeck restore`,
    )
  // Without a database nothing is lost by making the key of an unfinished workspace anew.
  if (!hasDatabase && isUnfinished)
    for (const path of [paths.keys, `${paths.keys}.bak`]) rmSync(path, { force: true })
  if (!hasDatabase)
    return persist(
      problem => unlocker.create(problem),
      async first => {
        writeFileSync(markerOf(paths), '', { mode: 0o600 })
        return createKeyRing(paths.keys, first, services)
      },
    )
  const slots = listSlots(paths.keys)
  return persist(
    problem => unlocker.secret(slots, problem),
    secret => openKeyRing(paths.keys, secret, services),
  )
}

/** The database is there: from now on its absence is a loss. */
export function finishCreation(paths: WorkspacePaths): void {
  rmSync(markerOf(paths), { force: true })
}

async function persist<Answer>(
  ask: (problem?: Refusal) => Promise<Answer>,
  attempt: (answer: Answer) => Promise<KeyRing>,
): Promise<KeyRing> {
  let problem: Refusal | undefined
  for (;;) {
    const answer = await ask(problem)
    try {
      return await attempt(answer)
    } catch (error) {
      if (!isRefusal(error) || !ASK_AGAIN.has(error.code)) throw error
      problem = error
    }
  }
}
