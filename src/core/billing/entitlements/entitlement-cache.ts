import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { Kept } from '#core/runtime/kept.ts'
import { entitled } from '#engines/billing/entitled.ts'
import { exactOf, powerOfTen, scaled, ZERO } from '#engines/billing/exact.ts'
import type { EntitlementAnswer } from '#shared/contract/billing/entitlements.ts'
import { ALL_COUNTERS, type Measured, type UsageWatch } from '../usage/store-events.ts'
import {
  type CustomerAllowances,
  type CustomerTerms,
  loadAllowances,
  loadTerms,
  TERMS_TABLES,
  thresholdsOf,
} from './load-terms.ts'

/** Customers that are kept; the one that came in first goes first. */
const MOST_KEPT = 20_000

/**
 * What customers may, in the memory of the process. It is told of every commit of its store before whoever made
 * it hears of it: a change of terms empties it, and recorded usage is added to the counters, so that an answer is
 * never older than the last commit.
 */
export interface EntitlementCache extends UsageWatch, Kept {
  /** What a customer may, without what it used: from memory, or read in a transaction that changes none of it. */
  allowances(tx: Tx, customerId: string, now: bigint): Promise<CustomerAllowances>
  /** The answer from memory, or null where it has to be read. */
  check(customerId: string, key: string, more: string, now: bigint): EntitlementAnswer | null
  /** All answers of a customer, by key; read where they are not in memory. */
  list(reader: Reader, customerId: string, now: bigint): Promise<EntitlementAnswer[]>
  /** The answer, read where it is not in memory. */
  read(reader: Reader, customerId: string, key: string, more: string, now: bigint): Promise<EntitlementAnswer>
}

export function createEntitlementCache(most = MOST_KEPT): EntitlementCache {
  const kept = new Map<string, CustomerTerms>()
  /** Of customers whose usage nobody asked for. */
  const allowed = new Map<string, CustomerAllowances>()
  /** Counts commits that changed terms. */
  let termsGeneration = 0
  /** What transactions that are under way have stored; one that is rolled back is forgotten with its set. */
  const pending = new WeakMap<ReadonlySet<string>, Measured[]>()
  /** Counts commits that mattered: what was read before one of them must not be kept after it. */
  let generation = 0
  /** The count when each snapshot was opened, or before. */
  const snapshots = new WeakMap<Reader, number>()

  function current(customerId: string, now: bigint): CustomerTerms | null {
    const terms = kept.get(customerId)
    return terms && terms.from <= now && now < terms.to ? terms : null
  }

  async function load(reader: Reader, customerId: string, now: bigint): Promise<CustomerTerms> {
    const known = current(customerId, now)
    if (known) return known
    const terms = await loadTerms(reader, customerId, now)
    if (snapshots.get(reader) === generation) {
      const [first] = kept.keys()
      if (first !== undefined && kept.size >= most) kept.delete(first)
      kept.set(customerId, terms)
    }
    return terms
  }

  /** Adds usage to the counters of its customer; what cannot be added is read again. */
  function add({ customerId, metricId, aggregation, addsUp, at, units }: Measured): void {
    const terms = kept.get(customerId)
    if (!terms) return
    for (const counter of terms.counters.values()) {
      if (counter.metricId !== metricId || at >= counter.to) continue
      if (!addsUp) {
        kept.delete(customerId)
        return
      }
      if (at < counter.from) continue
      counter.events += 1
      if (aggregation === 'sum') counter.units += units
      else if (aggregation === 'count') counter.units += powerOfTen(counter.scale)
      else if (counter.events === 1 || units > counter.units) counter.units = units
    }
  }

  return {
    measured(changed, events) {
      const list = pending.get(changed)
      if (list) list.push(...events)
      else pending.set(changed, [...events])
    },
    committed(changed) {
      const events = pending.get(changed)
      pending.delete(changed)
      if (changed.has(ALL_COUNTERS) || TERMS_TABLES.some(table => changed.has(table))) {
        generation++
        kept.clear()
        termsGeneration++
        allowed.clear()
        return
      }
      // A refused command took its events back, and says so by having changed nothing.
      if (!changed.has('usage_buckets')) return
      generation++
      if (events) for (const one of events) add(one)
      else kept.clear()
    },
    opening: () => generation,
    opened: (reader, at) => void snapshots.set(reader, at),
    async allowances(tx, customerId, now) {
      const known = current(customerId, now) ?? allowed.get(customerId)
      if (known && known.from <= now && now < known.to) return known
      const begun = termsGeneration
      const read = await loadAllowances(reading(tx), customerId, now)
      if (begun === termsGeneration) {
        const [first] = allowed.keys()
        if (first !== undefined && allowed.size >= most) allowed.delete(first)
        allowed.set(customerId, read)
      }
      return read
    },
    check(customerId, key, more, now) {
      const terms = current(customerId, now)
      return terms && answerOf(terms, key, more)
    },
    async list(reader, customerId, now) {
      const terms = await load(reader, customerId, now)
      return [...terms.allowances.keys()].sort().map(key => answerOf(terms, key, '0'))
    },
    async read(reader, customerId, key, more, now) {
      return answerOf(await load(reader, customerId, now), key, more)
    },
  }
}

function answerOf(terms: CustomerTerms, key: string, more: string): EntitlementAnswer {
  const counter = terms.counters.get(key)
  const used = counter ? scaled(counter.units, counter.scale) : ZERO
  const asked = more === '0' ? ZERO : exactOf(more)
  return entitled(key, terms.allowances.get(key) ?? [], used, asked, thresholdsOf(terms, key))
}
