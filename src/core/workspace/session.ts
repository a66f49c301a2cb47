import { withEventMeta } from '@orpc/server'
import { answer, follow, handle } from '#core/runtime/handlers.ts'
import type { LiveFeed } from '#core/runtime/live.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { allPeople } from './people.ts'

/** Gives a new workspace its name, its zone and currency, and its first admin. */
export const createWorkspace = handle(contract.workspace.setup.create, async ({ tx, input, ids, now }) => {
  await tx.db
    .updateTable('workspace_state')
    .set({
      name: input.name,
      zone: input.zone,
      currency: input.currency,
      demo: input.demo ? 1n : 0n,
      created_at: now,
    })
    .execute()
  const admin = ids.next()
  await tx.db
    .insertInto('people')
    .values({
      id: admin,
      name: input.admin.name,
      email: input.admin.email.toLowerCase(),
      roles: canonicalJson(['admin', 'analyst']),
      active: 1n,
      passphrase: null,
      created_at: now,
    })
    .execute()
  return { admin }
})

export const session = answer(contract.workspace.session, async ({ reader, caller, now }) => {
  const state = await reader.db.selectFrom('workspace_state').selectAll().executeTakeFirstOrThrow()
  const people = await allPeople(reader)
  return {
    workspace: {
      id: reader.workspace,
      name: state.name,
      demo: state.demo !== 0n,
      authority: state.authority,
      zone: state.zone,
      currency: state.currency,
      version: state.version,
      recoveryConfirmedAt: state.recovery_confirmed_at,
      empty: people.length === 0,
    },
    person: people.find(person => person.id === caller.person && person.active) ?? null,
    people,
    now,
  }
})

/** Announcements of the core as events with ids, from which a client resumes without a gap. */
export const live = (feed: LiveFeed) =>
  follow(contract.workspace.live, async function* ({ lastEventId, signal }) {
    const after = lastEventId === undefined ? undefined : Number(lastEventId)
    for await (const one of feed.follow(after, signal)) {
      const { number, version, queries, bulk, gap } = one
      yield withEventMeta({ version, queries: [...queries], bulk, gap }, { id: String(number) })
    }
  })
