import { createHash, randomBytes } from 'node:crypto'

/** How long a printed address can be used, in milliseconds. */
export const TOKEN_LIFE = 10 * 60_000
/** A session without a connection or a request for this long has ended: its tab is gone. */
export const SESSION_IDLE = 12 * 3_600_000
const MOST_TOKENS = 64
const MOST_SESSIONS = 256

/** One signed-in tab (or several, of one person at this machine). */
export interface BrowserSession {
  readonly id: string
  /** Open WebSockets. */
  connections: number
  lastSeen: number
}

/** Tokens and sessions of one run of the browser host; only digests of secrets are kept. */
export interface Sessions {
  /** A token for an address: good once, and for a while. */
  newToken(): string
  /** Exchanges a token. Undefined when it is unknown, spent or too old. */
  exchange(token: string): { secret: string; session: BrowserSession } | undefined
  /** The session of a secret, seen now. */
  find(secret: string | undefined): BrowserSession | undefined
  count(): number
}

/** @param now a monotonic clock in milliseconds */
export function createSessions(now: () => number): Sessions {
  const tokens = new Map<string, number>()
  const sessions = new Map<string, BrowserSession>()
  const newSecret = () => randomBytes(32).toString('base64url')
  // Looking up a digest tells by its time nothing about the secret.
  const digest = (secret: string) => createHash('sha256').update(secret).digest('base64')

  function sweep(): void {
    const time = now()
    for (const [token, born] of tokens) if (time - born > TOKEN_LIFE) tokens.delete(token)
    for (const [secret, session] of sessions)
      if (session.connections === 0 && time - session.lastSeen > SESSION_IDLE) sessions.delete(secret)
    while (tokens.size > MOST_TOKENS) tokens.delete(tokens.keys().next().value!)
  }

  return {
    newToken() {
      const token = newSecret()
      tokens.set(digest(token), now())
      sweep()
      return token
    },
    exchange(token) {
      sweep()
      if (!tokens.delete(digest(token)) || sessions.size >= MOST_SESSIONS) return undefined
      const secret = newSecret()
      const session = { id: randomBytes(8).toString('hex'), connections: 0, lastSeen: now() }
      sessions.set(digest(secret), session)
      return { secret, session }
    },
    find(secret) {
      if (secret === undefined) return undefined
      sweep()
      const session = sessions.get(digest(secret))
      if (session) session.lastSeen = now()
      return session
    },
    count: () => sessions.size,
  }
}
