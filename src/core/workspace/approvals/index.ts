import { answer } from '#core/runtime/handlers.ts'
import { stateAt } from '#engines/workspace/approval.ts'
import { approvals as leaf } from '#shared/contract/workspace/approvals.ts'
import type { ApprovalKinds } from './approval-kind.ts'
import { mineOf, openRequest, requestRow, shownApprovals, votesOn } from './approval-rows.ts'
import { approveRequest, refuseRequest, withdrawRequest } from './vote.ts'

/** Requests that wait are few; more than this are not counted one by one. */
const MOST_WAITING = 1000

const listApprovals = (kinds: ApprovalKinds) =>
  answer(leaf.list, async ({ reader, input, actor, now }) => {
    const { show, entity, rowId, limit } = input
    let query = reader.db.selectFrom('approval_requests').selectAll()
    if (show === 'waiting') query = query.where('state', 'in', ['waiting', 'approved'])
    if (entity !== undefined) query = query.where('entity', '=', entity)
    if (rowId !== undefined) query = query.where('row_id', '=', rowId)
    const rows = await query
      .orderBy('requested_at', 'desc')
      .orderBy('id', 'desc')
      .limit(show === 'ended' ? limit + MOST_WAITING : limit)
      .execute()
    const shown = await shownApprovals(reader, rows, { kinds, actor, now })
    const waits = (state: string) => state === 'waiting' || state === 'approved'
    const asked = show === 'all' ? shown : shown.filter(one => waits(one.state) === (show === 'waiting'))
    if (show === 'waiting') asked.sort((a, b) => place(a) - place(b) || soonest(a, b))
    return { approvals: asked.slice(0, limit) }
  })

function place({ mine }: { mine: string }): number {
  return mine === 'decide' ? 0 : 1
}

/** What never ends comes last. */
const endOf = ({ expiresAt }: { expiresAt: bigint | null }) => Number(expiresAt ?? Number.MAX_SAFE_INTEGER)
const soonest = (a: { expiresAt: bigint | null }, b: { expiresAt: bigint | null }) => endOf(a) - endOf(b)

const countApprovals = answer(leaf.count, async ({ reader, actor, now }) => {
  const rows = await reader.db
    .selectFrom('approval_requests')
    .selectAll()
    .where('state', '=', 'waiting')
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST_WAITING)
    .execute()
  const open = rows.filter(row => stateAt(openRequest(row), now) === 'waiting')
  const votes = Map.groupBy(
    await votesOn(
      reader,
      open.map(row => row.id),
    ),
    vote => vote.request_id,
  )
  const mine = open.filter(
    row => mineOf(openRequest(row), 'waiting', votes.get(row.id) ?? [], actor) === 'decide',
  )
  return { mine: mine.length, waiting: open.length }
})

const getApproval = (kinds: ApprovalKinds) =>
  answer(leaf.get, async ({ reader, input, actor, now }) => {
    const row = await requestRow(reader, input.approvalId)
    return (await shownApprovals(reader, [row], { kinds, actor, now }))[0]!
  })

/** Handlers of what people ask each other to allow. */
export function approvalHandlers(kinds: ApprovalKinds) {
  return {
    list: listApprovals(kinds),
    count: countApprovals,
    get: getApproval(kinds),
    approve: approveRequest(kinds),
    refuse: refuseRequest(kinds),
    withdraw: withdrawRequest(kinds),
  }
}
