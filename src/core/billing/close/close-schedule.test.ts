import { describe, expect, it } from 'vitest'
import type { ScheduleCall, ScheduleLook } from '#core/workspace/schedules/schedule-kind.ts'
import { refuse } from '#shared/errors.ts'
import { closeSchedule } from './close-schedule.ts'

const NOW = 5_000_000n
const RUN = '00000000-0000-7000-8000-000000000001'

/** A run planned for a moment; `command` stands for the start of the close. */
function run(command: (input: unknown) => unknown, plannedAt = '2026-11-02T03:00:00Z', zone = 'UTC') {
  const call = {
    ...{ input: { dryRun: false }, scheduleId: RUN, runId: RUN, zone, now: () => NOW },
    plannedAt: BigInt(Date.parse(plannedAt)),
    signal: new AbortController().signal,
    command: async (_: unknown, input: unknown) => command(input),
  }
  return closeSchedule.run(call as unknown as ScheduleCall<unknown>)
}
const failing = (error: unknown) =>
  run(() => {
    throw error
  })
const look = (state: string, report: unknown) =>
  closeSchedule.look!(RUN, {
    query: async () => ({ state, period: '2026-10', dryRun: true, report }),
  } as unknown as ScheduleLook)

describe('a planned close', () => {
  it('closes the month before the planned time, as the zone has it', async () => {
    const asked: unknown[] = []
    const note = (input: unknown) => {
      asked.push(input)
      return { runId: RUN }
    }
    expect(await run(note)).toEqual({ over: false, reference: RUN })
    await run(note, '2026-11-01T03:00:00Z', 'America/Los_Angeles')
    await run(note, '2027-01-01T00:00:00Z')
    expect(asked).toEqual(['2026-10', '2026-09', '2026-12'].map(period => ({ period, dryRun: false })))
  })

  it('waits until the month is over for the last customer', async () => {
    const data = { period: '2026-10', overAt: 9_000_000n }
    await expect(failing(refuse('BILLING_PERIOD_OPEN', data))).rejects.toMatchObject({
      ...{ name: 'TryAgainAt', at: 9_000_000n, reason: { code: 'BILLING_PERIOD_OPEN', data } },
    })
  })

  it('waits a minute for another close', async () => {
    await expect(failing(refuse('BILLING_CLOSE_RUNNING', {}))).rejects.toMatchObject({
      ...{ name: 'TryAgainAt', at: NOW + 60_000n, reason: { code: 'BILLING_CLOSE_RUNNING' } },
    })
  })

  it('fails of everything else as it is', async () => {
    const refusal = refuse('WORKSPACE_FORBIDDEN', {})
    await expect(failing(refusal)).rejects.toBe(refusal)
    const fault = new Error('disk')
    await expect(failing(fault)).rejects.toBe(fault)
  })

  it('is over with its figures, goes on while it runs, and fails with the month', async () => {
    const report = { drafts: 3, extended: 1, lines: 9, problemCount: 2, customers: 4 }
    expect(await look('running', null)).toEqual({ over: false, reference: RUN })
    expect(await look('done', report)).toEqual({
      over: true,
      summary: {
        ...{ period: '2026-10', dryRun: true, drafts: 3, extended: 1, lines: 9, problems: 2, runId: RUN },
      },
    })
    for (const [state, some] of [
      ['failed', report],
      ['done', null],
    ] as const)
      await expect(look(state, some)).rejects.toMatchObject({
        ...{ code: 'BILLING_CLOSE_FAILED', data: { period: '2026-10' } },
      })
  })
})
