import { int, nullable, table, text } from '../table.ts'

/** Keys of people who have a passphrase: what they sign their votes with where no device signs for them. */
export const tables = {
  /** They stay on their machine. A public key stays for as long as there are signatures of it. */
  person_keys: table({
    key: ['public_key'],
    columns: {
      /** The raw Ed25519 key, hexadecimal. */
      public_key: text(),
      person_id: text(),
      /** The seed, sealed with the passphrase; null where the key is not used any more. */
      sealed: nullable(text()),
      made_at: int(),
    },
    indexes: [['person_id']],
  }),
}
