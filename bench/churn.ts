/**
 * Recurring revenue of 10,000 customers over 24 months: by steps, which are computed where something changes, beside
 * the same sums computed anew at both ends of each month, in the same process over the same lives; the two have to come
 * to the same. `npm run bench -- churn`
 */
import { loadavg } from 'node:os'
import { addMoves, type MrrMoves, movesOf } from '#engines/billing/churn.ts'
import type { PlanPrice } from '#engines/billing/model.ts'
import { recurringAt } from '#engines/billing/mrr.ts'
import { mrrSteps, recurredBefore, stepAt } from '#engines/billing/mrr-steps.ts'
import { milliseconds, percentile, record } from './results.ts'

const CUSTOMERS = 10_000
const MONTHS = 24
const RUNS = 5
/** A page that is opened answers within this, also where nothing is kept yet. */
const MUST = 500
const DAY = 86_400_000n
const BEGIN = BigInt(Date.UTC(2024, 10, 1))

type Life = Parameters<typeof recurringAt>[0]

const price = (plan: string, key: string, amount: string) =>
  ({
    ...{ planVersionId: plan, metric: null },
    price: { id: `${plan}/${key}`, key, charge: { model: 'flat', amount } },
  }) as unknown as PlanPrice
const PRICES = ['29', '99', '499'].flatMap((amount, index) => [
  price(`plan-${index}`, 'base', amount),
  price(`plan-${index}`, 'seats', `${index + 1}.50`),
])

/** Numbers that are the same at each run. */
function numbers(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % below
  }
}

/** A subscription: a trial, then one to four phases on plans of their own, of which the last may end. */
function life(random: (below: number) => number): Life {
  let at = BEGIN + BigInt(random(MONTHS * 30)) * DAY
  const began = at
  const next = (days: number) => {
    const from = at
    at += BigInt(days) * DAY
    return { from, to: at as bigint | null }
  }
  const phases = [{ id: 't', planVersionId: 'plan-0', quantity: 1n, kind: 'trial', ...next(14) }]
  const count = 1 + random(4)
  for (let index = 0; index < count; index++)
    phases.push({
      ...{ id: `${index}`, planVersionId: `plan-${random(3)}`, quantity: BigInt(1 + random(20)) },
      ...{ kind: 'active', ...next(20 + random(200)) },
    })
  if (random(3) > 0) phases.at(-1)!.to = null
  const cadences = [{ ordinal: 0, interval: 'month', alignment: 'calendar', anchorAt: began, from: began }]
  return { phases, cadences, addOns: [] } as never as Life
}

const random = numbers(7)
const lives = Array.from({ length: CUSTOMERS }, () => life(random))
const months = Array.from({ length: MONTHS }, (_, index) => ({
  from: BigInt(Date.UTC(2024, 10 + index, 1)),
  to: BigInt(Date.UTC(2024, 11 + index, 1)),
}))

function bySteps(): MrrMoves[] {
  const all = lives.map(one => mrrSteps(one, PRICES, 'EUR'))
  return months.map(({ from, to }) =>
    addMoves(
      all.map(steps =>
        movesOf({
          ...{ start: stepAt(steps, from - 1n), end: stepAt(steps, to - 1n) },
          before: recurredBefore(steps, from),
        }),
      ),
    ),
  )
}

function anew(): MrrMoves[] {
  const mrr = (one: Life, at: bigint) => recurringAt(one, PRICES, 'EUR', at).monthly
  return months.map(({ from, to }) =>
    addMoves(
      lives.map(one =>
        movesOf({
          ...{ start: mrr(one, from - 1n), end: mrr(one, to - 1n) },
          before: one.phases.some(
            phase => phase.kind === 'active' && phase.from < from && mrr(one, phase.from) > 0n,
          ),
        }),
      ),
    ),
  )
}

function timed(work: () => MrrMoves[]): { took: number; moves: MrrMoves[] } {
  const since = performance.now()
  const moves = work()
  return { took: performance.now() - since, moves }
}

const load = loadavg()[0]!
const steps: number[] = []
const naive: number[] = []
for (let run = 0; run < RUNS; run++) {
  const [one, other] = [timed(bySteps), timed(anew)]
  const text = (moves: MrrMoves[]) => moves.map(month => Object.values(month).join(' ')).join('\n')
  if (text(one.moves) !== text(other.moves)) throw new Error('the two do not come to the same')
  steps.push(one.took)
  naive.push(other.took)
}
const [worst, median, other] = [percentile(steps, 1), percentile(steps, 0.5), percentile(naive, 0.5)]
record('Recurring revenue', `${CUSTOMERS} customers × ${MONTHS} months. Load before: ${load.toFixed(1)}.`, [
  {
    what: 'all moves, by steps, with nothing kept',
    measured: `${milliseconds(median)} median, ${milliseconds(worst)} worst of ${RUNS}`,
    budget: `< ${MUST} ms`,
    met: worst < MUST,
  },
  {
    what: 'the same, computed anew at both ends of each month',
    measured: `${milliseconds(other)} median: ${(other / median).toFixed(1)} times as long`,
    budget: 'longer',
    met: median < other,
  },
])
console.log({ steps, naive })
