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

/**
 * Announcements of the core as events with ids, from which a client resumes without a gap. A new client first
 * gets an event without content, so that it has an id to resume from before anything happened. An id of another
 * run of the core says nothing about this one: that is a gap.
 */
export const live = (feed: LiveFeed) =>
  follow(contract.workspace.live, async function* ({ lastEventId, signal }) {
    const idOf = (number: number) => `${feed.life}.${number}`
    const now = feed.position()
    const isOurs = lastEventId?.startsWith(`${feed.life}.`)
    const after = isOurs ? Number(lastEventId!.slice(feed.life.length + 1)) : now
    if (!isOurs) {
      const isNew = lastEventId === undefined
      yield withEventMeta({ version: 0n, queries: [], bulk: false, gap: !isNew }, { id: idOf(now) })
    }
    for await (const { number, version, queries, bulk, gap } of feed.follow(after, signal))
      yield withEventMeta({ version, queries: [...queries], bulk, gap }, { id: idOf(number) })
  })
