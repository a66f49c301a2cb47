import type { Tx } from '#core/database/store.ts'
import { noteUsageDays } from '#core/database/usage-days.ts'
import {
  accountsOfSeries,
  addToBuckets,
  anyClosedBeyond,
  type EventColumns,
  findEvents,
  insertEvents,
  markRerate,
} from '#core/database/usage-rows.ts'
import type { Aggregation } from '#shared/contract/billing/catalog.ts'
import { type Keepings, keepBeside } from './keeping.ts'
import { appendPending } from './pending.ts'
import { rollUp } from './roll-up.ts'

export interface StoreOptions {
  /** The caller tells counters in memory what is stored; otherwise all of them are read again. */
  readonly watched?: boolean
  /** Roll-ups are kept aside, where readers find them, until the caller adds many of them to the buckets at once. */
  readonly deferred?: boolean
}

/** What became of events that were given to the store. */
export interface Stored {
  readonly stored: number
  /** Places of those whose id is known with the same content. */
  readonly duplicates: readonly number[]
  /** Places of those whose id is known with other content: nothing of them is stored. */
  readonly conflicts: readonly number[]
  /** Places of those stored that are earlier than what their customer was billed up to. */
  readonly late: readonly number[]
}

/** An event that was stored, as counters in memory need it. */
export interface Measured {
  readonly customerId: string
  readonly metricId: string
  readonly aggregation: Aggregation
  /** Whether a counter can be added to; otherwise it has to be read again. */
  readonly addsUp: boolean
  readonly at: bigint
  readonly units: bigint
}

/** Counters of usage in memory, which are never behind a commit. */
export interface UsageWatch {
  /**
   * Is told, within its transaction, what was stored.
   * @param changed the set of changed tables of the transaction, by which it is known when that is committed
   */
  measured(changed: ReadonlySet<string>, events: readonly Measured[]): void
}

/** The name of no table: counters of all customers are out of date after a commit that touched it. */
export const ALL_COUNTERS = 'usage_counters'

const NONE: readonly number[] = []

/**
 * Stores events and their roll-ups, each id once, and marks customers that were billed beyond an event. This is
 * the one way by which usage gets into the database.
 *
 * @param keepings what the metrics of some series ask for besides count, sum and maximum
 * @param batch number of the import that they came with; 0 for none
 */
export async function storeEvents(
  tx: Tx,
  events: EventColumns,
  keepings: Keepings,
  batch: bigint,
  { watched = false, deferred = false }: StoreOptions = {},
): Promise<Stored> {
  const left = await insertEvents(tx, events, batch)
  const { duplicates, conflicts } = left.length > 0 ? await compare(tx, events, left) : NOTHING_KNOWN
  const stored = events.ids.length - left.length
  if (stored === 0) return { stored, duplicates, conflicts, late: NONE }
  const without = new Set(left)
  for (const table of ['usage_events', 'usage_buckets']) tx.touched.changed.add(table)
  const buckets = rollUp(events, keepings, without)
  if (!watched) tx.touched.changed.add(ALL_COUNTERS)
  // Sent together, and carried out in this order.
  const [, , late] = await Promise.all([
    deferred ? appendPending(tx, buckets) : addToBuckets(tx, buckets),
    noteUsageDays(tx, events.at),
    markLate(tx, events, without),
  ])
  if (keepings.size > 0) await keepBeside(tx, events, keepings, without)
  return { stored, duplicates, conflicts, late }
}

const NOTHING_KNOWN = { duplicates: NONE, conflicts: NONE }

/** Tells events that are known from those that only share an id with one. */
async function compare(tx: Tx, events: EventColumns, places: readonly number[]) {
  const known = await findEvents(
    tx,
    places.map(i => events.ids[i] as string),
  )
  const duplicates: number[] = []
  const conflicts: number[] = []
  for (const i of places) {
    const row = known.get(events.ids[i] as string)
    const same =
      row !== undefined &&
      row.series === events.series[i] &&
      row.quantity === events.quantities[i] &&
      row.at === events.at[i] &&
      row.properties === events.properties[i]
    ;(same ? duplicates : conflicts).push(i)
  }
  return { duplicates, conflicts }
}

/**
 * Places of events that are earlier than what their customer was billed up to. Their customers are marked, so
 * that the next close looks again from the earliest of them on.
 */
async function markLate(tx: Tx, events: EventColumns, without: ReadonlySet<number>): Promise<number[]> {
  const { at, series } = events
  let first: bigint | null = null
  for (let i = 0; i < at.length; i++) {
    if (!without.has(i) && (first === null || (at[i] as bigint) < first)) first = at[i] as bigint
  }
  if (first === null || !(await anyClosedBeyond(tx, first))) return []
  const accounts = await accountsOfSeries(tx, [...new Set(series)])
  const late: number[] = []
  const from = new Map<string, bigint>()
  for (let i = 0; i < at.length; i++) {
    const account = accounts.get(series[i] as bigint)
    const instant = at[i] as bigint
    if (without.has(i) || !account || instant >= account.closedUntil) continue
    late.push(i)
    const before = from.get(account.customerId)
    if (before === undefined || instant < before) from.set(account.customerId, instant)
  }
  for (const [customerId, instant] of from) {
    await markRerate(tx, customerId, instant)
    tx.touched.changed.add('billing_accounts')
  }
  return late
}
