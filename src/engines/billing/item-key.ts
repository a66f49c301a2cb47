/**
 * Names of billed things: `subscription/price/period/part`.
 *
 * `period` is the number of the billing period counted from the anchor, so that a change of the customer's zone
 * moves its beginning and not its name. `part` is 0 for the first part of the period in which the price was in
 * force, and the instant at which it came into force for a later one, so that a change in between leaves the
 * others their names.
 */
export function itemKey(subscriptionId: string, priceId: string, period: number, part: bigint): string {
  return `${subscriptionId}/${priceId}/${period}/${part}`
}

/** The subscription and the number of the billing period of an item. Throws a RangeError for anything else. */
export function periodOfItem(item: string): { subscriptionId: string; number: number } {
  const [subscriptionId, , number, part] = item.split('/')
  if (subscriptionId === undefined || part === undefined || !/^-?\d+$/.test(number ?? ''))
    throw new RangeError(`not an item: ${item}`)
  return { subscriptionId, number: Number(number) }
}
