/** What stands before the item of a line that gives an item back by a credit note: it is no billing of the item. */
const CREDITED = 'credit/'

/** The item of a line of a credit note, by the item that it gives back. */
export function creditedItem(item: string): string {
  return `${CREDITED}${item}`
}

/** The item that a line of a credit note gives back; null for the item of any other line. */
export function itemCredited(item: string): string | null {
  return item.startsWith(CREDITED) ? item.slice(CREDITED.length) : null
}
