import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { EVERYONE, ROLES } from '../permissions.ts'
import { command, Digest, Instant, query, stream, Uuid } from './define.ts'

export const RoleName = z.enum(ROLES)

export const Person = z.object({
  id: Uuid,
  name: z.string(),
  email: z.string(),
  roles: z.array(RoleName),
  active: z.boolean(),
  /** Acting as this person asks for a passphrase. */
  hasPassphrase: z.boolean(),
})
export type Person = z.infer<typeof Person>

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

export const JobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export const Job = z.object({
  id: Uuid,
  kind: z.string(),
  state: JobState,
  phase: z.string(),
  done: z.bigint(),
  total: z.bigint().nullable(),
  result: z.unknown(),
  failure: z.object({ code: z.string(), message: z.string(), data: z.unknown() }).nullable(),
  attempts: z.bigint(),
  cancelRequested: z.boolean(),
  requestedBy: z.string().nullable(),
  requestedAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
})
export type Job = z.infer<typeof Job>

export const workspace = {
  /** Who and where one is: the first thing that every page asks. */
  session: query('workspace.session', { roles: EVERYONE })
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
        person: Person.nullable(),
        people: z.array(Person),
        now: Instant,
      }),
    ),
  /** Events after each commit. Resumes after `lastEventId`. */
  live: stream('workspace.live', { roles: EVERYONE }).input(z.object({})).output(eventIterator(LiveEvent)),

  setup: {
    /** Gives a new workspace its name and its first admin. */
    create: command('workspace.setup.create', { roles: [], internal: true })
      .input(
        z.object({
          name: z.string().min(1).max(200),
          zone: z.string(),
          currency: z.string().length(3),
          demo: z.boolean(),
          admin: z.object({ name: z.string().min(1), email: z.email() }),
        }),
      )
      .output(z.object({ admin: Uuid })),
  },

  people: {
    list: query('workspace.people.list', { roles: EVERYONE })
      .input(z.object({}))
      .output(z.object({ people: z.array(Person) })),
    add: command('workspace.people.add', { roles: ['admin'] })
      .input(
        z.object({
          name: z.string().trim().min(1).max(200),
          email: z.email(),
          roles: z.array(RoleName).min(1),
        }),
      )
      .output(Person)
      .errors({ WORKSPACE_EMAIL_TAKEN: { data: z.object({ email: z.string() }) } }),
    setRoles: command('workspace.people.setRoles', { roles: ['admin'] })
      .input(z.object({ personId: Uuid, roles: z.array(RoleName).min(1) }))
      .output(Person)
      .errors({ WORKSPACE_LAST_ADMIN: { data: z.object({}) } }),
    setActive: command('workspace.people.setActive', { roles: ['admin'] })
      .input(z.object({ personId: Uuid, active: z.boolean() }))
      .output(Person)
      .errors({ WORKSPACE_LAST_ADMIN: { data: z.object({}) } }),
  },

  jobs: {
    list: query('workspace.jobs.list', { roles: EVERYONE })
      .input(z.object({ state: JobState.optional(), limit: z.number().int().min(1).max(500).default(100) }))
      .output(z.object({ jobs: z.array(Job) })),
    get: query('workspace.jobs.get', { roles: EVERYONE })
      .input(z.object({ jobId: Uuid }))
      .output(Job),
    cancel: command('workspace.jobs.cancel', { roles: ['analyst', 'ops'] })
      .input(z.object({ jobId: Uuid }))
      .output(Job)
      .errors({ WORKSPACE_JOB_OVER: { data: z.object({ state: JobState }) } }),
  },

  log: {
    list: query('workspace.log.list', { roles: ['auditor', 'analyst', 'ops', 'approver'] })
      .input(
        z.object({
          before: z.bigint().optional(),
          limit: z.number().int().min(1).max(500).default(100),
          command: z.string().optional(),
          actor: Uuid.optional(),
        }),
      )
      .output(
        z.object({
          entries: z.array(
            z.object({
              version: z.bigint(),
              commandId: Uuid,
              command: z.string(),
              actor: z.object({ id: Uuid, name: z.string() }).nullable(),
              device: z.string(),
              assurance: z.string(),
              at: Instant,
              receivedAt: Instant,
              outcome: z.enum(['done', 'refused']),
              input: z.unknown(),
              result: z.unknown(),
              hash: Digest,
              undoable: z.boolean(),
              undoneBy: Uuid.nullable(),
              compensates: Uuid.nullable(),
            }),
          ),
          more: z.boolean(),
        }),
      ),
    /** Runs the compensating command of an earlier one. */
    undo: command('workspace.log.undo', { roles: EVERYONE })
      .input(z.object({ commandId: Uuid }))
      .output(z.object({ command: z.string(), result: z.unknown() }))
      .errors({
        WORKSPACE_NOT_UNDOABLE: { data: z.object({ command: z.string() }) },
        WORKSPACE_ALREADY_UNDONE: { data: z.object({ by: Uuid }) },
      }),
  },
}
