import { z } from 'zod'
import { EVERYONE, ROLES } from '../../permissions.ts'
import { command, Digest, Instant, query, Uuid } from '../define.ts'

export const ApprovalState = z.enum([
  'waiting',
  /** Enough people approved it on this desk; the authority has not carried it out yet. */
  'approved',
  'done',
  'refused',
  'withdrawn',
  'expired',
  /** What was asked for is no longer what would be carried out. */
  'changed',
  /** Enough people approved it, and it could not be carried out. */
  'failed',
])
export type ApprovalState = z.infer<typeof ApprovalState>

export const Decision = z.enum(['approve', 'refuse'])
export type Decision = z.infer<typeof Decision>

/** A value that a request shows; words for what it is are the page's. */
export const FactValue = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('money'), minor: z.bigint(), currency: z.string() }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('number'), text: z.string() }),
  z.object({ kind: z.literal('instant'), at: Instant }),
])
export type FactValue = z.infer<typeof FactValue>

/** What changes by it; without a before it is just said. */
export const ApprovalFact = z.object({
  /** A name that the page has words for, such as `invoice.open`. */
  name: z.string(),
  before: FactValue.nullable(),
  after: FactValue.nullable(),
})
export type ApprovalFact = z.infer<typeof ApprovalFact>

const Person = z.object({ id: Uuid, name: z.string() })

export const Vote = z.object({
  person: Person,
  decision: Decision,
  note: z.string().nullable(),
  /** `unattested` where nobody proved that it was this person. */
  assurance: z.string(),
  /** A signature is kept of it. */
  signed: z.boolean(),
  /** By the clock of the device; and by that of the authority, which decides. */
  at: Instant,
  receivedAt: Instant,
})
export type Vote = z.infer<typeof Vote>

export const Approval = z.object({
  id: Uuid,
  /** What is asked for, such as `billing.creditNote`. */
  kind: z.string(),
  subject: z.object({
    entity: z.string(),
    rowId: z.string(),
    title: z.string(),
    /** Where it is shown; null where it is gone. */
    link: z.string().nullable(),
  }),
  /** Over everything that is asked for; a vote names it. */
  digest: Digest,
  nonce: Uuid,
  /** The command that runs when enough people approved. */
  command: z.string(),
  amount: z.bigint().nullable(),
  currency: z.string().nullable(),
  facts: z.array(ApprovalFact),
  reason: z.string(),
  quorum: z.number().int(),
  voters: z.array(z.enum(ROLES)),
  attested: z.boolean(),
  requestedBy: Person,
  requestedAt: Instant,
  expiresAt: Instant.nullable(),
  state: ApprovalState,
  endedBy: Person.nullable(),
  endedAt: Instant.nullable(),
  failure: z.object({ code: z.string(), data: z.unknown() }).nullable(),
  votes: z.array(Vote),
  /** What the acting person is to it: may decide, asked for it, has voted, or none of these. */
  mine: z.enum(['decide', 'asked', 'voted', 'none']),
})
export type Approval = z.infer<typeof Approval>

const One = z.object({ approvalId: Uuid })
const Reason = z.string().trim().min(1).max(2000)
const voting = {
  /** It is no longer waiting. */
  WORKSPACE_APPROVAL_STATE: { data: z.object({ state: ApprovalState }) },
}
const deciding = {
  ...voting,
  /** By the authority's clock, when it received the vote. */
  WORKSPACE_APPROVAL_EXPIRED: { data: z.object({ expiresAt: Instant }) },
  /** It is no longer what was asked for, or not what the person saw. */
  WORKSPACE_APPROVAL_CHANGED: { data: z.object({}) },
  /** Who asks does not vote. */
  WORKSPACE_APPROVAL_OWN: { data: z.object({}) },
  WORKSPACE_APPROVAL_ROLE: { data: z.object({ roles: z.array(z.string()) }) },
  /** One person, one vote. */
  WORKSPACE_APPROVAL_VOTED: { data: z.object({ decision: Decision }) },
  /** Only votes of people count who proved who they are. */
  WORKSPACE_APPROVAL_UNATTESTED: { data: z.object({}) },
}
/** Who votes besides approvers is decided by the kind of the request. An admin as such does not. */
const VOTERS = ['approver', 'analyst', 'ops'] as const
const Ballot = One.extend({ digest: Digest, nonce: Uuid })

/** Errors of commands that ask for an approval: spread them into theirs. */
export const askingErrors = {
  /** The very same is already asked for and waits. */
  WORKSPACE_APPROVAL_OPEN: { data: z.object({ approvalId: Uuid }) },
}

export const approvals = {
  /** Those that wait, mine to decide first, then the ones that end soonest; of the others the newest first. */
  list: query('workspace.approval.list', { roles: EVERYONE })
    .input(
      z.object({
        show: z.enum(['waiting', 'ended', 'all']).default('waiting'),
        /** Only those about one row. */
        entity: z.string().max(50).optional(),
        rowId: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ approvals: z.array(Approval) })),
  /** How many wait, and how many of them for the acting person. */
  count: query('workspace.approval.count', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ mine: z.number().int(), waiting: z.number().int() })),
  get: query('workspace.approval.get', { roles: EVERYONE }).input(One).output(Approval),
  /** The last one that is needed carries it out. */
  approve: command('workspace.approval.approve', { roles: VOTERS, vote: true })
    .input(Ballot.extend({ note: z.string().trim().max(2000).default('') }))
    .output(Approval)
    .errors(deciding),
  /** One refusal ends it. */
  refuse: command('workspace.approval.refuse', { roles: VOTERS, vote: true })
    .input(Ballot.extend({ reason: Reason }))
    .output(Approval)
    .errors(deciding),
  /** Who asked takes it back. */
  withdraw: command('workspace.approval.withdraw', { roles: EVERYONE })
    .input(One.extend({ reason: z.string().trim().max(2000).default('') }))
    .output(Approval)
    .errors(voting),
}
