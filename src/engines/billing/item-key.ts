import type { Interval } from '#shared/contract/billing/values.ts'

/** What else is in the name of an item. */
export interface ItemKind {
  /** Of a price that is billed in an interval of its own. */
  readonly interval?: Interval | undefined
  /** It makes up a minimum. */
  readonly trueUp?: boolean
}

const TRUE_UP = 'true-up'
const PERIOD = /^(?:(week|month|quarter|year):)?(-?\d+)$/

/**
 * Names of billed things: `subscription/price/period/part`, and `…/true-up` for what makes up a minimum.
 *
 * `period` is the number of the billing period counted from the anchor, so that a change of the customer's zone
 * moves its beginning and not its name; an interval of its own stands in front of it. `part` is 0 for the first part of the period in which the price was in
 * force, and the instant at which it came into force for a later one, so that a change in between leaves the
 * others their names.
 */
export function itemKey(
  subscriptionId: string,
  priceId: string,
  period: number,
  part: bigint,
  { interval, trueUp = false }: ItemKind = {},
): string {
  const key = `${subscriptionId}/${priceId}/${periodText(period, interval)}/${part}`
  return trueUp ? `${key}/${TRUE_UP}` : key
}

/** A billing period as it stands in the names of items. */
export function periodText(number: number, interval: Interval | undefined): string {
  return interval === undefined ? String(number) : `${interval}:${number}`
}

/** The subscription and the billing period of an item, and what it is. Throws a RangeError for anything else. */
export function periodOfItem(
  item: string,
): { readonly subscriptionId: string; readonly number: number } & ItemKind {
  const [subscriptionId, , period, part, kind] = item.split('/')
  const match = PERIOD.exec(period ?? '')
  if (!subscriptionId || part === undefined || !match || (kind !== undefined && kind !== TRUE_UP))
    throw new RangeError(`not an item: ${item}`)
  const interval = match[1] as Interval | undefined
  return {
    ...{ subscriptionId, number: Number(match[2]) },
    ...(interval === undefined ? {} : { interval }),
    ...(kind === TRUE_UP ? { trueUp: true } : {}),
  }
}

/** A strand has so many numbers for its periods, half of them before the anchor. */
const NUMBERS = 1_000_000

/**
 * The number of a billing period in item keys. The periods of a subscription's first rhythm have their own numbers;
 * each further rhythm and each add-on counts in numbers of its own, so that what was billed in one of them is
 * never taken for what is owed in another.
 * @param ordinal of the strand, from 0
 */
export function numberInStrand(ordinal: number, number: number): number {
  return ordinal * NUMBERS + number
}

/** The strand of a period's number. */
export function strandOfNumber(number: number): number {
  return Math.floor((number + NUMBERS / 2) / NUMBERS)
}
