/** What an invoice of a wallet's top-up is kept apart for: a close adds nothing to it. */
export const TOP_UP = 'top-up'

/** What the invoice of one subscription is kept apart for, where each has its own. */
export const apartFor = (subscriptionId: string) => `${PREFIX}${subscriptionId}`
const PREFIX = 'subscription/'

/** The subscription that an invoice is for; null where it is for more, or for something else. */
export function subscriptionOfApart(apart: string): string | null {
  return apart.startsWith(PREFIX) ? apart.slice(PREFIX.length) : null
}
