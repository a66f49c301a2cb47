import type { Reader } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { answer } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { judgeMonthEnd } from '#engines/billing/month-end/judge.ts'
import { isByHand, isCheckable } from '#engines/billing/month-end/steps.ts'
import { monthEnd as leaf } from '#shared/contract/billing/month-end.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { newestRun } from '../close/runs.ts'
import { monthEndFacts } from './facts.ts'
import { orderedSteps } from './own-steps.ts'

/** What is left before the books of a month can close. */
export const showMonthEnd = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, input: { period }, now }) => {
    const settings = await readSettings(reader, environment)
    const runs = {
      last: await newestRun(reader, period, {}),
      closed: await newestRun(reader, period, { dryRun: false, state: 'done' }),
      dry: await newestRun(reader, period, { dryRun: true, state: 'done' }),
    }
    const facts = await monthEndFacts(reader, { period, now, settings, runs })
    const checks = await reader.db
      .selectFrom('month_end_checks')
      .selectAll()
      .where('period', '=', period)
      .execute()
    const checked = new Map(checks.map(check => [check.step, check]))
    const own = await ownOf(reader, checked, facts.locked)
    const titles = new Map(own.map(({ id, title }) => [id, title]))
    const person = await namesOf(reader)
    const { steps, left } = judgeMonthEnd(
      facts,
      own,
      checks.map(({ step, seen }) => ({ step, seen: Number(seen) })),
    )
    return {
      ...{ period, ready: left === 0, locked: facts.locked, left, closeRunId: runs.closed?.id ?? null },
      steps: steps.map(({ parts, names, ...step }) => {
        const check = checked.get(step.step)
        return {
          ...{ ...step, parts: [...parts], names: [...names] },
          title: titles.get(step.step) ?? null,
          checkable: isCheckable(step.code),
          byHand: isByHand(step.code),
          check: check
            ? { by: person(check.by), at: check.at, note: check.note, seen: Number(check.seen) }
            : null,
        }
      }),
    }
  })

/** The workspace's own steps of a month: those in use, and what was checked off in it; once locked only the latter. */
async function ownOf(reader: Reader, checked: ReadonlyMap<string, unknown>, locked: boolean) {
  const steps = await orderedSteps(reader)
  return steps.filter(step => checked.has(step.id) || (!locked && step.active !== 0n))
}
