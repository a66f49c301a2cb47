import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { access } from '#shared/contract/access.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { allPeople } from '../workspace/people.ts'
import { seesAll } from './common.ts'
import { endSessions } from './end-sessions.ts'

const leaves = access.people

export const listAccess = answer(leaves.list, async ({ reader, actor, now }) => {
  const { authority } = await reader.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  const people = (await allPeople(reader)).filter(person => seesAll(actor) || person.id === actor?.id)
  const byPerson = <R extends { person_id: Id | null }>(rows: readonly R[]) =>
    new Map(rows.map(row => [row.person_id, row]))
  const providers = byPerson(await reader.db.selectFrom('identities').selectAll().execute())
  const factors = byPerson(
    await reader.db.selectFrom('second_factors').select(['person_id', 'recovery']).execute(),
  )
  const last = byPerson(
    await reader.db
      .selectFrom('sessions')
      .select(({ fn }) => ['person_id', fn.max('created_at').as('at')])
      .where('kind', '=', 'web')
      .groupBy('person_id')
      .execute(),
  )
  const links = byPerson(
    await reader.db
      .selectFrom('access_links')
      .select(['person_id', 'expires_at'])
      .where('kind', '=', 'invitation')
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .execute(),
  )
  const devices = await reader.db
    .selectFrom('device_people')
    .innerJoin('devices', 'devices.id', 'device_people.device_id')
    .select('device_people.person_id')
    .where('device_people.removed_at', 'is', null)
    .where('devices.revoked_at', 'is', null)
    .execute()
  return {
    authority,
    people: people.map(person => {
      const provider = providers.get(person.id)
      const factor = factors.get(person.id)
      return {
        person,
        provider: provider ? { issuer: provider.issuer, email: provider.email } : null,
        secondFactor: factor !== undefined,
        recoveryCodes: factor ? fromCanonical<string[]>(factor.recovery).length : 0,
        lastSignInAt: last.get(person.id)?.at ?? null,
        invitedUntil: links.get(person.id)?.expires_at ?? null,
        devices: devices.filter(one => one.person_id === person.id).length,
      }
    }),
  }
})

/**
 * An account at a provider stands for one person, and a person for one account of a provider: an address
 * that was given to somebody else there must not let them in.
 */
export const linkProvider = handle(leaves.linkProvider, async ({ tx, input, receivedAt }) => {
  const { personId, issuer, subject, email } = input
  const others = await tx.db
    .selectFrom('identities')
    .select(['subject', 'person_id'])
    .where('issuer', '=', issuer)
    .where(where => where.or([where('person_id', '=', personId), where('subject', '=', subject)]))
    .execute()
  if (others.some(one => one.subject !== subject || one.person_id !== personId))
    throw refuse('ACCESS_OTHER_SUBJECT', {})
  if (others.length === 0)
    await tx.db
      .insertInto('identities')
      .values({ issuer, subject, person_id: personId, email, linked_at: receivedAt })
      .execute()
  return {}
})

export const unlinkProvider = handle(leaves.unlinkProvider, async ({ tx, input, actor, receivedAt }) => {
  await tx.db.deleteFrom('identities').where('person_id', '=', input.personId).execute()
  await endSessions(tx, { person: input.personId, by: byWhom(actor), at: receivedAt })
  return {}
})
