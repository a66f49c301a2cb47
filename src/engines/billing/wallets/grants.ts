import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import { widthOf } from './pays-for.ts'

/** What a grant is: paid for by a top-up, or given for free. */
export type GrantKind = 'paid' | 'free'

/** A grant of a wallet with what is left of it. Amounts in minor units of the wallet's currency. */
export interface Grant {
  readonly id: string
  readonly kind: GrantKind
  /** The smallest number is used first. */
  readonly priority: number
  readonly startsAt: bigint
  /** From this instant on it cannot be used any more; null where it stays. */
  readonly expiresAt: bigint | null
  readonly createdAt: bigint
  /** What is neither used, held nor lapsed. */
  readonly rest: bigint
  /** What holds reserve of it. */
  readonly held: bigint
  /** Its limits, its own and its wallet's: it pays what is within all of them. Empty where it pays everything. */
  readonly paysFor: readonly PaysFor[]
}

/** A part of an amount, and the grant that it is of. */
export interface Part {
  readonly grantId: string
  readonly amount: bigint
}

/** Why a grant comes behind the one before it. */
export type Because = 'priority' | 'expiry' | 'narrower' | 'free-first' | 'older'

/**
 * Which of two grants is used first: that of the smaller priority, then that which expires sooner (one that stays comes
 * last), then the narrower one, then what was given for free before what was paid for, then the older one. Negative
 * where it is `a`.
 */
export function compareGrants(a: Grant, b: Grant): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.expiresAt !== b.expiresAt) return expiryOrder(a.expiresAt, b.expiresAt)
  if (widthOf(a) !== widthOf(b)) return widthOf(a) - widthOf(b)
  if (a.kind !== b.kind) return a.kind === 'free' ? -1 : 1
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** What put one grant before another: the first of the rules that tells them apart. */
export function becauseOf(before: Grant, after: Grant): Because {
  if (before.priority !== after.priority) return 'priority'
  if (before.expiresAt !== after.expiresAt) return 'expiry'
  if (widthOf(before) !== widthOf(after)) return 'narrower'
  return before.kind === after.kind ? 'older' : 'free-first'
}

function expiryOrder(a: bigint | null, b: bigint | null): number {
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

/** Whether a grant has begun and not expired. */
export function countsAt(
  { startsAt, expiresAt }: Pick<Grant, 'startsAt' | 'expiresAt'>,
  at: bigint,
): boolean {
  return startsAt <= at && !isOver({ expiresAt }, at)
}

/** Whether a grant has expired: it counts up to its expiry, and not at it. */
export function isOver({ expiresAt }: Pick<Grant, 'expiresAt'>, at: bigint): boolean {
  return expiresAt !== null && expiresAt <= at
}

/** Grants that something can be taken of at an instant, in the order in which they are used. */
export function usable(grants: Iterable<Grant>, at: bigint): Grant[] {
  return [...grants].filter(grant => grant.rest > 0n && countsAt(grant, at)).sort(compareGrants)
}

/** What of grants can be used at an instant. */
export function availableOf(grants: Iterable<Grant>, at: bigint): bigint {
  return usable(grants, at).reduce((sum, grant) => sum + grant.rest, 0n)
}

/** The parts that an amount is taken of, in the order of use, as far as there is enough. */
export function draw(grants: Iterable<Grant>, amount: bigint, at: bigint): Part[] {
  return takenOf(
    usable(grants, at).map(grant => ({ grantId: grant.id, amount: grant.rest })),
    amount,
  )
}

/** The first of parts, up to an amount. */
export function takenOf(parts: Iterable<Part>, amount: bigint): Part[] {
  const taken: Part[] = []
  let left = amount
  for (const part of parts) {
    const most = part.amount < left ? part.amount : left
    if (most <= 0n) continue
    taken.push({ grantId: part.grantId, amount: most })
    left -= most
  }
  return taken
}

/** Parts in the order in which their grants are used. */
export function inOrder(parts: Iterable<Part>, grants: Iterable<Grant>): Part[] {
  const places = new Map([...grants].sort(compareGrants).map(({ id }, place) => [id, place]))
  return [...parts].sort((a, b) => places.get(a.grantId)! - places.get(b.grantId)!)
}

/** What has lapsed of grants that expired; what is held of them stays held until its hold ends. */
export function lapsedParts(grants: Iterable<Grant>, at: bigint): Part[] {
  return [...grants]
    .filter(grant => grant.rest > 0n && isOver(grant, at))
    .map(grant => ({ grantId: grant.id, amount: grant.rest }))
}

/** Sum of parts. */
export function sumOf(parts: Iterable<Pick<Part, 'amount'>>): bigint {
  let sum = 0n
  for (const { amount } of parts) sum += amount
  return sum
}
