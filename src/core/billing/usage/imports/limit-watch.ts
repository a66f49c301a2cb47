import { refusedByLimit } from '#engines/billing/quota.ts'
import type { KnownLimit } from '#shared/contract/billing/usage.ts'
import type { LimitFacts } from '../limits.ts'
import type { CheckedEvent } from '../resolve.ts'
import type { PortionLimit } from './within-limits.ts'

/** What an import knows of hard limits, in the memory of its own thread. */
export interface LimitWatch {
  /**
   * The limits that some of these events may lead over, with the events of their present period: what was used is read
   * again in the write that stores these, which takes as long as their customers have usage. Limits of which at most half
   * is used with all that this import has given, and largest values within a limit, are left out.
   */
  of(events: readonly CheckedEvent[]): Promise<PortionLimit[]>
  /**
   * Which of these events lead over a limit, when all that was given before is counted: for a file that is checked
   * before any of it is stored.
   * @param known places of those that are stored already
   */
  over(events: readonly CheckedEvent[], known: ReadonlySet<number>): Promise<number[]>
}

/** @param ask the limits of customers that have any */
export function limitWatch(
  ask: (customerIds: readonly string[]) => Promise<readonly KnownLimit[]>,
): LimitWatch {
  const asked = new Set<string>()
  const limits = new Map<string, { readonly limit: LimitFacts; used: bigint; stored: bigint }>()

  async function placesOf(events: readonly CheckedEvent[]): Promise<Map<string, number[]>> {
    const fresh = [...new Set(events.map(event => event.customerId))].filter(id => !asked.has(id))
    for (const id of fresh) asked.add(id)
    if (fresh.length > 0)
      for (const { limit, used } of await ask(fresh))
        limits.set(`${limit.customerId}/${limit.metricId}`, { limit, used, stored: used })
    const places = new Map<string, number[]>()
    if (limits.size === 0) return places
    for (const [i, { customerId, metric, at }] of events.entries()) {
      const key = `${customerId}/${metric.id}`
      const known = limits.get(key)
      if (!known || at < known.limit.from || at >= known.limit.to) continue
      const list = places.get(key)
      if (list) list.push(i)
      else places.set(key, [i])
    }
    return places
  }

  return {
    async of(events) {
      const found: PortionLimit[] = []
      for (const [key, list] of await placesOf(events)) {
        const one = limits.get(key)!
        const { limit } = one
        const units = list.map(place => events[place]!.units)
        if (limit.aggregation === 'max' || limit.aggregation === 'latest') {
          if (units.every(each => each <= limit.limit)) continue
        } else if (limit.addsUp) {
          one.stored += added(limit, units)
          if (2n * one.stored <= limit.limit) continue
        }
        found.push({ limit, places: Int32Array.from(list) })
      }
      return found
    },
    async over(events, known) {
      const over: number[] = []
      for (const [key, list] of await placesOf(events)) {
        const one = limits.get(key)!
        const { limit } = one
        const fresh = list.filter(place => !known.has(place))
        const units = fresh.map(place => events[place]!.units)
        const each = countedOf(limit, units)
        const adds = limit.addsUp && limit.aggregation !== 'max'
        const after = adds
          ? each.reduce((sum, one) => sum + one, one.used)
          : units.reduce((most, one) => (one > most ? one : most), one.used)
        // What is neither added up nor the largest is known only when it is stored.
        if (!adds && limit.aggregation !== 'max' && limit.aggregation !== 'latest') continue
        const refused = new Set(refusedByLimit(limit, after, units))
        over.push(...fresh.filter((_, i) => refused.has(i)))
        if (adds) one.used = each.reduce((sum, value, i) => (refused.has(i) ? sum : sum + value), one.used)
      }
      return over.sort((a, b) => a - b)
    },
  }
}

/** What events add to what is used. */
function countedOf({ aggregation, scale }: LimitFacts, units: readonly bigint[]): readonly bigint[] {
  return aggregation === 'count' ? units.map(() => 10n ** BigInt(scale)) : units
}

/** At most what events add: corrections may be known already, and then give nothing back. */
function added(limit: LimitFacts, units: readonly bigint[]): bigint {
  return countedOf(limit, units).reduce((sum, one) => (one > 0n ? sum + one : sum), 0n)
}
