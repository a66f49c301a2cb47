import type { contract } from '#shared/contract/index.ts'
import type { OutputOf } from '../core/hooks.ts'

export type SyncStatus = OutputOf<typeof contract.sync.status>

/**
 * How a connected workspace stands with its server: `ok` only when the last answer was one, `warning` while it is
 * tried again by itself, `critical` when somebody has to do something first.
 */
export function syncTone(
  status: Pick<SyncStatus, 'failure' | 'offlineSince' | 'lastSyncAt'>,
): 'ok' | 'warning' | 'critical' | 'running' {
  if (status.failure !== null && FOR_A_PERSON.has(status.failure.code)) return 'critical'
  if (status.failure !== null || status.offlineSince !== null) return 'warning'
  return status.lastSyncAt === null ? 'running' : 'ok'
}

/** Failures that do not pass by themselves. */
const FOR_A_PERSON: ReadonlySet<string> = new Set([
  'ACCESS_DEVICE_REVOKED',
  'SYNC_DEVICE_NEEDED',
  'SYNC_DESK_TOO_OLD',
  'SYNC_SERVER_TOO_OLD',
  'SYNC_TLS',
])
