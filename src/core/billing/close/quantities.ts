import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import type { DueItem, UsageQuantity } from '#engines/billing/model.ts'
import { splitOf } from '#engines/billing/price-filters.ts'
import { closeFacts as leaf, type SplitUsage } from '#shared/contract/billing/close-facts.ts'
import { type QuantityRequest, quantitiesOf } from '../usage/quantities.ts'
import { splitQuantitiesOf } from '../usage/split-quantities.ts'

/** Usage, where `split` says so by the charges of a price. */
export type UsageRequest = QuantityRequest & { readonly split?: readonly SplitUsage[] | undefined }

export const closeQuantities = answer(leaf.quantities, async ({ reader, input }) => ({
  quantities: await usageOfRequests(reader, input.requests),
}))

/** What events come to, in the order of the requests. */
export async function usageOfRequests(
  reader: Reader,
  requests: readonly UsageRequest[],
): Promise<UsageQuantity[]> {
  const isSplit = (one: UsageRequest) => one.split !== undefined
  if (!requests.some(isSplit)) return quantitiesOf(reader, requests)
  const plain = await quantitiesOf(
    reader,
    requests.filter(one => !isSplit(one)),
  )
  const split = await splitQuantitiesOf(
    reader,
    requests.flatMap(({ split: charges, ...one }) => (charges ? [{ ...one, split: charges }] : [])),
  )
  let [nextPlain, nextSplit] = [0, 0]
  return requests.map(one => (isSplit(one) ? split[nextSplit++]! : plain[nextPlain++]!))
}

/** What has to be looked up for an item with usage. */
export function requestOf(customerId: string, { terms, service, period }: DueItem): UsageRequest {
  const split = splitOf(terms.price)
  const request = { customerId, metricId: terms.metric!.id, from: service.from, to: service.to, period }
  return split === null ? request : { ...request, split }
}
