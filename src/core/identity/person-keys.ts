import type { Reader, Tx } from '#core/database/store.ts'
import { ed25519Signer } from '../log/ed25519.ts'
import type { Signer } from '../log/head.ts'
import type { Passphrases } from '../workspace/passphrases.ts'

/** A key of a person before it is stored: the seed is sealed with their passphrase and is never seen again. */
export interface MadeKey {
  readonly publicKey: string
  readonly sealed: string
}

/** Makes a key that only this passphrase opens. */
export async function makePersonKey(
  { passphrases, random }: { readonly passphrases: Passphrases; random(bytes: number): Uint8Array },
  passphrase: string,
): Promise<MadeKey> {
  const seed = random(32)
  const { publicKey } = ed25519Signer(seed)
  return {
    publicKey: Buffer.from(publicKey).toString('hex'),
    sealed: await passphrases.seal(passphrase, seed),
  }
}

/** What a person signs with, opened with their passphrase; null where they have no key. */
export async function openPersonKey(
  passphrases: Passphrases,
  sealed: string | null,
  passphrase: string,
): Promise<Signer | null> {
  if (sealed === null) return null
  const seed = await passphrases.open(passphrase, sealed)
  return seed && ed25519Signer(seed)
}

/** The sealed key that a person signs with now. */
export async function sealedKeyOf({ db }: Pick<Reader, 'db'>, personId: string): Promise<string | null> {
  const row = await db
    .selectFrom('person_keys')
    .select('sealed')
    .where('person_id', '=', personId)
    .where('sealed', 'is not', null)
    .executeTakeFirst()
  return row?.sealed ?? null
}

/** Puts a key in the place of the one before, which signs no more; what it signed can still be checked. */
export async function storePersonKey(
  tx: Tx,
  personId: string,
  made: MadeKey | null,
  at: bigint,
): Promise<void> {
  await tx.db.updateTable('person_keys').set({ sealed: null }).where('person_id', '=', personId).execute()
  if (made === null) return
  await tx.db
    .insertInto('person_keys')
    .values({ public_key: made.publicKey, person_id: personId, sealed: made.sealed, made_at: at })
    .execute()
}
