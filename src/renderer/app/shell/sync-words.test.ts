import { describe, expect, it } from 'vitest'
import { syncTone } from './sync-words.ts'

const online = { failure: null, offlineSince: null, lastSyncAt: 1n }
const failing = (code: string) => ({ ...online, failure: { code, data: {} } })

describe('syncTone', () => {
  it('is never ok while answers fail, or before the first one', () => {
    expect(syncTone(online)).toBe('ok')
    expect(syncTone({ ...online, lastSyncAt: null })).toBe('running')
    expect(syncTone({ ...online, offlineSince: 5n })).toBe('warning')
    expect(syncTone(failing('SYNC_NOT_OURS'))).toBe('warning')
    expect(syncTone({ ...failing('SYNC_OFFLINE'), lastSyncAt: null })).toBe('warning')
  })

  it('asks for somebody where it does not pass by itself', () => {
    for (const code of ['ACCESS_DEVICE_REVOKED', 'SYNC_DESK_TOO_OLD', 'SYNC_TLS'])
      expect(syncTone(failing(code))).toBe('critical')
  })
})
