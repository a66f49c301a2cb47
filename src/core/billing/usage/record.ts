import type { Tx } from '#core/database/store.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import { handle } from '#core/runtime/handlers.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { refuse } from '#shared/errors.ts'
import {
  type CheckedEvent,
  type CheckProblem,
  checkEvent,
  customerIds,
  type GivenEvent,
  metricFacts,
  type SeriesOf,
  seriesKey,
  seriesNumbers,
} from './resolve.ts'
import { type Measured, type Stored, storeEvents, type UsageWatch } from './store-events.ts'

export interface Recorded extends Stored {
  /** Events that cannot be taken, by place; the others are stored all the same. */
  readonly problems: ReadonlyMap<number, CheckProblem>
  /** Of the results of the store: the place that each event had among those given. */
  readonly places: readonly number[]
}

/**
 * Checks events and stores those that can be taken, in the transaction of the caller. Used by the command, the
 * demo and the bench; a file's events come in through the import job, which checks them in its own thread.
 * @param batch number of the import that they belong to; 0 for none
 * @param deferred roll-ups are kept aside for `mergePending`
 */
export async function recordEvents(
  tx: Tx,
  given: readonly GivenEvent[],
  now: bigint,
  batch = 0n,
  watch?: UsageWatch,
  deferred = false,
): Promise<Recorded> {
  const customers = await customerIds(tx, new Set(given.map(event => event.customer)))
  const metrics = await metricFacts(tx)
  const problems = new Map<number, CheckProblem>()
  const checked: CheckedEvent[] = []
  const places: number[] = []
  for (const [place, event] of given.entries()) {
    const one = checkEvent(event, customers, metrics, now)
    if ('problem' in one) problems.set(place, one.problem)
    else {
      checked.push(one)
      places.push(place)
    }
  }
  if (checked.length === 0) return { ...NOTHING, problems, places }
  const { events, latest } = await columnsOf(tx, checked)
  const outcome = await storeEvents(tx, events, series => latest.has(series), batch, {
    watched: watch !== undefined,
    deferred,
  })
  watch?.measured(tx.touched.changed, measuredOf(checked, outcome))
  return { ...outcome, problems, places }
}

function measuredOf(checked: readonly CheckedEvent[], { duplicates, conflicts }: Stored): Measured[] {
  const left = new Set([...duplicates, ...conflicts])
  return checked.flatMap(({ customerId, metric, at, units }, i) =>
    left.has(i) ? [] : [{ customerId, metricId: metric.id, aggregation: metric.aggregation, at, units }],
  )
}

const NOTHING: Stored = { stored: 0, duplicates: [], conflicts: [], late: [] }

/** Checked events as columns, with the numbers of their series. */
async function columnsOf(
  tx: Tx,
  checked: readonly CheckedEvent[],
): Promise<{ events: EventColumns; latest: ReadonlySet<bigint> }> {
  const wanted = new Map<string, SeriesOf>()
  const keys = checked.map(({ customerId, metric, groups }) => {
    const series = { customerId, metricId: metric.id, groups }
    const key = seriesKey(series)
    wanted.set(key, series)
    return key
  })
  const numbers = await seriesNumbers(tx, [...wanted.values()])
  const byKey = new Map([...wanted.keys()].map((key, i) => [key, numbers[i] as bigint]))
  const series = keys.map(key => byKey.get(key) as bigint)
  const events: EventColumns = {
    ids: checked.map(event => event.id),
    series: BigInt64Array.from(series),
    quantities: BigInt64Array.from(checked, event => event.units),
    at: BigInt64Array.from(checked, event => event.at),
    properties: checked.map(event => event.properties),
  }
  return { events, latest: new Set(series.filter((_, i) => checked[i]?.metric.aggregation === 'latest')) }
}

/** Events by the API of the core: all of them or none. */
export function recordUsage(watch: UsageWatch) {
  return handle(contract.record, async ({ tx, input, now }) => {
    const { stored, duplicates, conflicts, late, problems, places } = await recordEvents(
      tx,
      input.events,
      now,
      0n,
      watch,
    )
    const refused = [
      ...[...problems].map(([place, problem]) => ({ place, problem })),
      ...conflicts.map(i => ({ place: places[i] as number, problem: 'conflict' as const })),
    ].sort((a, b) => a.place - b.place)
    if (refused.length > 0) {
      const events = refused.map(({ place, problem }) => ({
        id: input.events[place]?.id ?? '',
        // The contract lets only decimals through: one that cannot be read is too long.
        problem: problem === 'quantity-malformed' ? ('range' as const) : problem,
      }))
      throw refuse('BILLING_USAGE_REFUSED', { events })
    }
    return { stored, duplicates: duplicates.length, late: late.length }
  })
}
