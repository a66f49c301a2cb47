import type { ContractSpan } from '#shared/contract/billing/contract-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { zoned } from '../calendar.ts'
import { addDays } from '../phases.ts'

/** What a contract in force is doing at an instant. */
export type ContractStanding = 'upcoming' | 'active' | 'ended' | 'terminated'

/** When nothing of a contract holds any more; null where that is not known yet: it goes on, or renews itself. */
export function endOfContract({ until, renewMonths, terminatedAt }: ContractSpan): bigint | null {
  const end = renewMonths === null ? until : null
  if (terminatedAt === null) return end
  return end === null || terminatedAt < end ? terminatedAt : end
}

/** The time in which a contract holds, without an end where none is known. */
export function standingOf(contract: ContractSpan, at: bigint): ContractStanding {
  if (at < contract.from) return 'upcoming'
  if (contract.terminatedAt !== null && at >= contract.terminatedAt) return 'terminated'
  const end = endOfContract(contract)
  return end !== null && at >= end ? 'ended' : 'active'
}

/** A term of a contract: the first, or a renewal, by number. */
export interface Term extends Span {
  readonly number: number
}

/**
 * The term that an instant falls into: of a contract that does not renew itself the only one. The n-th renewal ends n
 * times its months after the first end, counted from that end on the calendar of the zone. Null for a contract without
 * an end, which has no terms.
 */
export function termAt(contract: ContractSpan, at: bigint, zone: string): Term | null {
  const { from, until, renewMonths } = contract
  if (until === null) return null
  let term: Term = { number: 0, from, to: until }
  while (renewMonths !== null && term.to <= at) {
    const number = term.number + 1
    term = { number, from: term.to, to: addMonths(until, renewMonths * number, zone) }
  }
  return term
}

/** An instant so many calendar months of a zone later. */
export function addMonths(at: bigint, months: number, zone: string): bigint {
  return BigInt(zoned(at, zone).add({ months }).epochMilliseconds)
}

/** Until when it can be said that a contract shall not go on after the term of an instant; null without an end. */
export function noticeBy(
  contract: ContractSpan,
  noticeDays: number,
  at: bigint,
  zone: string,
): bigint | null {
  const term = termAt(contract, at, zone)
  return term === null ? null : addDays(term.to, -noticeDays, zone)
}

/** How long before notice has to be given, or before the end, people are told. */
const REMIND_DAYS = 30

/** What people have to know of a contract now: that notice can be given until then, or that it ends then. */
export interface ContractReminder {
  readonly kind: 'notice' | 'end'
  readonly by: bigint
}

/** The reminder that is due at an instant; null where there is nothing to be said, or it is too late for it. */
export function reminderOf(
  contract: ContractSpan,
  noticeDays: number,
  at: bigint,
  zone: string,
): ContractReminder | null {
  if (standingOf(contract, at) !== 'active' || contract.terminatedAt !== null) return null
  const renews = contract.renewMonths !== null
  const by = renews ? noticeBy(contract, noticeDays, at, zone) : contract.until
  if (by === null || at >= by || at < addDays(by, -REMIND_DAYS, zone)) return null
  return { kind: renews ? 'notice' : 'end', by }
}
