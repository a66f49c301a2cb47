import { int, nullable, table, text } from '../table.ts'

/**
 * Who may come in, and how they show it (docs/access.md). Secrets are kept as digests, and everything but
 * devices, their people and requests of roles stays in the database of its machine.
 */
export const tables = {
  /** What became of a person's passphrase: on a server that of their account, on a desk that of this machine. */
  credentials: table({
    key: ['person_id'],
    columns: { person_id: text(), hash: text(), changed_at: int() },
  }),
  /** One-time codes of an authenticator (RFC 6238). */
  second_factors: table({
    key: ['person_id'],
    columns: {
      person_id: text(),
      /** Sealed with the server's key. */
      secret: text(),
      /** The time step of the last code that was taken: it and those before are not taken again. */
      last_step: int(),
      /** JSON list of digests of the recovery codes that are left. */
      recovery: text(),
      enrolled_at: int(),
    },
  }),
  /** Accounts at OpenID providers that stand for a person. */
  identities: table({
    key: ['issuer', 'subject'],
    columns: { issuer: text(), subject: text(), person_id: text(), email: text(), linked_at: int() },
    indexes: [['person_id']],
  }),
  sessions: table({
    columns: {
      id: text(),
      kind: text<'web' | 'device'>(),
      /** SHA-256 of the secret. */
      digest: text(),
      person_id: nullable(text()),
      device_id: nullable(text()),
      /** How it began: `passphrase`, `passphrase+code`, `provider`, `link`, `device`. */
      method: text(),
      assurance: text(),
      address: text(),
      /** What the browser says it is, and that without its version numbers. */
      agent: text(),
      agent_kind: text(),
      created_at: int(),
      last_used_at: int(),
      /** Whatever happens, it ends then. */
      expires_at: int(),
      ended_at: nullable(int()),
      ended_by: nullable(text()),
    },
    unique: [['digest']],
    indexes: [['person_id'], ['device_id']],
  }),
  service_tokens: table({
    columns: {
      id: text(),
      name: text(),
      digest: text(),
      /** JSON list of capabilities and groups of them. */
      scopes: text(),
      created_by: text(),
      created_at: int(),
      expires_at: nullable(int()),
      last_used_at: nullable(int()),
      revoked_at: nullable(int()),
      revoked_by: nullable(text()),
    },
    unique: [['digest']],
  }),
  /** Links that work once: the first admin, invitations, new passphrases. */
  access_links: table({
    columns: {
      id: text(),
      kind: text<'begin' | 'invitation' | 'reset'>(),
      digest: text(),
      person_id: nullable(text()),
      created_by: nullable(text()),
      created_at: int(),
      expires_at: int(),
      used_at: nullable(int()),
    },
    unique: [['digest']],
    indexes: [['person_id']],
  }),
  /** Wrong tries to sign in, by account, by address and by both. Kept under the workspace that is none. */
  sign_in_tries: table({
    key: ['subject'],
    columns: { subject: text(), count: int(), last_at: int(), wait_until: int() },
  }),
  /** Everybody may know the devices: with their keys a signature can be verified anywhere. */
  devices: table({
    scope: 'everyone',
    columns: {
      id: text(),
      name: text(),
      platform: text(),
      /** The raw Ed25519 key, hexadecimal, and its SHA-256. */
      public_key: text(),
      key_id: text(),
      enrolled_by: text(),
      enrolled_at: int(),
      revoked_at: nullable(int()),
      revoked_by: nullable(text()),
    },
    unique: [['public_key']],
  }),
  device_people: table({
    scope: 'everyone',
    key: ['device_id', 'person_id'],
    columns: { device_id: text(), person_id: text(), added_at: int(), removed_at: nullable(int()) },
    indexes: [['person_id']],
  }),
  /** Desks that ask to be enrolled. Kept under the workspace that is none, until a person says which. */
  device_requests: table({
    columns: {
      id: text(),
      digest: text(),
      /** What the person compares. */
      user_code: text(),
      name: text(),
      platform: text(),
      public_key: text(),
      address: text(),
      state: text<'waiting' | 'confirmed' | 'refused'>(),
      of_workspace: nullable(text()),
      device_id: nullable(text()),
      person_id: nullable(text()),
      created_at: int(),
      expires_at: int(),
    },
    unique: [['digest'], ['user_code']],
  }),
  /** Challenges that a device may still answer, once. */
  device_challenges: table({
    key: ['digest'],
    columns: { digest: text(), device_id: text(), issued_at: int(), expires_at: int() },
  }),
  /** The very bytes that devices signed, beside the command log. */
  command_signatures: table({
    key: ['command_id'],
    columns: {
      command_id: text(),
      device_id: text(),
      key_id: text(),
      public_key: text(),
      text: text(),
      signature: text(),
      received_at: int(),
    },
  }),
  /** Admins who ask to be approvers: another admin decides. */
  role_requests: table({
    scope: 'everyone',
    columns: {
      id: text(),
      person_id: text(),
      /** JSON list of the roles that they are to have. */
      roles: text(),
      requested_at: int(),
      state: text<'waiting' | 'confirmed' | 'refused'>(),
      decided_by: nullable(text()),
      decided_at: nullable(int()),
    },
    indexes: [['state']],
  }),
}

/** People as they are from here on: without their passphrases, which would reach every desk. */
export const changed = {
  people: table({
    scope: 'everyone',
    columns: {
      id: text(),
      name: text(),
      email: text(),
      /** JSON list of roles. */
      roles: text(),
      active: int(),
      created_at: int(),
    },
    unique: [['email']],
    search: { entity: 'person', title: 'name', body: ['email'] },
  }),
}

/** Takes the passphrases out of the synced table; they go on counting. */
export const statements = () => [
  `INSERT INTO credentials (workspace, person_id, hash, changed_at)
    SELECT workspace, id, passphrase, created_at FROM people WHERE passphrase IS NOT NULL`,
  'ALTER TABLE people DROP COLUMN passphrase',
]
