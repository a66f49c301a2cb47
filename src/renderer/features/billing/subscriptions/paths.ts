/** Where the screen of all subscriptions is. */
export const SUBSCRIPTIONS_PATH = '/billing/subscriptions'

/** The address of one subscription. `ask` opens one of its dialogs. */
export function subscriptionRoute(id: string, ask?: string): string {
  const params = new URLSearchParams({ subscription: id, ...(ask ? { ask } : {}) })
  return `${SUBSCRIPTIONS_PATH}?${params}`
}
