import { randomBytes } from 'node:crypto'

/** How long a download can be begun, in milliseconds. */
const LIFE = 60_000
const MOST = 256

/** One-time addresses for downloads: the browser streams a file to disk without the page holding it. */
export interface Tickets {
  issue(handle: string): string
  /** The handle of a ticket, once. */
  take(ticket: string): string | undefined
}

/** @param now a monotonic clock in milliseconds */
export function createTickets(now: () => number): Tickets {
  const tickets = new Map<string, { handle: string; born: number }>()
  return {
    issue(handle) {
      for (const [ticket, { born }] of tickets) if (now() - born > LIFE) tickets.delete(ticket)
      if (tickets.size >= MOST) tickets.delete(tickets.keys().next().value!)
      const ticket = randomBytes(32).toString('base64url')
      tickets.set(ticket, { handle, born: now() })
      return ticket
    },
    take(ticket) {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      return found && now() - found.born <= LIFE ? found.handle : undefined
    },
  }
}
