import type { PackedRows } from '#core/database/packed-rows.ts'
import type { FeedPosition, SyncRow } from '#core/database/sync-rows.ts'
import type { Scope } from '#core/database/table.ts'
import type { Id } from '#shared/ids.ts'
import type { CommandSignature } from '../identity/command-signature.ts'

/*
 * What a desk and the server say to each other, without a transport: plain functions over plain data (every
 * int64 a bigint). A transport carries them, authenticates the desk, and parses what it receives.
 */

/** A Quarterdeck, as far as the other side has to know it. */
export interface Build {
  /** The version of this protocol. */
  readonly protocol: number
  /** The number of its last migration. */
  readonly schema: number
  /** The number of the last migration of the release before: what it still gets on with. */
  readonly since: number
}

/** What a cursor belongs to: with other scopes or another schema on either side a desk takes a snapshot. */
export interface Basis {
  /** Groups of tables, in the order of their names. */
  readonly scopes: readonly Scope[]
  /** The schemas of server and desk. */
  readonly server: number
  readonly desk: number
}

export interface Welcome {
  readonly kind: 'welcome'
  readonly build: Build
  /** What this desk may have now. */
  readonly scopes: readonly Scope[]
  /** The server's clock, in milliseconds since the epoch, so that a desk can say that its own is wrong. */
  readonly now: bigint
}

/** The two are more than one release apart. The desk keeps what it has, its outbox above all. */
export interface Unfit {
  readonly kind: 'unfit'
  /** Which side is to be brought up to date. */
  readonly older: 'desk' | 'server'
  readonly build: Build
}

/**
 * Where a desk stands in the feed, and by which way the server came there (the hash of its last log entry up to
 * there, and the mark of its last chunk): a server that was restored has another one, or none, also when it has long
 * gone on.
 */
export interface Place extends FeedPosition {
  readonly head: string
  /**
   * What the server was when it read the last of the pages that lead here, while they are not whole: a server that
   * was restored to a moment before it may still have the place, but not what those pages hold, and leave out.
   */
  readonly read: Seen | null
}

/** A moment of the server's history: a version, and by which way it was reached. */
export interface Seen {
  readonly version: bigint
  readonly head: string
}

/** A command that was done, by its version and the hash of its entry. */
export interface Answered {
  readonly version: bigint
  readonly head: string
}

/** A command on its way to the authority. */
export interface PushedCommand {
  readonly id: Id
  readonly command: string
  readonly commandVersion: bigint
  readonly actor: Id | null
  readonly device: string
  readonly assurance: string
  /** When it was intended, by the desk's clock, in milliseconds. */
  readonly at: bigint
  /** Its parsed input as canonical JSON. */
  readonly input: string
  /** What the device signed, as the very text; null from a desk without a key. The server checks it first. */
  readonly signed: CommandSignature | null
  /** How often the server failed on it without deciding. */
  readonly attempts: bigint
}

/**
 * The authority's answer. `done` and `refused` are final and the same at every repeat. `failed` is a bug
 * there: the command was not decided, and those behind it were not tried. One on which it fails again and again
 * is refused with `SYNC_SERVER_FAILED`, so that a person looks at it and the queue goes on; the server says so,
 * because only it knows that the command was not done after all.
 */
export type PushAnswer =
  | {
      readonly id: Id
      readonly outcome: 'done'
      readonly version: bigint
      /** The hash of its entry of the log: with it the desk can ask later whether this server still has it. */
      readonly head: string
      readonly result: unknown
    }
  | {
      readonly id: Id
      readonly outcome: 'refused'
      readonly code: string
      readonly data: unknown
      /** The rows that the command names, as the server has them now: what a person compares theirs with. */
      readonly current: readonly ChangedRow[]
    }
  | { readonly id: Id; readonly outcome: 'failed'; readonly reference: string }

/** One row as it is now on the server; `row` is null when it is gone. */
export interface ChangedRow {
  readonly table: string
  readonly key: string
  readonly row: SyncRow | null
}

/** What a desk knows of the workspace besides its tables. */
export interface WorkspaceFacts {
  readonly name: string
  readonly zone: string
  readonly currency: string
  readonly demo: bigint
}

/** The desk's cached tables cannot be brought up to date by the feed: it takes a snapshot. */
export interface Reset {
  readonly kind: 'reset'
  /** Tombstones were dropped; the server was restored to an earlier time; scopes or a schema changed. */
  readonly reason: 'floor' | 'history' | 'scopes' | 'schema'
  /** What the new cursor will belong to. */
  readonly basis: Basis
}

export interface FeedPage {
  readonly kind: 'feed'
  readonly rows: readonly ChangedRow[]
  readonly end: Place
  /**
   * Read in a snapshot whose counter is this page's end: with it, everything since the cursor is whole. Only
   * then may the staged pages be applied.
   */
  readonly complete: boolean
  readonly facts: WorkspaceFacts
}

/** Where a snapshot goes on. The feed from `start` on completes what was read while the tables changed. */
export interface SnapshotPosition {
  readonly start: bigint
  readonly head: string
  readonly table: string
  readonly after: string | null
  /** What the pages before it belong to. */
  readonly basis: Basis
  /** What the server was when it read the page before: the rows are of then, and not of `start`. */
  readonly read: Seen | null
}

export interface SnapshotPage {
  readonly kind: 'snapshot'
  /** What a server of the release before sends instead of `packed`, and this one to a desk of it. */
  readonly rows: readonly ChangedRow[]
  /** By table. A desk keeps them as they are until the snapshot is whole. */
  readonly packed: readonly PackedRows[]
  /** Null after the last row of the last table. */
  readonly next: SnapshotPosition | null
  readonly start: bigint
  readonly head: string
  readonly basis: Basis
  /** What the server was when it read this page; null from one that does not say it. */
  readonly read: Seen | null
}

/** A piece of a batch's content; see `batches.ts`. */
export interface BatchPart {
  readonly bytes: Uint8Array
  /** How many parts the batch has. */
  readonly parts: number
}

/** The server, as one authenticated desk sees it. A rejected promise means that it could not be reached. */
export interface SyncServer {
  /** The first question of a connection: whether the two understand each other. */
  hello(desk: Build): Promise<Welcome | Unfit>
  /**
   * Runs commands in order and answers each; stops behind the first that `failed`. Runs none when the server
   * does not have what it answered before.
   */
  push(request: {
    readonly answered: Answered | null
    readonly commands: readonly PushedCommand[]
  }): Promise<readonly PushAnswer[] | Reset>
  /**
   * The feed after a position.
   * @param request `answered`: the newest command that the desk has an answer to and not yet the rows
   */
  pull(request: { basis: Basis; after: Place; answered: Answered | null }): Promise<FeedPage | Reset>
  /**
   * All rows, table by table, from the beginning (for a desk of this schema) or from where the last page ended.
   * @param request `packed`: the desk takes rows of a table as one text
   */
  snapshot(request: {
    desk: number
    position: SnapshotPosition | null
    packed: boolean
  }): Promise<SnapshotPage | Reset>
  /** A part of the content of a batch, from 0; null when the server does not have it any more. */
  batch(request: { id: Id; part: number }): Promise<BatchPart | null>
}
