import { z } from 'zod'
import { EVERYONE, ROLES } from '../../permissions.ts'
import { command, query, service, Uuid } from '../define.ts'

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

export const PersonName = z.string().trim().min(1).max(200)
/** Addresses are kept in lower case. */
export const Email = z.email().max(320)
const Passphrase = z.string().min(1).max(1000)

/** Characters that a person's new passphrase has at least. */
export const PASSPHRASE_MINIMUM = 12

const wrong = {
  WORKSPACE_PASSPHRASE_WRONG: { data: z.object({ personId: Uuid }) },
  /** Too many wrong tries: try again after this many milliseconds. */
  WORKSPACE_PASSPHRASE_THROTTLED: { data: z.object({ personId: Uuid, retryAfter: z.number() }) },
}

export const people = {
  list: query('workspace.people.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ people: z.array(Person) })),
  add: command('workspace.people.add', { roles: ['admin'] })
    .input(z.object({ name: PersonName, email: Email, roles: z.array(RoleName).min(1) }))
    .output(Person)
    .errors({ WORKSPACE_EMAIL_TAKEN: { data: z.object({ email: z.string() }) } }),
  edit: command('workspace.people.edit', { roles: ['admin'] })
    .input(z.object({ personId: Uuid, name: PersonName, email: Email }))
    .output(Person)
    .errors({ WORKSPACE_EMAIL_TAKEN: { data: z.object({ email: z.string() }) } }),
  setRoles: command('workspace.people.setRoles', { roles: ['admin'] })
    .input(z.object({ personId: Uuid, roles: z.array(RoleName).min(1) }))
    .output(Person)
    .errors({
      WORKSPACE_LAST_ADMIN: { data: z.object({}) },
      /** Nobody makes themselves approver alone: ask by `access.roles.request`, and one of these confirms it. */
      ACCESS_SECOND_ADMIN: { data: z.object({ admins: z.array(z.string()) }) },
      /** There is no other admin who could confirm it. */
      ACCESS_ONLY_ADMIN: { data: z.object({}) },
    }),
  setActive: command('workspace.people.setActive', { roles: ['admin'] })
    .input(z.object({ personId: Uuid, active: z.boolean() }))
    .output(Person)
    .errors({ WORKSPACE_LAST_ADMIN: { data: z.object({}) } }),
  /**
   * Takes up the part of a person. Where they have a passphrase it is checked, and the caller presents the
   * proof with every later call (header `x-quarterdeck-proof`) until the core ends or the proof is given back.
   */
  actAs: service('workspace.people.actAs', {
    roles: EVERYONE,
    open: true,
    secret: ['passphrase'],
    hostOnly: true,
  })
    .input(z.object({ personId: Uuid, passphrase: Passphrase.optional() }))
    .output(
      z.object({
        person: Person,
        /** What the log will say of this person's commands. */
        assurance: z.enum(['unattested', 'passphrase']),
        proof: z.string().nullable(),
        /** When the proof ends, in milliseconds since the epoch; null without one. */
        proofUntil: z.bigint().nullable(),
      }),
    )
    .errors(wrong),
  /** Gives the caller's proof back: the next call as this person asks for the passphrase again. */
  leave: service('workspace.people.leave', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object({}))
    .output(z.object({})),
  /** Sets one's own passphrase. Other proofs of it end. */
  setPassphrase: service('workspace.people.setPassphrase', {
    roles: EVERYONE,
    secret: ['passphrase', 'current'],
    hostOnly: true,
  })
    .input(z.object({ passphrase: Passphrase, current: Passphrase.optional() }))
    .output(z.object({ person: Person, proof: z.string(), proofUntil: z.bigint() }))
    .errors({
      ...wrong,
      WORKSPACE_PASSPHRASE_WEAK: { data: z.object({ minimum: z.number() }) },
      /** In the demo anybody may act as everybody. */
      WORKSPACE_DEMO: { data: z.object({}) },
      /** On a server the first passphrase of a person is set by a link. */
      ACCESS_LINK_NEEDED: { data: z.object({}) },
    }),
  /** Takes a passphrase away: one's own with the present one, or somebody else's as an admin. */
  clearPassphrase: service('workspace.people.clearPassphrase', {
    roles: EVERYONE,
    secret: ['current'],
    hostOnly: true,
  })
    .input(z.object({ personId: Uuid, current: Passphrase.optional() }))
    .output(Person)
    .errors(wrong),
  /** Stores what became of a passphrase; the passphrase itself never gets here. */
  storePassphrase: command('workspace.people.storePassphrase', {
    roles: [],
    internal: true,
    local: true,
    secret: ['hash', 'key'],
  })
    .input(
      z.object({
        personId: Uuid,
        hash: z.string().nullable(),
        /** What they sign votes with from here on: the seed is sealed with the passphrase. */
        key: z.object({ publicKey: z.string(), sealed: z.string() }).nullable().default(null),
      }),
    )
    .output(Person),
}
