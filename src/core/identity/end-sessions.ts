import type { Tx } from '#core/database/store.ts'
import type { Id } from '#shared/ids.ts'

/** How the command log names a browser's session: the `device` of its calls. */
export function webDevice(session: Id): string {
  return `web:${session}`
}

interface Which {
  /** All sessions of this person, or of this device. */
  readonly person?: Id
  readonly device?: Id
  /** The `device` of the session that stays: the one in which this was asked for. */
  readonly except?: string
  readonly by: Id | null
  readonly at: bigint
}

/** Ends sessions: their next request is refused. */
export async function endSessions(tx: Tx, { person, device, except, by, at }: Which): Promise<void> {
  let query = tx.db.updateTable('sessions').set({ ended_at: at, ended_by: by }).where('ended_at', 'is', null)
  if (person !== undefined) query = query.where('person_id', '=', person)
  if (device !== undefined) query = query.where('device_id', '=', device)
  if (except?.startsWith('web:')) query = query.where('id', '!=', except.slice('web:'.length))
  await query.execute()
}
