import { Temporal } from 'temporal-polyfill'

/** A month in a zone, `[from, to)` in milliseconds since the epoch. */
export function monthSpan(month: string, zone: string): { readonly from: bigint; readonly to: bigint } {
  const first = Temporal.PlainDate.from(`${month}-01`)
  const begin = (date: Temporal.PlainDate) => BigInt(date.toZonedDateTime(zone).epochMilliseconds)
  return { from: begin(first), to: begin(first.add({ months: 1 })) }
}
