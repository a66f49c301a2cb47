import { reading } from '#core/database/store.ts'
import { notifyDecided } from '#core/notify/approval.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { decideVote, stateAt, type VoteOutcome } from '#engines/workspace/approval.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import {
  type Approval,
  type ApprovalState,
  type Decision,
  approvals as leaf,
} from '#shared/contract/workspace/approvals.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { ApprovalKinds } from './approval-kind.ts'
import {
  digestNow,
  openRequest,
  type RequestRow,
  requestRow,
  shownApprovals,
  votesOn,
} from './approval-rows.ts'

interface BallotInput {
  readonly approvalId: string
  readonly digest: string
  readonly nonce: string
}
type Call = CommandCall<unknown>

export const approveRequest = (kinds: ApprovalKinds) =>
  handle(leaf.approve, async call => {
    const { input } = call
    const { row, outcome } = await vote(call, kinds, input, 'approve', input.note === '' ? null : input.note)
    if (outcome.result === 'reached') await carryOut(call, row)
    return shown(call, kinds, row.id)
  })

export const refuseRequest = (kinds: ApprovalKinds) =>
  handle(leaf.refuse, async call => {
    const { input } = call
    const { row } = await vote(call, kinds, input, 'refuse', input.reason)
    await end(call, row, 'refused')
    return shown(call, kinds, row.id)
  })

export const withdrawRequest = (kinds: ApprovalKinds) =>
  handle(leaf.withdraw, async call => {
    const { tx, input, actor, receivedAt } = call
    const row = await requestRow(reading(tx), input.approvalId)
    if (row.requested_by !== actor?.id && !actor?.roles.includes('admin'))
      throw refuse('WORKSPACE_FORBIDDEN', { capability: 'workspace.approval.withdraw', roles: ['admin'] })
    // What expired is over, but may as well be put away.
    const state = stateAt(openRequest(row), receivedAt)
    if (state !== 'waiting' && state !== 'expired') throw refuse('WORKSPACE_APPROVAL_STATE', { state })
    await end(call, row, 'withdrawn')
    return shown(call, kinds, row.id)
  })

/** Decides a vote and keeps it. @throws Refusal that says why it does not count */
async function vote(
  call: Call,
  kinds: ApprovalKinds,
  { approvalId, digest, nonce }: BallotInput,
  decision: Decision,
  note: string | null,
): Promise<{ row: RequestRow; outcome: Extract<VoteOutcome, { ok: true }> }> {
  const { tx, caller, commandId, now, receivedAt } = call
  const actor = call.actor
  if (!actor) throw refuse('WORKSPACE_NOBODY', {})
  const reader = reading(tx)
  const row = await requestRow(reader, approvalId)
  const cast = await votesOn(reader, [row.id])
  const outcome = decideVote(
    openRequest(row),
    cast.map(one => ({ personId: one.person_id, decision: one.decision })),
    {
      ...{ personId: actor.id, roles: actor.roles, decision, digest, nonce, receivedAt },
      assurance: caller.assurance,
      current: await digestNow(reader, kinds, row),
    },
  )
  if (!outcome.ok) {
    const { code, ...data } = outcome.failure
    throw refuse(code, data)
  }
  await tx.db
    .insertInto('approval_votes')
    .values({
      ...{ request_id: row.id, person_id: actor.id, decision, digest, note, command_id: commandId },
      ...{ device: caller.device, assurance: caller.assurance, at: now, received_at: receivedAt },
    })
    .execute()
  return { row, outcome }
}

/**
 * Runs what was asked for. A desk leaves that to its authority, where the vote gets too. What cannot be carried
 * out any more ends the request with the reason: the votes stand, and nothing else happened.
 */
async function carryOut(call: Call, row: RequestRow): Promise<void> {
  const { tx } = call
  const { authority } = await tx.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  if (authority === 'connected') {
    await tx.db.updateTable('approval_requests').set({ state: 'approved' }).where('id', '=', row.id).execute()
    return
  }
  try {
    await tx.attempt(() => call.runById(row.command, fromCanonical(row.input), { trusted: true }))
  } catch (error) {
    if (!isRefusal(error)) throw error
    await end(call, row, 'failed', { code: error.code, data: error.data })
    return
  }
  await end(call, row, 'done')
}

async function end(
  call: Call,
  row: RequestRow,
  state: Exclude<ApprovalState, 'waiting' | 'approved' | 'expired'>,
  failure: { code: string; data: unknown } | null = null,
): Promise<void> {
  const { tx, actor, now } = call
  const ended = { state, ended_by: byWhom(actor), ended_at: now }
  await tx.db
    .updateTable('approval_requests')
    .set({ ...ended, failure: failure === null ? null : canonicalJson(failure) })
    .where('id', '=', row.id)
    .execute()
  if (state !== 'withdrawn') await notifyDecided(call, row, state)
}

async function shown(call: Call, kinds: ApprovalKinds, id: string): Promise<Approval> {
  const reader = reading(call.tx)
  const { actor, receivedAt: now } = call
  const [approval] = await shownApprovals(reader, [await requestRow(reader, id)], { kinds, actor, now })
  if (!call.caller.signed) return approval!
  // The signature is kept with the entry of the log, which is written when this is over.
  const signed = (vote: Approval['votes'][number]) =>
    vote.person.id === actor?.id ? { ...vote, signed: true } : vote
  return { ...approval!, votes: approval!.votes.map(signed) }
}
