import { z } from 'zod'
import { EVERYONE } from '../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from './define.ts'

/** A command that waits for the authority, or was refused by it. */
export const OutboxCommand = z.object({
  commandId: Uuid,
  command: z.string(),
  actor: z.object({ id: Uuid, name: z.string() }).nullable(),
  /** When it was given, by this desk's clock. */
  at: Instant,
  /** `pending` is in effect here already; `requested` waits for the authority; `review` was refused and undone. */
  state: z.enum(['pending', 'requested', 'review']),
  /** The authority has done it, and the rows that it changed are on their way. */
  acknowledged: z.boolean(),
  /** What people call the thing that it names; null where it names none. */
  about: z.string().nullable(),
  input: z.unknown(),
  /** Why the authority refused it: a code of the contract and its data. */
  refusal: z.object({ code: z.string(), data: z.unknown() }).nullable(),
  /** How often the authority failed on it without deciding. */
  attempts: z.bigint(),
})
export type OutboxCommand = z.infer<typeof OutboxCommand>

/** A failure as a code with words, and its data. */
const Failure = z.object({ code: z.string(), data: z.unknown() })

/** A row as it was somewhere at some time; null where it was not. */
export const ComparedRow = z.object({
  table: z.string(),
  key: z.string(),
  row: z.record(z.string(), z.unknown()).nullable(),
})
export type ComparedRow = z.infer<typeof ComparedRow>

export const ConnectionState = z.object({
  phase: z.enum(['none', 'enrolling', 'joining', 'uploading', 'connected']),
  url: z.string().nullable(),
  /** What the person compares at the server, and the address of the page where they do; while enrolling. */
  code: z.string().nullable(),
  address: z.string().nullable(),
  expiresAt: Instant.nullable(),
  progress: z
    .object({ of: z.enum(['rows', 'bytes']), done: z.bigint(), total: z.bigint().nullable() })
    .nullable(),
  failure: Failure.nullable(),
  /** Milliseconds by which the server's clock is ahead of this machine's; null before it was asked. */
  clockAhead: z.number().nullable(),
  /** Changes of others are heard at once. */
  live: z.boolean(),
})
export type ConnectionState = z.infer<typeof ConnectionState>

/** Bulk content beside the feed: sums and lines of bills, roll-ups and events of usage. */
export const BulkKind = z.enum(['cost.sums', 'cost.lines', 'usage.sums', 'usage.events'])
export type BulkKind = z.infer<typeof BulkKind>

const BulkSpan = z.object({ kind: BulkKind, from: Instant, to: Instant })

const notConnected = {
  /** There is no server to ask: this workspace is standalone. */
  SYNC_NOT_CONNECTED: { data: z.object({}) },
}

/** Why a server could not be asked, or may not be connected to. */
const unreachable = {
  SYNC_OFFLINE: { data: z.object({ host: z.string(), reason: z.string() }) },
  SYNC_NO_ANSWER: { data: z.object({ host: z.string() }) },
  /** Its certificate is not accepted. */
  SYNC_TLS: { data: z.object({ host: z.string(), reason: z.string() }) },
  SYNC_SERVER_AWAY: { data: z.object({ host: z.string(), status: z.number() }) },
  /** Something else answered: a page to sign in to a network, another program. */
  SYNC_NOT_OURS: { data: z.object({ host: z.string(), status: z.number() }) },
  SYNC_REDIRECTED: { data: z.object({ host: z.string(), to: z.string() }) },
  SYNC_SERVER_FAILED: { data: z.object({ reference: z.string() }) },
  /** The two are more than one release apart. */
  SYNC_DESK_TOO_OLD: { data: z.object({}) },
  SYNC_SERVER_TOO_OLD: { data: z.object({}) },
}

const notInReview = {
  /** Only what was refused can be tried again or discarded: anything else may already be with the authority. */
  SYNC_NOT_IN_REVIEW: { data: z.object({ commandId: Uuid, state: z.string() }) },
}

