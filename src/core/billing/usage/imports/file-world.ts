import { type CheckedEvent, checkEvent, type MetricFacts, type SeriesOf, seriesKey } from '../resolve.ts'
import { type Begun, CUSTOMERS_PER_CHUNK, type UsageChunks } from './chunks.ts'
import type { FileRow } from './read-file.ts'
import type { Refused } from './row-event.ts'

/** Submits a chunk by name. */
export type Submit = <K extends keyof UsageChunks>(name: K, data: UsageChunks[K]) => Promise<unknown>

/** Series that one chunk numbers: so many take the writer less than 10 ms. */
const SERIES_PER_CHUNK = 200

/** What an import knows of customers, metrics and series, in the memory of its own thread. */
export interface FileWorld {
  /** The event of a row, or why it is none. */
  check(row: FileRow, now: bigint): CheckedEvent | Refused
  /** The numbers of the series of events, in their order. */
  numbers(events: readonly CheckedEvent[]): Promise<BigInt64Array>
}

export async function fileWorld(
  submit: Submit,
  { metrics, rules }: Begun,
  signal: AbortSignal,
): Promise<FileWorld> {
  const customers = new Map<string, string>()
  const all: { id: string; key: string }[] = []
  for (let after = ''; ; ) {
    signal.throwIfAborted()
    const page = (await submit('customers', { after })) as { id: string; key: string }[]
    all.push(...page)
    if (page.length < CUSTOMERS_PER_CHUNK) break
    after = page.at(-1)!.id
  }
  for (const { id } of all) customers.set(id, id)
  // A key is what people say: it goes before an id that looks like it.
  for (const { id, key } of all) customers.set(key, id)
  const byKey = new Map<string, MetricFacts>(metrics.map(metric => [metric.key, metric]))
  const known = new Map<string, bigint>()
  const keyOf = ({ customerId, metric, groups }: CheckedEvent) =>
    seriesKey({ customerId, metricId: metric.id, groups })

  return {
    check({ given }, now) {
      if ('problem' in given) return given
      const event = checkEvent(given, customers, byKey, now, rules)
      if (!('problem' in event)) return event
      const { problem } = event
      const [field, value] =
        problem === 'unknown-customer'
          ? ['customer', given.customer]
          : problem === 'unknown-metric'
            ? ['metric', given.metric]
            : problem === 'future' || problem === 'too-old'
              ? ['at', instantText(given.at)]
              : problem === 'property-missing'
                ? [byKey.get(given.metric)!.property, '']
                : ['quantity', given.quantity]
      return { problem, field: field as string, value: (value as string).slice(0, 80) }
    },
    async numbers(events) {
      const keys = events.map(keyOf)
      const fresh = new Map<string, SeriesOf>()
      for (const [i, key] of keys.entries()) {
        if (known.has(key)) continue
        const { customerId, metric, groups } = events[i] as CheckedEvent
        fresh.set(key, { customerId, metricId: metric.id, groups })
      }
      const wanted = [...fresh]
      for (let from = 0; from < wanted.length; from += SERIES_PER_CHUNK) {
        const some = wanted.slice(from, from + SERIES_PER_CHUNK)
        const numbers = (await submit('series', { wanted: some.map(([, series]) => series) })) as bigint[]
        for (const [i, [key]] of some.entries()) known.set(key, numbers[i] as bigint)
      }
      return BigInt64Array.from(keys, key => known.get(key) as bigint)
    },
  }
}

/** An instant as people read it; one that no calendar has stays a number. */
function instantText(at: bigint): string {
  const ms = Number(at)
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(at)
}
