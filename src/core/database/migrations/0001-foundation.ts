import { blob, int, nullable, table, text } from '../table.ts'

/** What every feature stands on: the workspace, its people, the command log, jobs, effects and services. */
export const tables = {
  /** One row: the workspace and the counter that every command takes first. */
  workspace_state: table({
    key: [],
    columns: {
      version: int(),
      name: text(),
      /** 1 for the demo workspace, 0 for a company's. */
      demo: int(),
      /** Who has the last word: `standalone`, `connected` (the backend has it) or `server`. */
      authority: text<'standalone' | 'connected' | 'server'>(),
      /** Calendar arithmetic of the workspace happens in this IANA zone. */
      zone: text(),
      currency: text(),
      /** When the person proved that they wrote the recovery key down; null until then. */
      recovery_confirmed_at: nullable(int()),
      created_at: int(),
    },
  }),
  people: table({
    scope: 'everyone',
    columns: {
      id: text(),
      name: text(),
      email: text(),
      /** JSON list of roles. */
      roles: text(),
      active: int(),
      /** argon2id string; null where the person may be acted as without one (demo, first admin). */
      passphrase: nullable(text()),
      created_at: int(),
    },
    unique: [['email']],
    search: { entity: 'person', title: 'name', body: ['email'] },
  }),
  settings: table({
    scope: 'everyone',
    key: ['name'],
    columns: { name: text(), value: text(), changed_by: text(), changed_at: int() },
  }),
  views: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** The page that the view belongs to, for example `finops.costs`. */
      page: text(),
      name: text(),
      /** What comes after the page in its address: the state of the view, which can be sent. */
      address: text(),
      owner: text(),
      shared: int(),
      created_at: int(),
    },
    indexes: [['page']],
    search: { entity: 'view', title: 'name', body: ['page'] },
  }),
  comments: table({
    scope: 'everyone',
    columns: {
      id: text(),
      entity: text(),
      row_id: text(),
      body: text(),
      author: text(),
      created_at: int(),
      edited_at: nullable(int()),
    },
    indexes: [['entity', 'row_id']],
    search: { entity: 'comment', title: 'body' },
  }),
  /** Audit trail, record of idempotency and order of the feed: one thing (DESIGN section 2). */
  command_log: table({
    key: ['version'],
    columns: {
      version: int(),
      id: text(),
      command: text(),
      command_version: int(),
      actor: nullable(text()),
      device: text(),
      /** How sure we are of the actor: keychain, passphrase, key file, unattested, system. */
      assurance: text(),
      /** The time recorded in the command, and the authority's own time of receipt. */
      at: int(),
      received_at: int(),
      input: text(),
      outcome: text<'done' | 'refused'>(),
      result: text(),
      /** JSON of the command and input that would undo this one; null where it cannot be undone. */
      undo: nullable(text()),
      /** The command that this one undid. */
      compensates: nullable(text()),
      previous: text(),
      hash: text(),
    },
    unique: [['id']],
    indexes: [['command', 'version'], ['compensates']],
  }),
  log_heads: table({
    key: ['version'],
    columns: { version: int(), hash: text(), signed_at: int(), key_id: text(), signature: text() },
  }),
  /** Work for the outside world, carried out after the commit under an idempotency key. */
  effects: table({
    columns: {
      id: text(),
      kind: text(),
      payload: text(),
      state: text<'waiting' | 'done' | 'failed'>(),
      attempts: int(),
      not_before: int(),
      created_at: int(),
      done_at: nullable(int()),
      failure: nullable(text()),
    },
    indexes: [['state', 'not_before']],
  }),
  jobs: table({
    columns: {
      id: text(),
      kind: text(),
      input: text(),
      state: text<'queued' | 'running' | 'done' | 'failed' | 'cancelled'>(),
      phase: text(),
      done: int(),
      total: nullable(int()),
      result: nullable(text()),
      /** JSON of code, message and data. */
      failure: nullable(text()),
      attempts: int(),
      cancel_requested: int(),
      requested_by: nullable(text()),
      requested_at: int(),
      started_at: nullable(int()),
      finished_at: nullable(int()),
    },
    indexes: [['state'], ['requested_at']],
  }),
  /** Small documents that a job left behind: problem lists, reports. Exports are written to files. */
  artifacts: table({
    columns: {
      id: text(),
      job_id: text(),
      name: text(),
      media_type: text(),
      bytes: blob(),
      created_at: int(),
    },
    indexes: [['job_id']],
  }),
}
