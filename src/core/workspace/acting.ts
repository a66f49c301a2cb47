import { reading } from '#core/database/store.ts'
import type { Services } from '#core/features.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { handle, type ServiceCall, serve } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { PASSPHRASE_MINIMUM } from '#shared/contract/workspace/people.ts'
import { refuse } from '#shared/errors.ts'
import { endSessions } from '../identity/end-sessions.ts'
import { makePersonKey, openPersonKey, sealedKeyOf, storePersonKey } from '../identity/person-keys.ts'
import { getPerson, type PersonRow, personOf } from './people.ts'

const { people } = contract.workspace

/** Takes up the part of a person: free where they have no passphrase, else by a proof that later calls present. */
export const actAs = (services: Services) =>
  serve(people.actAs, async call => {
    const person = await personRow(call, call.input.personId)
    if (person.active === 0n) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'person', id: person.id })
    if (person.passphrase === null)
      return { person: personOf(person), assurance: 'unattested' as const, proof: null, proofUntil: null }
    await check(services, person, call.input.passphrase)
    const sealed = await call.read(reader => sealedKeyOf(reader, person.id))
    const signer = await openPersonKey(services.passphrases, sealed, call.input.passphrase ?? '')
    return {
      person: personOf(person),
      assurance: 'passphrase' as const,
      ...services.proofs.give(person.id, person.passphrase, signer),
    }
  })

/** Gives the caller's proof back. */
export const leave = (services: Services) =>
  serve(people.leave, async ({ caller }) => {
    if (caller.proof !== undefined) services.proofs.drop(caller.proof)
    return {}
  })

/** Hashing is slow and random, so it happens here; a command then stores what became of the passphrase. */
export const setPassphrase = (services: Services) =>
  serve(people.setPassphrase, async call => {
    const { passphrase, current } = call.input
    const person = await personRow(call, call.actor!.id)
    const { demo, authority } = await call.read(reader =>
      reader.db.selectFrom('workspace_state').select(['demo', 'authority']).executeTakeFirstOrThrow(),
    )
    if (demo !== 0n) throw refuse('WORKSPACE_DEMO', {})
    // Whoever finds an open browser must not be able to make a second way in.
    if (authority === 'server' && person.passphrase === null) throw refuse('ACCESS_LINK_NEEDED', {})
    if ([...passphrase.normalize('NFKC').trim()].length < PASSPHRASE_MINIMUM)
      throw refuse('WORKSPACE_PASSPHRASE_WEAK', { minimum: PASSPHRASE_MINIMUM })
    if (person.passphrase !== null) await check(services, person, current)
    const hash = await services.passphrases.hash(passphrase)
    // Where a server has the last word devices sign, and nobody's key lies there.
    const key = authority === 'standalone' ? await makePersonKey(services, passphrase) : null
    const stored = await call.runInternal(people.storePassphrase, { personId: person.id, hash, key })
    const signer = await openPersonKey(services.passphrases, key?.sealed ?? null, passphrase)
    return { person: stored, ...services.proofs.give(person.id, hash, signer) }
  })

export const clearPassphrase = (services: Services) =>
  serve(people.clearPassphrase, async call => {
    const actor = call.actor!
    const person = await personRow(call, call.input.personId)
    if (person.id === actor.id) {
      if (person.passphrase !== null) await check(services, person, call.input.current)
    } else if (!actor.roles.includes('admin'))
      throw refuse('WORKSPACE_FORBIDDEN', {
        capability: 'workspace.people.clearPassphrase',
        roles: ['admin'],
      })
    return call.runInternal(people.storePassphrase, { personId: person.id, hash: null })
  })

/** A passphrase of this machine: it is stored here, and ends the sessions that stood on the one before. */
export const storePassphrase = handle(people.storePassphrase, async ({ tx, input, caller, actor, now }) => {
  const before = await getPerson(reading(tx), input.personId)
  const { hash } = input
  if (hash === null) await tx.db.deleteFrom('credentials').where('person_id', '=', before.id).execute()
  else
    await tx.db
      .insertInto('credentials')
      .values({ person_id: before.id, hash, changed_at: now })
      .onConflict(conflict => conflict.columns(['person_id']).doUpdateSet({ hash, changed_at: now }))
      .execute()
  await storePersonKey(tx, before.id, hash === null ? null : input.key, now)
  await endSessions(tx, { person: before.id, except: caller.device, by: byWhom(actor), at: now })
  return personOf({ ...before, passphrase: hash })
})

function personRow<I>(call: ServiceCall<I>, id: string): Promise<PersonRow> {
  return call.read(reader => getPerson(reader, id))
}

/** Compares a passphrase with the stored one. Wrong tries make the next ones wait. */
async function check(services: Services, person: PersonRow, passphrase: string | undefined) {
  const { proofs, passphrases } = services
  const personId = person.id
  const retryAfter = proofs.wait(personId)
  if (retryAfter > 0) throw refuse('WORKSPACE_PASSPHRASE_THROTTLED', { personId, retryAfter })
  if (passphrase === undefined) throw refuse('WORKSPACE_PASSPHRASE_NEEDED', { personId })
  // Counted before the slow comparison: tries that run side by side must not go uncounted.
  proofs.failed(personId)
  if (!(await passphrases.verify(passphrase, person.passphrase!)))
    throw refuse('WORKSPACE_PASSPHRASE_WRONG', { personId })
  proofs.succeeded(personId)
}
