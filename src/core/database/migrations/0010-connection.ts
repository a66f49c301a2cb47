import { int, nullable, table, text } from '../table.ts'

/** The server of a connected workspace, and what desks see of the jobs that run there. */
export const tables = {
  /**
   * One row where a workspace is connected or on its way there. It never leaves its machine, and says nothing
   * of who has the last word: that is `workspace_state.authority`, which changes at one moment.
   */
  sync_server: table({
    key: [],
    columns: {
      /** The address of the server, without a slash at its end. */
      url: text(),
      /** The workspace's id there, which signatures name. */
      workspace_there: text(),
      /** What the server calls this machine. */
      device: text(),
      /** The person who enrolled it. */
      person: text(),
      state: text<'joining' | 'uploading' | 'connected'>(),
      /** JSON: the progress of an upload, so that it goes on where it was cut off. */
      progress: nullable(text()),
      since: int(),
    },
  }),
  /** What desks are told of a server's jobs. Their inputs and what they stage stay there. */
  server_jobs: table({
    scope: 'everyone',
    columns: {
      id: text(),
      kind: text(),
      state: text<'queued' | 'running' | 'done' | 'failed' | 'cancelled'>(),
      phase: text(),
      done: int(),
      total: nullable(int()),
      result: nullable(text()),
      failure: nullable(text()),
      attempts: int(),
      cancel_requested: int(),
      requested_by: nullable(text()),
      requested_at: int(),
      started_at: nullable(int()),
      finished_at: nullable(int()),
    },
    indexes: [['requested_at']],
  }),
}
