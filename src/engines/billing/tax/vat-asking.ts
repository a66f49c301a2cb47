const HOUR = 3_600_000n
const DAY = 24n * HOUR
/** After so many tries without an answer the question rests until somebody asks again. */
export const MOST_ASKED = 12

/**
 * When a service that gave no answer is asked again: after 1, 2, 4, 8 and 16 hours, then day by day, twelve times in all.
 * @param tries how often it was asked in vain, from 1
 * @returns null where the question rests
 */
export function askAgainAt(tries: number, now: bigint): bigint | null {
  if (tries >= MOST_ASKED) return null
  const pause = HOUR * 2n ** BigInt(Math.min(tries, 6) - 1)
  return now + (pause < DAY ? pause : DAY)
}

/** What is known of a customer's number. */
export interface KnownNumber {
  /** When a service or a person last said something of it; null for never. */
  readonly answeredAt: bigint | null
  /** A question that is under way, waits or rests; null for none. */
  readonly question: { readonly state: 'asking' | 'waiting' | 'rests'; readonly nextAt: bigint | null } | null
}

/**
 * Whether it is time to ask for a number: it was never asked for, a question without an answer comes again, or the
 * answer is older than so many days.
 * @param againDays 0: an answer stands for ever
 */
export function isDueToAsk({ answeredAt, question }: KnownNumber, againDays: number, now: bigint): boolean {
  if (question) return question.state === 'waiting' && question.nextAt !== null && question.nextAt <= now
  if (answeredAt === null) return true
  return againDays > 0 && now - answeredAt >= BigInt(againDays) * DAY
}