export const sync = {
  /** What the status strip says. */
  status: query('sync.status', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object({}))
    .output(
      z.object({
        authority: z.enum(['standalone', 'connected', 'server']),
        /** Since when the authority has not answered; null while it does, and where there is none to ask. */
        offlineSince: Instant.nullable(),
        failure: Failure.nullable(),
        pending: z.bigint(),
        requested: z.bigint(),
        review: z.bigint(),
        lastSyncAt: Instant.nullable(),
        /** The authority's version that this desk has seen; null before the first. */
        cursor: z.bigint().nullable(),
      }),
    ),
  outbox: {
    /** What waits, in the order in which it was given; refused commands first. */
    list: query('sync.outbox.list', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ limit: z.number().int().min(1).max(500).default(200) }))
      .output(z.object({ commands: z.array(OutboxCommand), more: z.boolean() })),
    /**
     * What a refused command was based on here, what the server has now, and what was asked for: the rows that
     * the command names.
     */
    compare: query('sync.outbox.compare', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ commandId: Uuid }))
      .output(
        z.object({
          basedOn: z.array(ComparedRow).nullable(),
          current: z.array(ComparedRow).nullable(),
        }),
      ),
    /** Gives a refused command again, as a new one, on what the tables hold now. */
    retry: service('sync.outbox.retry', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ commandId: Uuid }))
      .output(z.object({ commandId: Uuid, outcome: z.enum(['done', 'requested']) }))
      .errors(notInReview),
    /** Lets a refused command go. Its effect is undone already. */
    discard: service('sync.outbox.discard', { roles: EVERYONE, hostOnly: true })
      .input(z.object({ commandId: Uuid }))
      .output(z.object({}))
      .errors(notInReview),
  },
  bulk: {
    /** What of a span is not on this desk yet: nothing where this machine has the last word. */
    missing: query('sync.bulk.missing', { roles: EVERYONE, hostOnly: true })
      .input(BulkSpan)
      .output(
        z.object({
          /** Batches, and what they take on their way. */
          batches: z.number().int(),
          bytes: z.bigint(),
          /** Somebody asked for all of it: it comes as soon as the server is reached. */
          wanted: z.boolean(),
        }),
      ),
    /** Asks for content of a span, which is on this desk from then on, also what comes in later. */
    want: service('sync.bulk.want', { roles: EVERYONE, hostOnly: true })
      .input(BulkSpan)
      .output(z.object({}))
      .errors(notConnected),
    /** What of bulk content is on this desk, by month, the newest first. */
    kept: query('sync.bulk.kept', { roles: EVERYONE, hostOnly: true })
      .input(z.object({}))
      .output(
        z.object({
          months: z.array(
            z.object({
              /** `2026-10`, UTC. */
              month: z.string(),
              kind: BulkKind,
              batches: z.number().int(),
              here: z.number().int(),
              bytes: z.bigint(),
              bytesHere: z.bigint(),
            }),
          ),
        }),
      ),
  },
  /** A round with the server now, instead of when it comes by itself. */
  now: service('sync.now', { roles: EVERYONE, hostOnly: true })
    .input(z.object({}))
    .output(
      z.object({
        reached: z.boolean(),
        /** Commands that the server answered, and of those the refused ones. */
        answered: z.number(),
        refused: z.number(),
        /** Rows that came. */
        applied: z.number(),
        failure: Failure.nullable(),
      }),
    )
    .errors(notConnected),
  connection: {
    state: service('sync.connection.state', { roles: EVERYONE, open: true, hostOnly: true })
      .input(z.object({}))
      .output(ConnectionState),
    /**
     * Begins to connect this workspace to a server. An empty one joins the server's workspace; one with content
     * is uploaded to an empty one. Resolves when there is a code, which a person confirms at the server.
     */
    begin: service('sync.connection.begin', { roles: ['admin'], open: true, hostOnly: true })
      .input(z.object({ url: z.string().min(1).max(2000) }))
      .output(ConnectionState)
      .errors({
        ...unreachable,
        SYNC_URL_INVALID: { data: z.object({ url: z.string() }) },
        SYNC_CONNECTED_ALREADY: { data: z.object({ url: z.string() }) },
        /** Both sides have content, and they are not the same workspace. */
        SYNC_BOTH_FULL: { data: z.object({}) },
        SYNC_HOST_CANNOT: { data: z.object({}) },
        /** What became of the code: a person said no, or nobody confirmed it in time. */
        SYNC_ENROLMENT_REFUSED: { data: z.object({}) },
        SYNC_ENROLMENT_EXPIRED: { data: z.object({}) },
      }),
    /** Notes in the log that a workspace was uploaded, with the end of the log that it had. */
    received: command('sync.connection.received', { roles: [], internal: true })
      .input(z.object({ origin: Uuid, last: Uuid, head: Digest, device: z.string() }))
      .output(z.object({})),
    /** Gives up what was begun. */
    cancel: service('sync.connection.cancel', { roles: ['admin'], open: true, hostOnly: true })
      .input(z.object({}))
      .output(z.object({})),
    /** `copy`: the workspace goes on here, standalone, with all its rows. `nothing`: they are removed here. */
    disconnect: service('sync.connection.disconnect', { roles: ['admin'], hostOnly: true })
      .input(z.object({ keep: z.enum(['copy', 'nothing']), evenWaiting: z.boolean().default(false) }))
      .output(z.object({}))
      .errors({
        ...notConnected,
        /** Commands wait that the server does not have: they would be lost. */
        SYNC_WAITING: { data: z.object({ count: z.bigint() }) },
      }),
  },
}
