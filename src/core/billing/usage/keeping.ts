import type { Tx } from '#core/database/store.ts'
import { keepLevels, keepValues, type LevelRow, type ValueRow } from '#core/database/usage-kept.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import { keepsLevels } from '#engines/billing/aggregate.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import type { CheckedEvent, MetricFacts } from './resolve.ts'
import { idAfter, keyOf } from './roll-up.ts'

/** What the metric of a series asks for besides count, sum and maximum. */
export interface Keeping {
  /** In its roll-ups. */
  readonly latest: boolean
  readonly smallest: boolean
  /** In tables of their own. */
  readonly levels: boolean
  readonly values: string | null
}

/** Series by number; those of most metrics ask for nothing more, and are not among them. */
export type Keepings = ReadonlyMap<bigint, Keeping>

export const NOTHING_KEPT: Keepings = new Map()

/** What a metric asks for, null for nothing more. */
export function keepingOf({
  aggregation,
  carries,
  property,
}: Pick<MetricFacts, 'aggregation' | 'carries' | 'property'>): Keeping | null {
  const keeping: Keeping = {
    latest: aggregation === 'latest',
    smallest: aggregation === 'min',
    levels: keepsLevels({ aggregation, carries }),
    values: property,
  }
  const asks = keeping.latest || keeping.smallest || keeping.levels || keeping.values !== null
  return asks ? keeping : null
}

/** What the series of events ask for. */
export function keepingsOf(series: ArrayLike<bigint>, checked: readonly CheckedEvent[]): Keepings {
  const byMetric = new Map<string, Keeping | null>()
  const keepings = new Map<bigint, Keeping>()
  for (const [i, { metric }] of checked.entries()) {
    let keeping = byMetric.get(metric.id)
    if (keeping === undefined) byMetric.set(metric.id, (keeping = keepingOf(metric)))
    if (keeping) keepings.set(series[i] as bigint, keeping)
  }
  return keepings
}

/** Keeps of events what their roll-ups cannot hold, in the transaction that stores them. */
export async function keepBeside(
  tx: Tx,
  { ids, series, quantities, at, properties }: EventColumns,
  keepings: Keepings,
  without: ReadonlySet<number>,
): Promise<void> {
  const levels = new Map<string, LevelRow>()
  const values = new Map<string, ValueRow>()
  for (let i = 0; i < ids.length; i++) {
    const number = series[i] as bigint
    const keeping = keepings.get(number)
    if (!keeping || without.has(i)) continue
    const instant = at[i] as bigint
    if (keeping.levels) {
      const key = `${number}/${instant}`
      const id = ids[i] as string
      const before = levels.get(key)
      if (!before || idAfter(id, before.id))
        levels.set(key, { series: number, at: instant, level: quantities[i] as bigint, id })
    }
    if (keeping.values !== null) {
      // An event without the property is refused.
      const value = (JSON.parse(properties[i] as string) as Record<string, string>)[keeping.values]!
      const quarter = instant - (instant % QUARTER_HOUR)
      values.set(`${keyOf(number, instant)}/${value}`, { series: number, at: quarter, value })
    }
  }
  await keepLevels(tx, [...levels.values()])
  await keepValues(tx, [...values.values()])
}
