const CONTRACT = 'contract/'
const VOLUME = 'volume/'

/** The item of what a commitment lacks in one of its periods, or of what goes beyond it. */
export function commitmentItem(
  contractId: string,
  key: string,
  part: 'true-up' | 'overage',
  period: number,
): string {
  return `${CONTRACT}${contractId}/${part}/${key}/${period}`
}

/** The item of what the invoices of a month lack to the contract's minimum. */
export function minimumItem(contractId: string, month: string): string {
  return `${CONTRACT}${contractId}/minimum/${month}`
}

/** Whether an item makes up a month's minimum. */
export function isMinimum(item: string): boolean {
  return item.startsWith(CONTRACT) && item.split('/')[2] === 'minimum'
}

/** The item of what a volume discount takes off an item: `volume/contract.place/item`. */
export function volumeItem(contractId: string, place: number, item: string): string {
  return `${VOLUME}${contractId}.${place}/${item}`
}

/** The volume discount of such an item, and the item that it was taken off; null for any other item. */
export function ofVolume(item: string): { readonly discount: string; readonly of: string } | null {
  if (!item.startsWith(VOLUME)) return null
  const end = item.indexOf('/', VOLUME.length)
  return { discount: item.slice(VOLUME.length, end), of: item.slice(end + 1) }
}

/** What stands before the items of one volume discount. */
export function volumeItems(contractId: string, place: number): string {
  return `${VOLUME}${contractId}.${place}/`
}
