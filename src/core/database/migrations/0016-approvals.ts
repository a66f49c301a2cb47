import { int, nullable, table, text } from '../table.ts'

/** Requests that something be allowed by other people, and their votes. */
export const tables = {
  /** What was asked is never changed; only how it ended is added. */
  approval_requests: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** The name of an `ApprovalKind`. */
      kind: text(),
      /** The row that it is about. */
      entity: text(),
      row_id: text(),
      /** What search finds it by: the subject in words, such as a number and a customer. */
      title: text(),
      /** Over kind, subject as it was, and what is to run: what a vote names. */
      digest: text(),
      /** New for each request, so that no vote fits another one. */
      nonce: text(),
      /** The command that runs when enough people approved, its version, and its input as JSON. */
      command: text(),
      command_version: int(),
      input: text(),
      /** Minor units, where it is about money. */
      amount: nullable(int()),
      currency: nullable(text()),
      /** JSON list of what changes, before and after. */
      facts: text(),
      reason: text(),
      quorum: int(),
      /** JSON list of roles that may vote. */
      voters: text(),
      /** 1 where only votes count of people who proved who they are. */
      attested: int(),
      requested_by: text(),
      requested_at: int(),
      /** By the authority's clock; null: it does not expire. */
      expires_at: nullable(int()),
      /** `approved` is a quorum on a desk, which the authority has not carried out yet. */
      state: text<'waiting' | 'approved' | 'done' | 'refused' | 'withdrawn' | 'changed' | 'failed'>(),
      ended_by: nullable(text()),
      ended_at: nullable(int()),
      /** JSON of why carrying it out failed. */
      failure: nullable(text()),
    },
    indexes: [['state', 'requested_at'], ['entity', 'row_id'], ['requested_at']],
    search: { entity: 'approval', title: 'title', body: ['reason'] },
  }),
  /** One for each person, whatever devices they have. Never changed. */
  approval_votes: table({
    scope: 'everyone',
    key: ['request_id', 'person_id'],
    columns: {
      request_id: text(),
      person_id: text(),
      decision: text<'approve' | 'refuse'>(),
      /** What was voted on, as the person saw it. */
      digest: text(),
      note: nullable(text()),
      /** Signatures are kept by command. */
      command_id: text(),
      device: text(),
      assurance: text(),
      /** By the clock of the device, and by that of the authority, which decides. */
      at: int(),
      received_at: int(),
    },
    indexes: [['person_id']],
  }),
}
