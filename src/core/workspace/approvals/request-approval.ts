import { reading } from '#core/database/store.ts'
import { notifyVoters } from '#core/notify/approval.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type CommandCall, capabilityOf, type Leaf, type RawInputOf } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { ApprovalFact } from '#shared/contract/workspace/approvals.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { readSettings } from '../settings.ts'
import { type ApprovalKind, currentDigest } from './approval-kind.ts'

/** What a handler asks other people for. */
export interface Asked<L extends Leaf> {
  /** The row that it is about, of the kind's entity. */
  readonly rowId: string
  /** The row in words: a number and a customer, say. */
  readonly title: string
  /** What the command is given when enough people approved. */
  readonly input: RawInputOf<L>
  readonly reason: string
  /** Where it is about money: how much, in minor units. */
  readonly money?: { readonly amount: bigint; readonly currency: string }
  readonly facts?: readonly ApprovalFact[]
  /** Where it needs more people than usual. */
  readonly quorum?: number
}

/**
 * Asks other people to allow something, within the command that wants it done. Nothing happens until enough of
 * them approve; then the kind's command runs with this input, once, unless the subject changed meanwhile.
 * @returns the id of the request
 * @throws Refusal `WORKSPACE_APPROVAL_OPEN` where the very same waits already, `WORKSPACE_NOT_FOUND` where the
 *   subject is gone
 */
export async function requestApproval<L extends Leaf>(
  call: Pick<CommandCall<unknown>, 'tx' | 'actor' | 'ids' | 'now' | 'receivedAt' | 'effect'>,
  kind: ApprovalKind<L>,
  asked: Asked<L>,
): Promise<Id> {
  const { tx, actor, ids, now, receivedAt } = call
  if (!actor) throw refuse('WORKSPACE_NOBODY', {})
  const { rowId, input } = asked
  const reader = reading(tx)
  const digest = await currentDigest(reader, kind, rowId, input)
  if (digest === null) throw refuse('WORKSPACE_NOT_FOUND', { entity: kind.entity, id: rowId })
  const same = await tx.db
    .selectFrom('approval_requests')
    .select('id')
    .where('entity', '=', kind.entity)
    .where('row_id', '=', rowId)
    .where('digest', '=', digest)
    .where('state', 'in', ['waiting', 'approved'])
    .where(on => on.or([on('expires_at', 'is', null), on('expires_at', '>', receivedAt)]))
    .executeTakeFirst()
  if (same) throw refuse('WORKSPACE_APPROVAL_OPEN', { approvalId: same.id })
  const attested = kind.attested ?? (await readSettings(reader, {}))['workspace.approvalsAttested']
  const { id: command, version } = capabilityOf(kind.leaf)
  const row = {
    id: ids.next(),
    kind: kind.name,
    entity: kind.entity,
    row_id: rowId,
    title: asked.title,
    digest,
    nonce: ids.next(),
    command,
    command_version: BigInt(version),
    input: canonicalJson(input),
    amount: asked.money?.amount ?? null,
    currency: asked.money?.currency ?? null,
    facts: canonicalJson(asked.facts ?? []),
    reason: asked.reason,
    quorum: BigInt(asked.quorum ?? kind.quorum),
    voters: canonicalJson(kind.voters),
    attested: attested ? 1n : 0n,
    requested_by: actor.id,
    requested_at: now,
    expires_at: kind.expiresAfter === null ? null : receivedAt + kind.expiresAfter,
    state: 'waiting' as const,
    ended_by: null,
    ended_at: null,
    failure: null,
  }
  await tx.db.insertInto('approval_requests').values(row).execute()
  await notifyVoters(call, row, actor)
  return row.id
}

/** How a request ends that nobody decides: whoever changes its subject may end it at once. */
export async function endApprovals(
  { tx, actor, now }: Pick<CommandCall<unknown>, 'tx' | 'actor' | 'now'>,
  entity: string,
  rowId: string,
): Promise<void> {
  await tx.db
    .updateTable('approval_requests')
    .set({ state: 'changed', ended_by: byWhom(actor), ended_at: now })
    .where('entity', '=', entity)
    .where('row_id', '=', rowId)
    .where('state', '=', 'waiting')
    .execute()
}

/** The request about a row of a kind that waits; what a page shows beside the row. */
export async function waitingApproval(
  reader: Pick<ReturnType<typeof reading>, 'db'>,
  kind: Pick<ApprovalKind, 'name'>,
  rowId: string,
  at: bigint,
): Promise<Id | null> {
  const row = await reader.db
    .selectFrom('approval_requests')
    .select('id')
    .where('kind', '=', kind.name)
    .where('row_id', '=', rowId)
    .where('state', 'in', ['waiting', 'approved'])
    .where(on => on.or([on('expires_at', 'is', null), on('expires_at', '>', at)]))
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row?.id ?? null
}
