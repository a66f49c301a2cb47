import type { Id } from '#shared/ids.ts'
import type { BulkWant } from './bulk.ts'

/** Where a machine stands with its server, for the page that connects it. */
export interface ConnectionState {
  /**
   * `enrolling`: a person has to confirm the code at the server; `joining`: the first rows are on their way;
   * `uploading`: a standalone workspace goes to the server, which does not have the last word yet.
   */
  readonly phase: 'none' | 'enrolling' | 'joining' | 'uploading' | 'connected'
  readonly url: string | null
  /** What the person compares, and where; while enrolling. */
  readonly code: string | null
  readonly address: string | null
  readonly expiresAt: bigint | null
  readonly progress: Progress | null
  /** Why it does not go on; it may go on by itself. */
  readonly failure: { readonly code: string; readonly data: unknown } | null
  /** Milliseconds by which the server's clock is ahead of this machine's; null before it was asked. */
  readonly clockAhead: number | null
  /** Announcements are heard, so that changes of others come at once. */
  readonly live: boolean
}

export interface Progress {
  readonly of: 'rows' | 'bytes'
  readonly done: bigint
  readonly total: bigint | null
}

export interface RoundOutcome {
  readonly reached: boolean
  readonly answered: number
  readonly refused: number
  readonly applied: number
  readonly failure: { readonly code: string; readonly data: unknown } | null
}

/** A host's way to the server of a connected workspace. The core decides who may use it. */
export interface DeskPort {
  /** A round now. @throws Refusal `SYNC_NOT_CONNECTED` */
  syncNow(): Promise<RoundOutcome>
  /**
   * Asks a capability of the authority in this person's name.
   * @throws Refusal `SYNC_NETWORK_NEEDED`, and what the authority refuses
   */
  ask(capability: string, input: unknown, person: Id | null): Promise<unknown>
  /** Asks for bulk content, which is fetched now where the server is reached. @throws Refusal `SYNC_NOT_CONNECTED` */
  want(content: BulkWant): Promise<void>
  /** The bytes of a document that this machine does not have yet. @throws Refusal `SYNC_NETWORK_NEEDED` */
  document(id: Id): Promise<DocumentBytes>
  state(): ConnectionState
  /**
   * Begins to connect: resolves when there is a code to show.
   * @throws Refusal why that server cannot be connected to
   */
  begin(url: string): Promise<ConnectionState>
  /** Gives up what was begun. Nothing of the workspace has changed. */
  cancel(): Promise<void>
  /**
   * Takes the server away: with `copy` the workspace goes on here with everything that it holds, else its cached
   * rows are removed. @throws Refusal `SYNC_WAITING` while commands wait that the server does not have
   */
  disconnect(keep: 'copy' | 'nothing', evenWaiting: boolean): Promise<void>
}

export interface DocumentBytes {
  readonly entity: string
  readonly rowId: Id
  readonly fileName: string
  readonly mediaType: string
  readonly digest: string
  readonly bytes: Uint8Array
  readonly createdAt: bigint
}
