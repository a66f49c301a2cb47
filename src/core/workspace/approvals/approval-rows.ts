import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import type { Actor } from '#core/runtime/handlers.ts'
import { type OpenRequest, stateAt } from '#engines/workspace/approval.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Approval, ApprovalFact } from '#shared/contract/workspace/approvals.ts'
import { refuse } from '#shared/errors.ts'
import type { Role } from '#shared/permissions.ts'
import { addressesOf } from '../addresses.ts'
import { type ApprovalKinds, currentDigest } from './approval-kind.ts'

export type RequestRow = Row<'approval_requests'>
export type VoteRow = Row<'approval_votes'>
type Db = Pick<Reader, 'db'>

/** A request as votes on it are decided. */
export function openRequest(row: RequestRow): OpenRequest {
  return {
    state: row.state,
    digest: row.digest,
    nonce: row.nonce,
    requestedBy: row.requested_by,
    quorum: Number(row.quorum),
    voters: fromCanonical<Role[]>(row.voters),
    attested: row.attested !== 0n,
    expiresAt: row.expires_at,
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function requestRow({ db }: Db, id: string): Promise<RequestRow> {
  const row = await db.selectFrom('approval_requests').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'approval', id })
  return row
}

/** Votes on requests, in the order in which the authority received them. */
export async function votesOn({ db }: Db, ids: readonly string[]): Promise<VoteRow[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('approval_votes')
    .selectAll()
    .where('request_id', 'in', ids)
    .orderBy('received_at')
    .orderBy('command_id')
    .execute()
}

/** The request that the vote of this command carries out; null where the command is no vote. */
export async function approvalOf({ db }: Db, commandId: string): Promise<string | null> {
  const row = await db
    .selectFrom('approval_votes')
    .select('request_id')
    .where('command_id', '=', commandId)
    .executeTakeFirst()
  return row?.request_id ?? null
}

/** The digest of what a request would carry out now; null where its subject is gone or nobody knows its kind. */
export async function digestNow(
  reader: Reader,
  kinds: ApprovalKinds,
  row: RequestRow,
): Promise<string | null> {
  const kind = kinds.get(row.kind)
  return kind ? currentDigest(reader, kind, row.row_id, fromCanonical(row.input)) : null
}

export interface Showing {
  readonly kinds: ApprovalKinds
  readonly actor: Actor | null
  /** Time is told by it: what is over by then has expired. */
  readonly now: bigint
}

/** Requests as the contract shows them, in the order of the rows. */
export async function shownApprovals(
  reader: Reader,
  rows: readonly RequestRow[],
  { kinds, actor, now }: Showing,
): Promise<Approval[]> {
  const ids = rows.map(row => row.id)
  const votes = Map.groupBy(await votesOn(reader, ids), vote => vote.request_id)
  const signed = await signedCommands(reader, ids)
  const person = await namesOf(reader)
  const links = await linksOf(reader, rows, actor)
  const connected = await isConnected(reader)
  const shown: Approval[] = []
  for (const row of rows) {
    const request = openRequest(row)
    const own = votes.get(row.id) ?? []
    let state = stateAt(request, now)
    if (state === 'waiting') {
      const current = await digestNow(reader, kinds, row)
      // A desk whose people may not have the subject cannot tell; its authority can.
      if (current !== row.digest && !(current === null && connected)) state = 'changed'
    }
    shown.push({
      id: row.id,
      kind: row.kind,
      subject: {
        entity: row.entity,
        rowId: row.row_id,
        title: row.title,
        link: links.get(`${row.entity}/${row.row_id}`) ?? null,
      },
      digest: row.digest,
      nonce: row.nonce,
      command: row.command,
      amount: row.amount,
      currency: row.currency,
      facts: fromCanonical<ApprovalFact[]>(row.facts),
      reason: row.reason,
      quorum: request.quorum,
      voters: [...request.voters],
      attested: request.attested,
      requestedBy: person(row.requested_by),
      requestedAt: row.requested_at,
      expiresAt: row.expires_at,
      state,
      endedBy: row.ended_by === null ? null : person(row.ended_by),
      endedAt: row.ended_at,
      failure: row.failure === null ? null : fromCanonical<Approval['failure']>(row.failure),
      votes: own.map(vote => ({
        person: person(vote.person_id),
        decision: vote.decision,
        note: vote.note,
        assurance: vote.assurance,
        signed: signed.has(vote.command_id),
        at: vote.at,
        receivedAt: vote.received_at,
      })),
      mine: mineOf(request, state, own, actor),
    })
  }
  return shown
}

async function isConnected({ db }: Db): Promise<boolean> {
  const { authority } = await db.selectFrom('workspace_state').select('authority').executeTakeFirstOrThrow()
  return authority === 'connected'
}

/** What somebody is to a request. */
export function mineOf(
  request: OpenRequest,
  state: Approval['state'],
  votes: readonly VoteRow[],
  actor: Actor | null,
): Approval['mine'] {
  if (actor === null) return 'none'
  if (request.requestedBy === actor.id) return 'asked'
  if (votes.some(vote => vote.person_id === actor.id)) return 'voted'
  if (state !== 'waiting') return 'none'
  return request.voters.some(role => actor.roles.includes(role)) ? 'decide' : 'none'
}

async function signedCommands({ db }: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('approval_votes as vote')
    .innerJoin('command_signatures as kept', 'kept.command_id', 'vote.command_id')
    .select('vote.command_id')
    .where('vote.request_id', 'in', ids)
    .execute()
  return new Set(rows.map(row => row.command_id))
}

async function linksOf(reader: Reader, rows: readonly RequestRow[], actor: Actor | null) {
  const links = new Map<string, string>()
  if (actor === null) return links
  for (const [entity, some] of Map.groupBy(rows, row => row.entity)) {
    const found = await addressesOf(
      reader,
      entity,
      some.map(row => row.row_id),
      actor,
    )
    for (const [id, address] of found) links.set(`${entity}/${id}`, address)
  }
  return links
}
