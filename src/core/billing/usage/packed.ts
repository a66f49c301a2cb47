import type { BucketRow } from '#core/database/usage-rows.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'

/*
 * Roll-ups as they are kept aside and cross threads. Nearly all of them are few, small numbers of a few series one
 * after the other, which take six bytes each; where a number is very large, or a metric asks for its latest value,
 * they stand as seven int64 with the ids beside them.
 */

/** Roll-ups as bytes. `latestIds` says how they are written: `SHORT`, or long with a JSON list of ids or nothing. */
export interface Packed {
  readonly sums: Uint8Array
  readonly latestIds: string
}

const SHORT = 'short'
const QUARTER = Number(QUARTER_HOUR)
/** Of the long form: series, instant, events, sum, max, latest and its instant. */
const WIDTH = 7
/** What a varint of ours holds, with its sign. */
const MOST = 2 ** 51
/** Bytes that a roll-up takes at most in the short form: five numbers of eight bytes. */
const BYTES = 40

/** @param buckets in the order of their key */
export function pack(buckets: readonly BucketRow[]): Packed {
  return packShort(buckets) ?? packLong(buckets)
}

/** Roll-ups of some series, or all of them, in their order. */
export function unpack({ sums, latestIds }: Packed, wanted?: ReadonlySet<bigint>): BucketRow[] {
  if (latestIds === SHORT) return unpackShort(sums, wanted)
  const all = unpackLong(sums, latestIds)
  return wanted === undefined ? all : all.filter(one => wanted.has(one.series))
}

function packShort(buckets: readonly BucketRow[]): Packed | null {
  const bytes = new Uint8Array(buckets.length * BYTES)
  let end = 0
  const put = (value: number) => {
    let rest = value
    for (; rest >= 2 ** 31; rest = Math.floor(rest / 128)) bytes[end++] = (rest % 128) | 128
    for (; rest >= 128; rest >>>= 7) bytes[end++] = (rest & 127) | 128
    bytes[end++] = rest
  }
  const signed = (value: number) => put(value < 0 ? -2 * value - 1 : 2 * value)
  let series = 0
  let quarter = 0
  for (const one of buckets) {
    const number = Number(one.series)
    const at = Number(one.at) / QUARTER
    const events = Number(one.events)
    const sum = Number(one.sum)
    const max = Number(one.max)
    if (one.latestId !== '' || number < series || !Number.isInteger(at)) return null
    if (number >= MOST || events >= MOST || sum >= MOST || sum <= -MOST || max >= MOST || max <= -MOST)
      return null
    put(number - series)
    signed(at - quarter)
    // A single event, as most are, has its quantity only once.
    const single = events === 1 && sum === max
    put(single ? 0 : events)
    signed(sum)
    if (!single) signed(max)
    series = number
    quarter = at
  }
  return { sums: bytes.slice(0, end), latestIds: SHORT }
}

function unpackShort(bytes: Uint8Array, wanted: ReadonlySet<bigint> | undefined): BucketRow[] {
  const numbers = wanted === undefined ? null : new Set(Array.from(wanted, Number))
  const found: BucketRow[] = []
  let at = 0
  const take = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const signed = () => {
    const value = take()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  let series = 0
  let quarter = 0
  while (at < bytes.length) {
    series += take()
    quarter += signed()
    const events = take()
    const sum = signed()
    const max = events === 0 ? sum : signed()
    if (numbers !== null && !numbers.has(series)) continue
    found.push({
      ...{ series: BigInt(series), at: BigInt(quarter * QUARTER), events: BigInt(events || 1) },
      ...{ sum: BigInt(sum), max: BigInt(max), latest: 0n, latestAt: 0n, latestId: '' },
    })
  }
  return found
}

function packLong(buckets: readonly BucketRow[]): Packed {
  const values = new BigInt64Array(buckets.length * WIDTH)
  let hasIds = false
  buckets.forEach((one, i) => {
    const at = i * WIDTH
    values[at] = one.series
    values[at + 1] = one.at
    values[at + 2] = one.events
    values[at + 3] = one.sum
    values[at + 4] = one.max
    values[at + 5] = one.latest
    values[at + 6] = one.latestAt
    hasIds ||= one.latestId !== ''
  })
  return {
    sums: new Uint8Array(values.buffer),
    latestIds: hasIds ? JSON.stringify(buckets.map(one => one.latestId)) : '',
  }
}

function unpackLong(sums: Uint8Array, latestIds: string): BucketRow[] {
  // Copied, because what a driver gives need not begin on a multiple of eight.
  const values = new BigInt64Array(Uint8Array.from(sums).buffer)
  const ids = latestIds === '' ? null : (JSON.parse(latestIds) as string[])
  return Array.from({ length: values.length / WIDTH }, (_, i) => {
    const [series, at, events, sum, max, latest, latestAt] = values.subarray(i * WIDTH, (i + 1) * WIDTH)
    return { series, at, events, sum, max, latest, latestAt, latestId: ids?.[i] ?? '' } as BucketRow
  })
}
