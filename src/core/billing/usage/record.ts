import { reading, type Tx } from '#core/database/store.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import { type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { USUAL_RULES } from '#engines/billing/usage-event.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { refuse } from '#shared/errors.ts'
import type { EntitlementCache } from '../entitlements/entitlement-cache.ts'
import { keepingsOf } from './keeping.ts'
import { hardLimitOf, type LimitedEvent, type LimitFacts, type OverLimit, overLimits } from './limits.ts'
import {
  type CheckedEvent,
  type CheckProblem,
  checkEvent,
  type GivenEvent,
  instantRules,
  type MetricFacts,
  type SeriesOf,
  type Surroundings,
  seriesKey,
  seriesNumbers,
  surroundingsOf,
} from './resolve.ts'
import { type Measured, type Stored, storeEvents, type UsageWatch } from './store-events.ts'

export interface Recorded extends Stored {
  /** Events that cannot be taken, by place; the others are stored all the same. */
  readonly problems: ReadonlyMap<number, CheckProblem>
  /** Of the results of the store: the place that each event had among those given. */
  readonly places: readonly number[]
  /** Events that were stored. */
  readonly fresh: readonly FreshEvent[]
}

/** An event that was stored, with its place among those given. */
export interface FreshEvent extends LimitedEvent {
  readonly customerId: string
  readonly metric: MetricFacts
}

export interface RecordOptions {
  /** Number of the import that they belong to; 0 for none. */
  readonly batch?: bigint
  readonly watch?: UsageWatch
  /** Roll-ups are kept aside for `mergePending`. */
  readonly deferred?: boolean
  /** What was read around these events in this transaction; read here, with the usual rules, where it was not. */
  readonly around?: Surroundings
}

/**
 * Checks events and stores those that can be taken, in the transaction of the caller. Used by the command, the
 * demo and the bench; a file's events come in through the import job, which checks them in its own thread.
 */
export async function recordEvents(
  tx: Tx,
  given: readonly GivenEvent[],
  now: bigint,
  { batch = 0n, watch, deferred = false, around }: RecordOptions = {},
): Promise<Recorded> {
  const { customers, metrics, rules, series } = around ?? (await surroundingsOf(tx, given, USUAL_RULES))
  const problems = new Map<number, CheckProblem>()
  const checked: CheckedEvent[] = []
  const places: number[] = []
  for (const [place, event] of given.entries()) {
    const one = checkEvent(event, customers, metrics, now, rules)
    if ('problem' in one) problems.set(place, one.problem)
    else {
      checked.push(one)
      places.push(place)
    }
  }
  if (checked.length === 0) return { ...NOTHING, problems, places, fresh: [] }
  const events = await columnsOf(tx, checked, series)
  const outcome = await storeEvents(tx, events, keepingsOf(events.series, checked), batch, {
    watched: watch !== undefined,
    deferred,
  })
  const left = new Set([...outcome.duplicates, ...outcome.conflicts])
  const fresh = checked.flatMap(({ customerId, metric, at, units }, i) =>
    left.has(i) ? [] : [{ place: places[i] as number, customerId, metric, at, units }],
  )
  watch?.measured(tx.touched.changed, fresh.map(measuredOf))
  return { ...outcome, problems, places, fresh }
}

function measuredOf({ customerId, metric, at, units }: FreshEvent): Measured {
  const { id: metricId, aggregation, addsUp } = metric
  return { customerId, metricId, aggregation, addsUp, at, units }
}

/** Which of the events that were stored lead over a hard limit of their customer's present period, by place. */
async function refusedBy(
  tx: Tx,
  fresh: readonly FreshEvent[],
  cache: Pick<EntitlementCache, 'allowances'>,
  now: bigint,
): Promise<Map<number, OverLimit>> {
  const limited: { limit: LimitFacts; events: FreshEvent[] }[] = []
  for (const [customerId, own] of Map.groupBy(fresh, event => event.customerId)) {
    const terms = await cache.allowances(tx, customerId, now)
    for (const events of Map.groupBy(own, event => event.metric.id).values()) {
      const limit = hardLimitOf(customerId, events[0]!.metric, terms)
      const within = limit ? events.filter(({ at }) => at >= limit.from && at < limit.to) : []
      if (limit && within.length > 0) limited.push({ limit, events: within })
    }
  }
  return overLimits(tx, limited)
}

const NOTHING: Stored = { stored: 0, duplicates: [], conflicts: [], late: [] }

/** Checked events as columns, with the numbers of their series. */
async function columnsOf(
  tx: Tx,
  checked: readonly CheckedEvent[],
  known: ReadonlyMap<string, bigint>,
): Promise<EventColumns> {
  const wanted = new Map<string, SeriesOf>()
  const keys = checked.map(({ customerId, metric, groups }) => {
    const series = { customerId, metricId: metric.id, groups }
    const key = seriesKey(series)
    wanted.set(key, series)
    return key
  })
  const numbers = await seriesNumbers(tx, [...wanted.values()], known)
  const byKey = new Map([...wanted.keys()].map((key, i) => [key, numbers[i] as bigint]))
  const series = keys.map(key => byKey.get(key) as bigint)
  return {
    ids: checked.map(event => event.id),
    series: BigInt64Array.from(series),
    quantities: BigInt64Array.from(checked, event => event.units),
    at: BigInt64Array.from(checked, event => event.at),
    properties: checked.map(event => event.properties),
  }
}

/**
 * Events by the API of the core: all of them or none. A hard limit refuses those that lead over it; whether they do is
 * judged by the authority's clock.
 */
export function recordUsage(cache: EntitlementCache) {
  const lookAround = (tx: Tx, { events }: { readonly events: readonly GivenEvent[] }) =>
    surroundingsOf(tx, events, instantRules(reading(tx)))
  const record = async ({
    tx,
    input,
    receivedAt: now,
    ahead,
  }: CommandCall<InputOf<typeof contract.record>>) => {
    const around = (ahead as Surroundings | null) ?? (await lookAround(tx, input))
    const { stored, duplicates, conflicts, late, problems, places, fresh } = await recordEvents(
      tx,
      input.events,
      now,
      { watch: cache, around },
    )
    const over = await refusedBy(tx, fresh, cache, now)
    const refused = [
      ...[...problems].map(([place, problem]) => ({ place, problem })),
      ...conflicts.map(i => ({ place: places[i] as number, problem: 'conflict' as const })),
      ...[...over.keys()].map(place => ({ place, problem: 'over-limit' as const })),
    ].sort((a, b) => a.place - b.place)
    if (refused.length > 0) {
      const events = refused.map(({ place, problem }) => ({
        id: input.events[place]!.id,
        // The contract lets only decimals through.
        problem: problem as Exclude<typeof problem, 'quantity-malformed'>,
        ...(problem === 'over-limit' ? { quota: over.get(place)! } : {}),
      }))
      throw refuse('BILLING_USAGE_REFUSED', { events })
    }
    const given = (checked: readonly number[]) => checked.map(i => places[i] as number)
    return {
      ...{ stored, duplicates: duplicates.length, late: late.length },
      ...(duplicates.length + late.length > 0
        ? { places: { duplicates: given(duplicates), late: given(late) } }
        : {}),
    }
  }
  return handle(contract.record, record, undefined, lookAround)
}
