/* How long things are good, in milliseconds. */

const MINUTE = 60_000n
const HOUR = 60n * MINUTE
const DAY = 24n * HOUR

/** A browser's session, whatever happens, and without a request. */
export const WEB_SESSION = { life: 7n * DAY, idle: 12n * HOUR }
/** A desk's: it signs a new challenge whenever it needs another. */
export const DEVICE_SESSION = { life: HOUR, idle: HOUR }
export const INVITATION = 7n * DAY
export const RESET = DAY
/** The first admin's link. */
export const BEGINNING = DAY
/** From a desk's request until a person confirms it. */
export const DEVICE_REQUEST = 15n * MINUTE
export const CHALLENGE = 2n * MINUTE
/** Ended sessions and used links are shown and kept for this long. */
export const KEPT = 90n * DAY

/** What tells whether a session is still open. */
export interface SessionTimes {
  readonly kind: 'web' | 'device'
  readonly last_used_at: bigint
  readonly expires_at: bigint
  readonly ended_at: bigint | null
}

/** Whether a session can be used at this instant. */
export function isOpen(session: SessionTimes, now: bigint): boolean {
  const { idle } = session.kind === 'web' ? WEB_SESSION : DEVICE_SESSION
  return session.ended_at === null && now < session.expires_at && now < session.last_used_at + idle
}
