import { digestOf } from '#shared/ids.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * How long to wait after each failed try, in milliseconds; after the last one a delivery has failed. A mail server
 * may be away for days (RFC 5321 asks for four to five of trying), a web server is expected back the same day.
 */
const PAUSES = {
  email: [
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    16 * HOUR,
    24 * HOUR,
    24 * HOUR,
    24 * HOUR,
  ],
  slack: [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR],
  webhook: [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR],
} as const

export type RetriedChannel = keyof typeof PAUSES

/** No pause is longer, whatever the other side asks for. */
export const LONGEST_PAUSE = 24 * HOUR

/**
 * The pause before the next try.
 * @param attempt how many were made, from 1
 * @param id of the delivery: by it many that failed together come back apart, up to a fifth earlier or later
 * @param asked milliseconds for which the other side asked to be left alone; null where it said nothing
 * @returns milliseconds; null where no more tries are made
 */
export function pauseAfter(
  channel: RetriedChannel,
  attempt: number,
  id: string,
  asked: number | null = null,
): number | null {
  const pause = PAUSES[channel][attempt - 1]
  if (pause === undefined) return null
  const share = Number.parseInt(digestOf(`${id}/${attempt}`).slice(0, 8), 16) / 0xffff_ffff
  const spread = Math.round(pause * (0.8 + 0.4 * share))
  return Math.min(Math.max(spread, asked ?? 0), LONGEST_PAUSE)
}

/** How many tries a channel makes at most. */
export function mostTries(channel: RetriedChannel): number {
  return PAUSES[channel].length + 1
}
