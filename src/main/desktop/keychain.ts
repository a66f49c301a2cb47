import type { SafeStorage } from 'electron'
import type { KeychainState } from '#shared/core-process-protocol.ts'
import type { Keychain } from '#shared/host-entries.ts'

type AsyncSafeStorage = Pick<
  SafeStorage,
  'decryptStringAsync' | 'encryptStringAsync' | 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable'
>

/**
 * The keychain of the operating system, by the asynchronous calls of `safeStorage`. On Linux without a
 * password manager Electron would encrypt with a key that is in its source: that protects nothing, so it is
 * refused here, and the person chooses a passphrase or a key file instead.
 */
export function keychainOf(safeStorage: AsyncSafeStorage, platform: string): Keychain {
  const state = async (): Promise<KeychainState> => {
    const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : platform
    if (backend === 'basic_text') return { available: false, reason: 'plain-text' }
    if (backend === 'unknown') return { available: false, reason: 'missing' }
    if (await safeStorage.isAsyncEncryptionAvailable()) return { available: true, backend }
    return { available: false, reason: 'locked' }
  }
  const requireAvailable = async (): Promise<void> => {
    const now = await state()
    if (!now.available) throw new Error(`The keychain is not available (${now.reason})`)
  }
  return {
    state,
    async wrap(key) {
      await requireAvailable()
      return new Uint8Array(await safeStorage.encryptStringAsync(toText(key)))
    },
    async unwrap(wrapped) {
      await requireAvailable()
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(wrapped))
      const key = new Uint8Array(Buffer.from(result, 'base64'))
      if (!shouldReEncrypt) return { key }
      return { key, rewrapped: new Uint8Array(await safeStorage.encryptStringAsync(result)) }
    },
  }
}

function toText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64')
}
