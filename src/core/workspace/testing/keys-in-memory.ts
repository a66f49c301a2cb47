import type { KeySlot } from '#shared/contract/workspace/keys.ts'
import { refuse } from '#shared/errors.ts'
import type { KeysPort } from '../keys-port.ts'

/** The recovery key that `keysInMemory` makes, every time. */
export const RECOVERY_KEY = 'ABCDE-FGHIJ'

/** Key slots in memory, with the rules of the real ones that the core relies on. */
export function keysInMemory(): KeysPort & { slots: KeySlot[] } {
  const slots: KeySlot[] = []
  let count = 0
  const add = (kind: KeySlot['kind'], label: string) => {
    const id = `00000000-0000-7000-9000-${String(++count).padStart(12, '0')}`
    const slot = { id, kind, label, createdAt: '2026-11-21T09:00:00Z', confirmedAt: null }
    slots.push(slot)
    return slot
  }
  add('key-file', '/keys/default.key')
  return {
    slots,
    list: async () => slots,
    async recovery() {
      const recovery = slots.filter(slot => slot.kind === 'recovery')
      if (recovery.length === 0) return 'none'
      return recovery.some(slot => slot.confirmedAt !== null) ? 'confirmed' : 'unconfirmed'
    },
    async makeRecoveryKey() {
      const before = slots.findIndex(slot => slot.kind === 'recovery')
      if (before >= 0) slots.splice(before, 1)
      return { slot: add('recovery', 'recovery key'), recoveryKey: RECOVERY_KEY }
    },
    async confirmRecoveryKey(recoveryKey) {
      const at = slots.findIndex(slot => slot.kind === 'recovery')
      if (recoveryKey !== RECOVERY_KEY || at < 0) throw refuse('KEYS_WRONG_SECRET', { kind: 'recovery' })
      slots[at] = { ...slots[at]!, confirmedAt: '2026-11-21T09:00:00Z' }
      return slots[at]!
    },
    addPassphrase: async () => add('passphrase', 'passphrase'),
    addKeyFile: async handle => add('key-file', handle ?? '/keys/other.key'),
    addKeychain: async () => {
      throw refuse('KEYS_KEYCHAIN_FAILED', { reason: 'missing' })
    },
    async removeSlot(slotId) {
      const [slot] = slots.splice(
        slots.findIndex(one => one.id === slotId),
        1,
      )
      return slot!
    },
  }
}
