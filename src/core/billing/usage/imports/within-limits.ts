import type { Tx } from '#core/database/store.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import { type LimitFacts, overLimits } from '../limits.ts'
import { type Stored, storeEvents } from '../store-events.ts'
import type { Portion } from './chunks.ts'

/** A hard limit, and the events of a portion that are in its present period. */
export interface PortionLimit {
  readonly limit: LimitFacts
  readonly places: Int32Array
}

interface Within extends Stored {
  /** Places of events that a limit refused: nothing of them is stored. */
  readonly over: readonly number[]
}

/** Some event leads over a limit. */
class Over extends Error {
  readonly places: readonly number[]
  constructor(places: readonly number[]) {
    super('over a limit')
    this.places = places
  }
}

/**
 * Stores the events of a portion that hard limits allow. They are stored all at once, as nearly always none is refused;
 * where one is, all of that is undone and the others are stored without it.
 */
export async function storeWithin(
  tx: Tx,
  { events, keepings, limits }: Pick<Portion, 'events' | 'keepings' | 'limits'>,
  batch: bigint,
): Promise<Within> {
  const options = { deferred: true }
  if (limits.length === 0) return { ...(await storeEvents(tx, events, keepings, batch, options)), over: [] }
  try {
    return await tx.attempt(async () => {
      const stored = await storeEvents(tx, events, keepings, batch, options)
      const places = await refusedPlaces(tx, events, limits, stored)
      if (places.length > 0) throw new Over(places)
      return { ...stored, over: [] }
    })
  } catch (error) {
    if (!(error instanceof Over)) throw error
    const { rest, places } = without(events, new Set(error.places))
    const stored = await storeEvents(tx, rest, keepings, batch, options)
    const back = (list: readonly number[]) => list.map(i => places[i] as number)
    return {
      stored: stored.stored,
      duplicates: back(stored.duplicates),
      conflicts: back(stored.conflicts),
      late: back(stored.late),
      over: error.places,
    }
  }
}

async function refusedPlaces(
  tx: Tx,
  { at, quantities }: EventColumns,
  limits: readonly PortionLimit[],
  { duplicates, conflicts }: Stored,
): Promise<number[]> {
  const left = new Set([...duplicates, ...conflicts])
  const limited = limits.flatMap(({ limit, places }) => {
    const events = Array.from(places)
      .filter(place => !left.has(place))
      .map(place => ({ place, at: at[place] as bigint, units: quantities[place] as bigint }))
    return events.length === 0 ? [] : [{ limit, events }]
  })
  return [...(await overLimits(tx, limited)).keys()].sort((a, b) => a - b)
}

/** Events without some, and the places that the others had. */
function without(
  { ids, series, quantities, at, properties }: EventColumns,
  refused: ReadonlySet<number>,
): { rest: EventColumns; places: readonly number[] } {
  const places = ids.map((_, i) => i).filter(i => !refused.has(i))
  const numbers = (column: BigInt64Array) => BigInt64Array.from(places, i => column[i] as bigint)
  const rest = {
    ids: places.map(i => ids[i] as string),
    ...{ series: numbers(series), quantities: numbers(quantities), at: numbers(at) },
    properties: places.map(i => properties[i] as string),
  }
  return { rest, places }
}
