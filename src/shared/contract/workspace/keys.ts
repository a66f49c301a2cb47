import { z } from 'zod'
import { command, service, Uuid } from '../define.ts'
import { RecoveryState } from './setup.ts'

const Secret = z.string().min(1).max(1000)
export const KeySlotKind = z.enum(['keychain', 'passphrase', 'key-file', 'recovery'])

/** A way to open the database, without its secret. */
export const KeySlot = z.object({
  id: Uuid,
  kind: KeySlotKind,
  label: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** For a recovery key: when a person proved that they have it. */
  confirmedAt: z.string().nullable(),
})
export type KeySlot = z.infer<typeof KeySlot>

const Slots = z.object({ slots: z.array(KeySlot), recovery: RecoveryState })
const facts = z.looseObject({})

/** How every change of keys can fail; the data is for the log, the code says what to do. */
const failures = {
  /** This host has no key slots: the database is not encrypted by us (a backend). */
  WORKSPACE_KEYS_UNAVAILABLE: { data: z.object({}) },
  KEYS_NO_SUCH_SLOT: { data: facts },
  KEYS_LAST_SLOT: { data: facts },
  KEYS_WRONG_SECRET: { data: facts },
  KEYS_RECOVERY_MALFORMED: { data: facts },
  KEYS_PASSPHRASE_WEAK: { data: facts },
  KEYS_KEYCHAIN_FAILED: { data: facts },
  KEYS_KEY_FILE_MISSING: { data: facts },
  KEYS_KEY_FILE_UNREADABLE: { data: facts },
}

export const keys = {
  list: service('workspace.keys.list', { roles: ['admin'], hostOnly: true })
    .input(z.object({}))
    .output(Slots)
    .errors(failures),
  /** Makes a recovery key, replacing one before it. It is in this answer and nowhere else, ever. */
  makeRecoveryKey: service('workspace.keys.makeRecoveryKey', { roles: ['admin'], hostOnly: true })
    .input(z.object({}))
    .output(z.object({ recoveryKey: z.string(), slot: KeySlot }))
    .errors(failures),
  /** The person types the recovery key again, which proves that they wrote it down. */
  confirmRecoveryKey: service('workspace.keys.confirmRecoveryKey', {
    roles: ['admin'],
    secret: ['recoveryKey'],
    hostOnly: true,
  })
    .input(z.object({ recoveryKey: Secret }))
    .output(KeySlot)
    .errors(failures),
  addPassphrase: service('workspace.keys.addPassphrase', {
    roles: ['admin'],
    secret: ['passphrase'],
    hostOnly: true,
  })
    .input(z.object({ passphrase: Secret }))
    .output(KeySlot)
    .errors(failures),
  /** Writes a new key file: where the handle of an export says, or at the host's own place. */
  addKeyFile: service('workspace.keys.addKeyFile', { roles: ['admin'], hostOnly: true })
    .input(z.object({ handle: z.string().max(200).optional() }))
    .output(KeySlot)
    .errors(failures),
  addKeychain: service('workspace.keys.addKeychain', { roles: ['admin'], hostOnly: true })
    .input(z.object({}))
    .output(KeySlot)
    .errors(failures),
  removeSlot: service('workspace.keys.removeSlot', { roles: ['admin'], hostOnly: true })
    .input(z.object({ slotId: Uuid }))
    .output(Slots)
    .errors(failures),
  /** Puts a change of keys into the log, without any secret. */
  note: command('workspace.keys.note', { roles: [], internal: true, local: true })
    .input(
      z.object({
        change: z.enum(['added', 'removed', 'confirmed', 'found']),
        slot: KeySlot.omit({ confirmedAt: true }).nullable(),
        recovery: RecoveryState,
      }),
    )
    .output(z.object({})),
}
