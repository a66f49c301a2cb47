import type { FeedPosition, SyncRow } from '#core/database/sync-rows.ts'
import type { Scope } from '#core/database/table.ts'
import type { Id } from '#shared/ids.ts'

/*
 * What a desk and the server say to each other, without a transport: plain functions over plain data (every
 * int64 a bigint). A transport carries them, authenticates the desk, and parses what it receives.
 */

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
}

/**
 * The authority's answer. `done` and `refused` are final and the same at every repeat. `failed` is a bug
 * there: the command was not decided, and those behind it were not tried.
 */
export type PushAnswer =
  | { readonly id: Id; readonly outcome: 'done'; readonly version: bigint; readonly result: unknown }
  | { readonly id: Id; readonly outcome: 'refused'; readonly code: string; readonly data: unknown }
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
  /** Tombstones were dropped; the desk is ahead of a restored server; its scopes changed. */
  readonly reason: 'floor' | 'ahead' | 'scopes'
  readonly scopes: readonly Scope[]
}

export interface FeedPage {
  readonly kind: 'feed'
  readonly rows: readonly ChangedRow[]
  readonly end: FeedPosition
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
  readonly table: string
  readonly after: string | null
}

export interface SnapshotPage {
  readonly kind: 'snapshot'
  readonly rows: readonly ChangedRow[]
  /** Null after the last row of the last table. */
  readonly next: SnapshotPosition | null
  readonly start: bigint
  readonly scopes: readonly Scope[]
}

/** The server, as one authenticated desk sees it. A rejected promise means that it could not be reached. */
export interface SyncServer {
  /** Runs commands in order and answers each; stops behind the first that `failed`. */
  push(commands: readonly PushedCommand[]): Promise<readonly PushAnswer[]>
  /** The feed after a position. */
  pull(request: { scopes: readonly Scope[]; after: FeedPosition }): Promise<FeedPage | Reset>
  /** All rows, table by table, from the beginning or from where the last page ended. */
  snapshot(request: { position: SnapshotPosition | null }): Promise<SnapshotPage>
}
