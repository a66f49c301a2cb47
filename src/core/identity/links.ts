import { reading, type Tx } from '#core/database/store.ts'
import type { HostServices } from '#core/features.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { handle, type ServiceCall, serve } from '#core/runtime/handlers.ts'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { getPerson } from '../workspace/people.ts'
import { demandServer } from './common.ts'
import { INVITATION, KEPT, RESET } from './lives.ts'
import { makeSecret } from './secrets.ts'

const leaves = access.people
type Random = Pick<HostServices, 'random'>

/** Where a link leads, after the server's address. */
export const LINK_PATH = { invitation: '/invitation/', reset: '/reset/', begin: '/begin/' } as const

/** Makes a link for a person, whose earlier ones end. */
async function makeLink(
  { random }: Random,
  call: ServiceCall<unknown>,
  personId: Id,
  kind: 'invitation' | 'reset',
) {
  const workspace = await call.read(async reader => {
    await demandServer(reader)
    return reader.workspace
  })
  const { secret, digest } = makeSecret('link', workspace, random)
  const until = call.now + (kind === 'invitation' ? INVITATION : RESET)
  await call.runInternal(leaves.storeLink, { personId, kind, digest, until })
  return { path: `${LINK_PATH[kind]}${secret}`, until }
}

export const invite = (services: Random) =>
  serve(leaves.invite, async call => {
    await call.read(demandServer)
    const person = await call.run(contract.workspace.people.add, call.input)
    return { person, link: await makeLink(services, call, person.id, 'invitation') }
  })

/** Somebody who never came in gets an invitation, everybody else a new passphrase. */
export const newLink = (services: Random) =>
  serve(leaves.link, async call => {
    const { personId } = call.input
    const kind = await call.read(async reader => {
      const person = await getPerson(reader, personId)
      if (person.active === 0n) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'person', id: personId })
      return person.passphrase === null ? ('invitation' as const) : ('reset' as const)
    })
    return { kind, link: await makeLink(services, call, personId, kind) }
  })

export const storeLink = handle(leaves.storeLink, async ({ tx, input, ids, actor, receivedAt }) => {
  const { personId, kind, digest, until } = input
  await getPerson(reading(tx), personId)
  await endLinks(tx, personId, receivedAt)
  await tx.db
    .deleteFrom('access_links')
    .where('expires_at', '<', receivedAt - KEPT)
    .execute()
  await tx.db
    .insertInto('access_links')
    .values({
      ...{ id: ids.next(), kind, digest, person_id: personId, created_by: byWhom(actor) },
      ...{ created_at: receivedAt, expires_at: until, used_at: null },
    })
    .execute()
  return {}
})

export const revokeLinks = handle(leaves.revokeLinks, async ({ tx, input, receivedAt }) => {
  await endLinks(tx, input.personId, receivedAt)
  return {}
})

/** A link works once: whoever comes second finds it used. */
export const useLink = handle(leaves.useLink, async ({ tx, input, receivedAt }) => {
  const used = await tx.db
    .updateTable('access_links')
    .set({ used_at: receivedAt })
    .where('id', '=', input.linkId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', receivedAt)
    .returning(['person_id'])
    .executeTakeFirst()
  if (!used || used.person_id === null) throw refuse('ACCESS_LINK_INVALID', {})
  return { personId: used.person_id }
})

async function endLinks(tx: Tx, person: Id, at: bigint): Promise<void> {
  await tx.db
    .updateTable('access_links')
    .set({ used_at: at })
    .where('person_id', '=', person)
    .where('used_at', 'is', null)
    .execute()
}
