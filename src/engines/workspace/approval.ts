import { canonicalJson } from '#shared/canonical.ts'
import type { ApprovalState, Decision } from '#shared/contract/workspace/approvals.ts'
import { digestOf } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'

/** What is asked for, as a digest covers it: nothing of it can change without the digest changing too. */
export interface Approved {
  readonly kind: string
  readonly entity: string
  readonly rowId: string
  /** What of the subject must still be so when it is carried out. */
  readonly subject: unknown
  readonly command: string
  readonly version: number
  readonly input: unknown
}

/** SHA-256 over canonical JSON (RFC 8785) of what is asked for. */
export function approvalDigest(approved: Approved): string {
  return digestOf(canonicalJson({ domain: 'quarterdeck/approval/1', ...approved }))
}

/** A request, as far as votes on it are decided by it. */
export interface OpenRequest {
  readonly state: ApprovalState
  readonly digest: string
  readonly nonce: string
  readonly requestedBy: string
  readonly quorum: number
  readonly voters: readonly Role[]
  /** Only votes count of people who proved who they are. */
  readonly attested: boolean
  /** By the authority's clock; null: never. */
  readonly expiresAt: bigint | null
}

export interface CastVote {
  readonly personId: string
  readonly decision: Decision
}

/** A vote on its way. */
export interface Ballot extends CastVote {
  readonly roles: readonly Role[]
  /** What the person saw. */
  readonly digest: string
  readonly nonce: string
  /** How sure the host is of the person: `unattested` is not at all. */
  readonly assurance: string
  /** When the authority received it, by its own clock. */
  readonly receivedAt: bigint
  /** The digest of what would be carried out now; null where its subject is gone. */
  readonly current: string | null
}

export type VoteFailure =
  | { readonly code: 'WORKSPACE_APPROVAL_STATE'; readonly state: ApprovalState }
  | { readonly code: 'WORKSPACE_APPROVAL_EXPIRED'; readonly expiresAt: bigint }
  /** It is no longer what was asked for, or what the person saw. */
  | { readonly code: 'WORKSPACE_APPROVAL_CHANGED' }
  | { readonly code: 'WORKSPACE_APPROVAL_OWN' }
  | { readonly code: 'WORKSPACE_APPROVAL_ROLE'; readonly roles: readonly Role[] }
  | { readonly code: 'WORKSPACE_APPROVAL_VOTED'; readonly decision: Decision }
  | { readonly code: 'WORKSPACE_APPROVAL_UNATTESTED' }

export type VoteOutcome =
  /** `reached`: it is to be carried out; `missing`: so many more people are needed; `refused`: one word ends it. */
  | { readonly ok: true; readonly result: 'reached' | 'refused' }
  | { readonly ok: true; readonly result: 'missing'; readonly missing: number }
  | { readonly ok: false; readonly failure: VoteFailure }

/** The state of a request at an instant: nobody stores that it expired, time does. */
export function stateAt(
  { state, expiresAt }: Pick<OpenRequest, 'state' | 'expiresAt'>,
  at: bigint,
): ApprovalState {
  return state === 'waiting' && expiresAt !== null && at >= expiresAt ? 'expired' : state
}

/**
 * Decides a vote. Distinct people count, never devices; who asks is none of them; one refusal ends it. What a
 * person saw, what was asked for and what would be carried out now have to be the same.
 */
export function decideVote(request: OpenRequest, votes: readonly CastVote[], ballot: Ballot): VoteOutcome {
  const failure = failureOf(request, votes, ballot)
  if (failure) return { ok: false, failure }
  if (ballot.decision === 'refuse') return { ok: true, result: 'refused' }
  const approving = new Set(
    votes.filter(vote => vote.decision === 'approve' && vote.personId !== request.requestedBy).map(personOf),
  ).add(ballot.personId)
  const missing = request.quorum - approving.size
  return missing <= 0 ? { ok: true, result: 'reached' } : { ok: true, result: 'missing', missing }
}

function failureOf(request: OpenRequest, votes: readonly CastVote[], ballot: Ballot): VoteFailure | null {
  const state = stateAt(request, ballot.receivedAt)
  if (state === 'expired') return { code: 'WORKSPACE_APPROVAL_EXPIRED', expiresAt: request.expiresAt! }
  if (state !== 'waiting') return { code: 'WORKSPACE_APPROVAL_STATE', state }
  if (ballot.personId === request.requestedBy) return { code: 'WORKSPACE_APPROVAL_OWN' }
  if (!request.voters.some(role => ballot.roles.includes(role)))
    return { code: 'WORKSPACE_APPROVAL_ROLE', roles: request.voters }
  const before = votes.find(vote => vote.personId === ballot.personId)
  if (before) return { code: 'WORKSPACE_APPROVAL_VOTED', decision: before.decision }
  if (ballot.digest !== request.digest || ballot.nonce !== request.nonce)
    return { code: 'WORKSPACE_APPROVAL_CHANGED' }
  // What is refused need not be possible any more.
  if (ballot.decision === 'refuse') return null
  if (ballot.current !== request.digest) return { code: 'WORKSPACE_APPROVAL_CHANGED' }
  if (request.attested && ballot.assurance === 'unattested') return { code: 'WORKSPACE_APPROVAL_UNATTESTED' }
  return null
}

function personOf({ personId }: CastVote): string {
  return personId
}
