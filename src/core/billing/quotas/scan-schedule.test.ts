import { describe, expect, it } from 'vitest'
import type { ScheduleCall, ScheduleLook } from '#core/workspace/schedules/schedule-kind.ts'
import { refuse } from '#shared/errors.ts'
import { NIGHTLY_SCAN, scanSchedule } from './scan-schedule.ts'

const NOW = 5_000_000n
const SCAN = '00000000-0000-7000-8000-000000000001'

const run = (command: () => unknown) =>
  scanSchedule.run({
    ...{ input: { dryRun: true }, now: () => NOW, command: async () => command() },
  } as unknown as ScheduleCall<unknown>)
const failing = (error: unknown) =>
  run(() => {
    throw error
  })
const look = (state: string, report: unknown) =>
  scanSchedule.look!(SCAN, {
    query: async () => ({ state, dryRun: false, report }),
  } as unknown as ScheduleLook)

describe('a planned scan', () => {
  it('is at 02:00 UTC, whatever the zone of the workspace', () => {
    const { next } = scanSchedule.due(NIGHTLY_SCAN)
    expect(next(BigInt(Date.UTC(2026, 10, 21, 1, 59)))).toBe(BigInt(Date.UTC(2026, 10, 21, 2)))
    expect(next(BigInt(Date.UTC(2026, 10, 21, 2)))).toBe(BigInt(Date.UTC(2026, 10, 22, 2)))
  })

  it('begins a scan, and waits a minute for another one', async () => {
    expect(await run(() => ({ scanId: SCAN }))).toEqual({ over: false, reference: SCAN })
    await expect(failing(refuse('BILLING_SCAN_RUNNING', { scanId: SCAN }))).rejects.toMatchObject({
      ...{ name: 'TryAgainAt', at: NOW + 60_000n },
    })
    const refusal = refuse('WORKSPACE_FORBIDDEN', {})
    await expect(failing(refusal)).rejects.toBe(refusal)
    const fault = new Error('disk')
    await expect(failing(fault)).rejects.toBe(fault)
  })

  it('is over with its counts, or fails', async () => {
    const counts = { customers: 9, quotas: 8, warnings: 7, breaches: 6, fresh: 5, tasks: 4 }
    expect(await look('running', null)).toEqual({ over: false, reference: SCAN })
    expect(await look('done', { ...counts, wouldTell: [] })).toEqual({
      ...{ over: true, summary: { ...counts, dryRun: false, scanId: SCAN } },
    })
    await expect(look('failed', null)).rejects.toMatchObject({ code: 'BILLING_SCAN_FAILED' })
  })
})
