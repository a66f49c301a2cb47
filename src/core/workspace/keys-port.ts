import type { KeySlot } from '#shared/contract/workspace/keys.ts'

/** Whether a lost secret of the database can still be made up for. */
export type KeyRecovery = 'none' | 'unconfirmed' | 'confirmed'

/**
 * The key slots of the workspace's database, kept by the host beside the database. Every change is on disk,
 * whole, before its promise resolves. Expected failures are refusals `KEYS_…`. No answer but that of
 * `makeRecoveryKey` holds a secret.
 */
export interface KeysPort {
  list(): Promise<readonly KeySlot[]>
  recovery(): Promise<KeyRecovery>
  /**
   * Makes a recovery slot in place of any before it, and gives the recovery key, which is stored nowhere.
   * The slot before it stays in force until the new one is on disk.
   */
  makeRecoveryKey(): Promise<{ readonly slot: KeySlot; readonly recoveryKey: string }>
  /** Throws `KEYS_RECOVERY_MALFORMED` or `KEYS_WRONG_SECRET` when it is not the recovery key. */
  confirmRecoveryKey(recoveryKey: string): Promise<KeySlot>
  addPassphrase(passphrase: string): Promise<KeySlot>
  /** Writes a new key file (mode 0600) where the handle of an export says, or at the host's own place. */
  addKeyFile(handle: string | undefined): Promise<KeySlot>
  /** Throws `KEYS_KEYCHAIN_FAILED` where there is none. */
  addKeychain(): Promise<KeySlot>
  /** Gives the removed slot. Throws `KEYS_NO_SUCH_SLOT` or `KEYS_LAST_SLOT`. */
  removeSlot(slotId: string): Promise<KeySlot>
}
