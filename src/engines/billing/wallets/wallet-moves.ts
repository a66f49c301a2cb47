import { accountSums, heldOf, reversed, type Transfer, walletOf } from '../corrections/accounts.ts'
import type { Grant, GrantKind, Part } from './grants.ts'

type Kinds = ReadonlyMap<string, GrantKind>

/** The account that a grant comes from, and that it goes back to: what was paid ahead, or what we gave. */
export function originOf(kind: GrantKind): 'prepaid' | 'promotion' {
  return kind === 'paid' ? 'prepaid' : 'promotion'
}

/** A grant comes into a wallet. */
export function grantMove({ id, kind }: Pick<Grant, 'id' | 'kind'>, amount: bigint): Transfer {
  return { amount, debit: originOf(kind), credit: walletOf(id) }
}

/** What is taken back of a grant: to where it came from. */
export function withdrawMove(grant: Pick<Grant, 'id' | 'kind'>, amount: bigint): Transfer {
  return reversed(grantMove(grant, amount))
}

/** What a hold reserves. */
export function holdMoves(parts: readonly Part[]): Transfer[] {
  return parts.map(({ grantId, amount }) => ({ amount, debit: walletOf(grantId), credit: heldOf(grantId) }))
}

/** What a hold reserves no more. */
export function releaseMoves(parts: readonly Part[]): Transfer[] {
  return holdMoves(parts).map(reversed)
}

/** What is used of a hold. */
export function captureMoves(parts: readonly Part[]): Transfer[] {
  return parts.map(({ grantId, amount }) => ({ amount, debit: heldOf(grantId), credit: 'consumed' }))
}

/** What pays an invoice. */
export function payMoves(parts: readonly Part[]): Transfer[] {
  return parts.map(({ grantId, amount }) => ({ amount, debit: walletOf(grantId), credit: 'receivable' }))
}

/** What paid an invoice, and comes back to the grants that it was of. */
export function payBackMoves(parts: readonly Part[]): Transfer[] {
  return payMoves(parts).map(reversed)
}

/** What expired: of a free grant it goes back to what we gave, of a paid one it is ours. */
export function lapseMoves(parts: readonly Part[], kinds: Kinds): Transfer[] {
  return parts.map(({ grantId, amount }) => ({
    ...{ amount, debit: walletOf(grantId) },
    credit: kinds.get(grantId) === 'paid' ? 'expired' : 'promotion',
  }))
}

/** What transfers change of grants: more or less at rest, more or less held. */
export function changesOf(transfers: Iterable<Transfer>): Map<string, { rest: bigint; held: bigint }> {
  const changes = new Map<string, { rest: bigint; held: bigint }>()
  for (const [account, sum] of accountSums(transfers)) {
    const [name, grantId] = account.split(':')
    if (grantId === undefined) continue
    const change = changes.get(grantId) ?? { rest: 0n, held: 0n }
    changes.set(
      grantId,
      name === 'wallet' ? { ...change, rest: change.rest - sum } : { ...change, held: change.held - sum },
    )
  }
  return changes
}

/** What a source took of grants and did not give back, by the ledger: what stands on the debit of their accounts. */
export function takenBy(transfers: Iterable<Transfer>, account: 'wallet' | 'held'): Part[] {
  return [...changesOf(transfers)]
    .map(([grantId, change]) => ({ grantId, amount: account === 'wallet' ? -change.rest : change.held }))
    .filter(({ amount }) => amount > 0n)
}

/** What a movement of a wallet was, in the order in which they come where one instant has several. */
export const MOVEMENTS = [
  'granted',
  'held',
  'used',
  'released',
  'paid',
  'paid-back',
  'withdrawn',
  'lapsed',
] as const
export type Movement = (typeof MOVEMENTS)[number]

/** What a transfer of a wallet was, by its two accounts. */
export function movementOf({ debit, credit }: Pick<Transfer, 'debit' | 'credit'>): Movement {
  if (credit.startsWith('held:')) return 'held'
  if (credit === 'consumed') return 'used'
  if (debit.startsWith('held:')) return 'released'
  if (credit.startsWith('wallet:')) return debit === 'receivable' ? 'paid-back' : 'granted'
  if (credit === 'receivable') return 'paid'
  return credit === 'prepaid' ? 'withdrawn' : 'lapsed'
}
