import { int, nullable, table, text } from '../table.ts'

/** Sync (DESIGN section 5): the mode of capture, the feed, the outbox, and pages that are not yet whole. */
export const tables = {
  /** One row where a workspace is synced; none in a standalone one. */
  sync_state: table({
    key: [],
    columns: {
      /** What the capture triggers do: nothing, write the feed (server), keep server images (desk). */
      capture: text<'off' | 'feed' | 'shadow'>(),
      /** Desk: the server's version up to which the cached tables are whole; -1 before the first pull. */
      cursor: int(),
      /** Server: cursors below this can no longer be served, because tombstones were dropped. */
      floor: int(),
      /** Desk: JSON list of the scopes that the cursor belongs to. */
      scopes: text(),
      /** Desk: JSON of the server's facts about the workspace (name, zone, currency) at the cursor. */
      facts: nullable(text()),
      /** Desk: JSON of where the next page begins; null when no pages are staged. */
      staged: nullable(text()),
      /** Desk: 1 when a migration rewound the pending commands, which must be replayed before anything else. */
      replay: int(),
      last_sync_at: nullable(int()),
      /** Desk: since when the server has not answered; null while it does. */
      offline_since: nullable(int()),
      failure: nullable(text()),
    },
  }),
  /** The feed: one entry per row with the version that touched it last; tombstones are part of it. */
  changes: table({
    key: ['table_name', 'row_key'],
    columns: { table_name: text(), row_key: text(), version: int(), deleted: int() },
    indexes: [['version', 'table_name', 'row_key']],
  }),
  /** Commands of this desk that the server has not yet settled, in the order in which they were given. */
  outbox: table({
    key: ['number'],
    columns: {
      number: int(),
      id: text(),
      command: text(),
      command_version: int(),
      actor: nullable(text()),
      device: text(),
      assurance: text(),
      at: int(),
      /** The whole input, secrets too: the server needs them. Removed with the row. */
      input: text(),
      /** `pending` ran here; `requested` runs on the server only; `review` was refused by the server. */
      state: text<'pending' | 'requested' | 'review'>(),
      /** The answer that was given here; null for a requested command. */
      result: nullable(text()),
      undo: nullable(text()),
      compensates: nullable(text()),
      /** The server's version of this command once it was done there: it stays pending until the cursor is there. */
      answered_version: nullable(int()),
      answer: nullable(text()),
      /** JSON of the code and data of the server's refusal. */
      refusal: nullable(text()),
      /** How often the server failed on it without deciding. */
      attempts: int(),
      queued_at: int(),
    },
    unique: [['id']],
    indexes: [['state', 'number'], ['compensates']],
  }),
  /** Rows of pages that are not yet whole. */
  sync_staged: table({
    key: ['table_name', 'row_key'],
    columns: {
      table_name: text(),
      row_key: text(),
      /** The row as canonical JSON; null for a deleted one. */
      row_json: nullable(text()),
    },
  }),
}
