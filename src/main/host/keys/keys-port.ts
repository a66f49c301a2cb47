import { existsSync } from 'node:fs'
import type { KeysPort } from '#core/workspace/keys-port.ts'
import type { StagedFiles } from '#serving/files/staged-files.ts'
import type { KeySlot } from '#shared/contract/workspace/keys.ts'
import type { KeyRing, SlotInfo } from './key-ring.ts'

/** The key slots as the core asks for them. `ownKeyFile` says where a key file goes when nobody says where. */
export function keysPort(ring: KeyRing, files: StagedFiles, ownKeyFile: string): KeysPort {
  const shown = ({
    id,
    kind,
    label,
    createdAt,
    confirmedAt = null,
  }: Omit<SlotInfo, 'confirmedAt'> & { confirmedAt?: string | null }): KeySlot => ({
    id,
    kind,
    label,
    createdAt,
    confirmedAt,
  })
  return {
    list: async () => ring.list().map(shown),
    recovery: async () => ring.recovery(),
    async makeRecoveryKey() {
      const before = ring.list().filter(slot => slot.kind === 'recovery')
      const { slot, recoveryKey } = await ring.add({ kind: 'recovery' })
      for (const old of before) await ring.remove(old.id)
      return { slot: shown(slot), recoveryKey: recoveryKey! }
    },
    confirmRecoveryKey: async recoveryKey => shown(await ring.confirmRecovery(recoveryKey)),
    addPassphrase: async passphrase => shown((await ring.add({ kind: 'passphrase', passphrase })).slot),
    async addKeyFile(handle) {
      const path = handle === undefined ? freePath(ownKeyFile) : files.find(handle, 'write').path
      return shown((await ring.add({ kind: 'key-file', path })).slot)
    },
    addKeychain: async () => shown((await ring.add({ kind: 'keychain' })).slot),
    removeSlot: async id => shown(await ring.remove(id)),
  }
}

/** A new key file never takes the place of another. */
function freePath(path: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : path.replace(/\.key$/, `-${number}.key`)
    if (!existsSync(candidate)) return candidate
  }
}
