import type { Row } from '#core/database/schema.ts'
import type { Services } from '#core/features.ts'
import { handle, type ServiceCall, serve } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { KeySlot } from '#shared/contract/workspace/keys.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { KeysPort } from './keys-port.ts'

const leaf = contract.workspace.keys
type Change = 'added' | 'removed' | 'confirmed' | 'found'

function portOf(services: Services): KeysPort {
  if (!services.keys) throw refuse('WORKSPACE_KEYS_UNAVAILABLE', {})
  return services.keys
}

/** Puts a change into the log, which also keeps whether the recovery key is confirmed. */
async function note<I>(
  call: ServiceCall<I>,
  port: KeysPort,
  change: Change,
  slot: KeySlot,
): Promise<KeySlot> {
  const { id, kind, label, createdAt } = slot
  const recovery = await port.recovery()
  try {
    await call.runInternal(leaf.note, { change, slot: { id, kind, label, createdAt }, recovery })
  } catch (error) {
    // The log of a connected workspace is the server's, and the keys of this machine are not: the change
    // stands, and a recovery key that was just made must still be shown.
    if (!isRefusal(error) || error.code !== 'SYNC_AUTHORITY_ONLY') throw error
  }
  return slot
}

export const listKeys = (services: Services) =>
  serve(leaf.list, async () => {
    const port = portOf(services)
    return { slots: [...(await port.list())], recovery: await port.recovery() }
  })

export const makeRecoveryKey = (services: Services) =>
  serve(leaf.makeRecoveryKey, async call => {
    const port = portOf(services)
    const { slot, recoveryKey } = await port.makeRecoveryKey()
    await note(call, port, 'added', slot)
    return { slot, recoveryKey }
  })

export const confirmRecoveryKey = (services: Services) =>
  serve(leaf.confirmRecoveryKey, async call => {
    const port = portOf(services)
    return note(call, port, 'confirmed', await port.confirmRecoveryKey(call.input.recoveryKey))
  })

export const addPassphrase = (services: Services) =>
  serve(leaf.addPassphrase, async call => {
    const port = portOf(services)
    return note(call, port, 'added', await port.addPassphrase(call.input.passphrase))
  })

export const addKeyFile = (services: Services) =>
  serve(leaf.addKeyFile, async call => {
    const port = portOf(services)
    return note(call, port, 'added', await port.addKeyFile(call.input.handle))
  })

export const addKeychain = (services: Services) =>
  serve(leaf.addKeychain, async call => {
    const port = portOf(services)
    return note(call, port, 'added', await port.addKeychain())
  })

export const removeSlot = (services: Services) =>
  serve(leaf.removeSlot, async call => {
    const port = portOf(services)
    await note(call, port, 'removed', await port.removeSlot(call.input.slotId))
    return { slots: [...(await port.list())], recovery: await port.recovery() }
  })

/** The slots are beside the database; what is in it follows them. */
export const noteKeys = handle(leaf.note, async ({ tx, input, now }) => {
  const confirmed = input.recovery === 'confirmed'
  const state = tx.db.updateTable('workspace_state')
  if (confirmed)
    await state.set({ recovery_confirmed_at: now }).where('recovery_confirmed_at', 'is', null).execute()
  else await state.set({ recovery_confirmed_at: null }).execute()
  return {}
})

/**
 * What to note at a start: the slots were changed while the core was not there, by the command line or by a
 * crash between a change and its note. Null where the database says the same as the slots.
 */
export async function keysFound(
  port: KeysPort,
  state: Pick<Row<'workspace_state'>, 'authority' | 'recovery_confirmed_at'>,
) {
  const recovery = await port.recovery()
  const same = (recovery === 'confirmed') === (state.recovery_confirmed_at !== null)
  if (same || state.authority === 'connected') return null
  return { change: 'found' as const, slot: null, recovery }
}
