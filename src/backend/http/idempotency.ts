import { createHash } from 'node:crypto'
import { refuse } from '#shared/errors.ts'
import { type Id, uuidv7 } from '#shared/ids.ts'

const HOUR = 3_600_000
/** How long the same key means the same intention, at least. */
export const KEPT_HOURS = 24
const KEY = /^[\x21-\x7e]{1,200}$/
const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
/** How far a key's own time may lie from ours and still be the command's time. */
const OLDEST = 7 * 24 * HOUR
const AHEAD = 5 * 60_000

/** The id of the command that a key stands for, and the ids that it may have been given before. */
export interface Intention {
  readonly id: Id
  readonly aliases: readonly Id[]
}

/**
 * What a request with this key intends. The command log is the only record: the id is made of whoever asks and
 * of the key, and of a time, because rows are kept in the order of ids. The time is the key's own where it is a
 * UUIDv7, else the present hour; the aliases are the ids of the hours before and of the next, so that the
 * log, asked for all of them within the transaction that would write the new one, knows a repeat whichever
 * server it comes to, and when.
 * @param asker whose key it is: nobody else's same key means the same
 * @param now milliseconds since the epoch
 * @throws Refusal `HTTP_KEY_INVALID`
 */
export function intentionOf(asker: string, header: string, now: number): Intention {
  const key = /^".*"$/.test(header) ? header.slice(1, -1) : header
  if (!KEY.test(key))
    throw refuse(
      'HTTP_KEY_INVALID',
      {},
      'An Idempotency-Key is 1 to 200 visible characters, best of all a UUID of version 7.',
    )
  const digest = createHash('sha256').update(`${asker}\n${key}`).digest().subarray(0, 10)
  const hour = Math.floor(now / HOUR)
  const hours = Array.from({ length: KEPT_HOURS + 2 }, (_, back) => uuidv7((hour + 1 - back) * HOUR, digest))
  const own = timeOf(key)
  if (own === null || own < now - OLDEST || own > now + AHEAD)
    return { id: hours[1] as Id, aliases: own === null ? hours : [...hours, uuidv7(own, digest)] }
  return { id: uuidv7(own, digest), aliases: hours }
}

function timeOf(key: string): number | null {
  const [, high, low] = UUID_V7.exec(key) ?? []
  return high && low ? Number.parseInt(high + low, 16) : null
}
