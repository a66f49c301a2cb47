import { withEventMeta } from '@orpc/server'
import { answer, follow } from '#core/runtime/handlers.ts'
import type { LiveFeed } from '#core/runtime/live.ts'
import { contract } from '#shared/contract/index.ts'
import { allPeople } from './people.ts'

export const session = answer(contract.workspace.session, async ({ reader, actor, caller, now }) => {
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
    person: people.find(person => person.id === actor?.id) ?? null,
    // An active person who is not believed owes the passphrase.
    missing: actor
      ? null
      : people.some(person => person.id === caller.person && person.active)
        ? ('passphrase' as const)
        : ('person' as const),
    assurance: caller.assurance,
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
