import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import type { Device } from '#shared/contract/access/devices.ts'
import { access } from '#shared/contract/access.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { keyIdOf } from '../log/ed25519.ts'
import { getPerson } from '../workspace/people.ts'
import { type Db, namesOf, ownOrAdmin, seesAll } from './common.ts'
import { endSessions } from './end-sessions.ts'

const leaves = access.devices

/** Devices as the contract shows them, the newest first. */
async function shown(session: Db, id?: Id): Promise<Device[]> {
  let query = session.db.selectFrom('devices').selectAll()
  if (id !== undefined) query = query.where('id', '=', id)
  const rows = await query.orderBy('enrolled_at', 'desc').orderBy('id').execute()
  const people = await session.db
    .selectFrom('device_people')
    .selectAll()
    .orderBy('added_at')
    .orderBy('person_id')
    .execute()
  const used = await session.db
    .selectFrom('sessions')
    .select(({ fn }) => ['device_id', fn.max('last_used_at').as('at')])
    .where('kind', '=', 'device')
    .groupBy('device_id')
    .execute()
  const person = await namesOf(session)
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    platform: row.platform,
    keyId: row.key_id,
    people: people
      .filter(one => one.device_id === row.id && one.removed_at === null)
      .map(one => person(one.person_id)),
    enrolledBy: person(row.enrolled_by),
    enrolledAt: row.enrolled_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by === null ? null : person(row.revoked_by),
    lastUsedAt: used.find(one => one.device_id === row.id)?.at ?? null,
  }))
}

export const listDevices = answer(leaves.list, async ({ reader, actor }) => ({
  devices: (await shown(reader)).filter(
    device => seesAll(actor) || device.people.some(person => person.id === actor?.id),
  ),
}))

export const renameDevice = handle(leaves.rename, async ({ tx, input, actor, undoWith }) => {
  const row = await ofMine(tx, input.deviceId, actor, 'access.devices.rename')
  demandInUse(row)
  await tx.db.updateTable('devices').set({ name: input.name }).where('id', '=', row.id).execute()
  undoWith(leaves.rename, { deviceId: row.id, name: row.name })
  return one(tx, row.id)
})

export const revokeDevice = handle(leaves.revoke, async ({ tx, input, actor, now }) => {
  const row = await ofMine(tx, input.deviceId, actor, 'access.devices.revoke')
  if (row.revoked_at === null)
    await tx.db
      .updateTable('devices')
      .set({ revoked_at: now, revoked_by: byWhom(actor) })
      .where('id', '=', row.id)
      .execute()
  await endSessions(tx, { device: row.id, by: byWhom(actor), at: now })
  return one(tx, row.id)
})

export const leaveDevice = handle(leaves.leave, async ({ tx, input, actor, now }) => {
  const row = await deviceRow(tx, input.deviceId)
  ownOrAdmin(actor, input.personId, 'access.devices.leave')
  await tx.db
    .updateTable('device_people')
    .set({ removed_at: now })
    .where('device_id', '=', row.id)
    .where('person_id', '=', input.personId)
    .where('removed_at', 'is', null)
    .execute()
  return one(tx, row.id)
})

/** A device is known by its key: a second person who confirms the same one joins it. */
export const enrolDevice = handle(leaves.enrol, async ({ tx, input, ids, receivedAt: at }) => {
  const { publicKey, name, platform } = input
  const person = await getPerson(reading(tx), input.personId)
  const known = await tx.db
    .selectFrom('devices')
    .selectAll()
    .where('public_key', '=', publicKey)
    .executeTakeFirst()
  if (known) demandInUse(known)
  const id = known?.id ?? ids.next()
  if (!known)
    await tx.db
      .insertInto('devices')
      .values({
        ...{ id, name, platform, public_key: publicKey, key_id: keyIdOf(Buffer.from(publicKey, 'hex')) },
        ...{ enrolled_by: person.id, enrolled_at: at, revoked_at: null, revoked_by: null },
      })
      .execute()
  await tx.db
    .insertInto('device_people')
    .values({ device_id: id, person_id: person.id, added_at: at, removed_at: null })
    .onConflict(conflict => conflict.columns(['device_id', 'person_id']).doUpdateSet({ removed_at: null }))
    .execute()
  return one(tx, id)
})

async function one(tx: Tx, id: Id): Promise<Device> {
  return (await shown(reading(tx), id))[0]!
}

async function deviceRow(tx: Tx, id: Id): Promise<Row<'devices'>> {
  const row = await tx.db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'device', id })
  return row
}

/** The device, when one of its people or an admin asks. */
async function ofMine(
  tx: Tx,
  id: Id,
  actor: Parameters<typeof ownOrAdmin>[0],
  capability: string,
): Promise<Row<'devices'>> {
  const row = await deviceRow(tx, id)
  const mine = await tx.db
    .selectFrom('device_people')
    .select('person_id')
    .where('device_id', '=', id)
    .where('person_id', '=', byWhomOrNobody(actor))
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  ownOrAdmin(actor, mine?.person_id ?? null, capability)
  return row
}

function demandInUse(row: Row<'devices'>): void {
  if (row.revoked_at !== null) throw refuse('ACCESS_DEVICE_REVOKED', { deviceId: row.id })
}
