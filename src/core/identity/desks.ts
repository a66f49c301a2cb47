import type { Id } from '#shared/ids.ts'
import type { Desk } from '../sync/desk.ts'
import type { Db } from './common.ts'

/**
 * What the authority knows of an enrolled desk at this moment: its key, and who may give commands on it. A
 * person who was deactivated gives none. Null for a device that this workspace does not know.
 */
export async function deskOf(session: Db, device: Id): Promise<Desk | null> {
  const row = await session.db
    .selectFrom('devices')
    .select(['id', 'key_id', 'public_key', 'revoked_at'])
    .where('id', '=', device)
    .executeTakeFirst()
  if (!row) return null
  const people = await session.db
    .selectFrom('device_people')
    .innerJoin('people', 'people.id', 'device_people.person_id')
    .select('people.id')
    .where('device_people.device_id', '=', device)
    .where('device_people.removed_at', 'is', null)
    .where('people.active', '=', 1n)
    .orderBy('people.id')
    .execute()
  return {
    id: row.id,
    people: people.map(person => person.id),
    key: { keyId: row.key_id, publicKey: new Uint8Array(Buffer.from(row.public_key, 'hex')) },
    revoked: row.revoked_at !== null,
  }
}
