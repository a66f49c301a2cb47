import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { EVERYONE } from '../permissions.ts'
import { Instant, query, stream } from './define.ts'
import { approvals } from './workspace/approvals.ts'
import { comments } from './workspace/comments.ts'
import { demo } from './workspace/demo.ts'
import { diagnostics } from './workspace/diagnostics.ts'
import { effects, housekeeping } from './workspace/effects.ts'
import { jobs } from './workspace/jobs.ts'
import { keys } from './workspace/keys.ts'
import { log } from './workspace/log.ts'
import { notifications } from './workspace/notifications.ts'
import { Person, people } from './workspace/people.ts'
import { schedules } from './workspace/schedules.ts'
import { search } from './workspace/search.ts'
import { settings } from './workspace/settings.ts'
import { setup } from './workspace/setup.ts'
import { views } from './workspace/views.ts'

/** What a live subscriber is told after a commit: the queries whose tables changed. */
export const LiveEvent = z.object({
  version: z.bigint(),
  queries: z.array(z.string()),
  /** Bulk tables changed too: refetch at most once a second. */
  bulk: z.boolean(),
  /** Events were missed: refetch everything. */
  gap: z.boolean(),
})
export type LiveEvent = z.infer<typeof LiveEvent>

export const workspace = {
  /** Who and where one is: the first thing that every page asks. */
  session: query('workspace.session', { roles: EVERYONE, open: true })
    .input(z.object({}))
    .output(
      z.object({
        workspace: z.object({
          id: z.string(),
          name: z.string(),
          demo: z.boolean(),
          authority: z.enum(['standalone', 'connected', 'server']),
          zone: z.string(),
          currency: z.string(),
          version: z.bigint(),
          recoveryConfirmedAt: Instant.nullable(),
          empty: z.boolean(),
        }),
        /** Who acts; null where nobody does, or where they still owe their passphrase. */
        person: Person.nullable(),
        /** Why nobody acts: `passphrase` asks for `workspace.people.actAs`. */
        missing: z.enum(['person', 'passphrase']).nullable(),
        /** What the log says of this person's commands. */
        assurance: z.string(),
        people: z.array(Person),
        now: Instant,
      }),
    ),
  /** Events after each commit. Resumes after `lastEventId`. */
  live: stream('workspace.live', { roles: EVERYONE, open: true })
    .input(z.object({}))
    .output(eventIterator(LiveEvent)),

  setup,
  demo,
  keys,
  people,
  settings,
  search,
  comments,
  approval: approvals,
  views,
  jobs,
  effects,
  notifications,
  log,
  housekeeping,
  schedules,
  diagnostics,
}
