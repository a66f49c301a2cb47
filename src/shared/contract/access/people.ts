import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { Email, Person, PersonName, RoleName } from '../workspace/people.ts'
import { Link, Named, onServer } from './values.ts'

/** How a person can come in. */
export const SignInState = z.object({
  person: Person,
  /** The OpenID provider whose account stands for them. */
  provider: z.object({ issuer: z.string(), email: z.string() }).nullable(),
  secondFactor: z.boolean(),
  recoveryCodes: z.number(),
  lastSignInAt: Instant.nullable(),
  /** Until when their invitation can be used; null without one. */
  invitedUntil: Instant.nullable(),
  devices: z.number(),
})
export type SignInState = z.infer<typeof SignInState>

export const RoleRequest = z.object({
  id: Uuid,
  person: Named,
  roles: z.array(RoleName),
  requestedAt: Instant,
  state: z.enum(['waiting', 'confirmed', 'refused']),
  decidedBy: Named.nullable(),
  decidedAt: Instant.nullable(),
})
export type RoleRequest = z.infer<typeof RoleRequest>

const asked = {
  /** Who asked cannot decide it. */
  ACCESS_OWN_REQUEST: { data: z.object({}) },
  ACCESS_REQUEST_DECIDED: { data: z.object({ state: z.string() }) },
}

export const accessPeople = {
  /** How everybody comes in; for those who are no admin and no auditor only how they do themselves. */
  list: query('access.people.list', { roles: EVERYONE, remote: true })
    .input(z.object({}))
    .output(
      z.object({
        authority: z.enum(['standalone', 'connected', 'server']),
        people: z.array(SignInState),
      }),
    ),
  /** Adds a person and makes the link by which they come in for the first time. */
  invite: service('access.people.invite', { roles: ['admin'], remote: true })
    .input(z.object({ name: PersonName, email: Email, roles: z.array(RoleName).min(1) }))
    .output(z.object({ person: Person, link: Link }))
    .errors({ ...onServer, WORKSPACE_EMAIL_TAKEN: { data: z.object({ email: z.string() }) } }),
  /** A new link for somebody who lost theirs, or their passphrase: the old ones end. */
  link: service('access.people.link', { roles: ['admin'], remote: true })
    .input(z.object({ personId: Uuid }))
    .output(z.object({ kind: z.enum(['invitation', 'reset']), link: Link }))
    .errors(onServer),
  storeLink: command('access.people.storeLink', { roles: [], internal: true, secret: ['digest'] })
    .input(
      z.object({ personId: Uuid, kind: z.enum(['invitation', 'reset']), digest: Digest, until: Instant }),
    )
    .output(z.object({})),
  /** Ends a person's links. */
  revokeLinks: command('access.people.revokeLinks', { roles: ['admin'], authorityOnly: true })
    .input(z.object({ personId: Uuid }))
    .output(z.object({})),
  /** Uses a link up. */
  useLink: command('access.people.useLink', { roles: [], internal: true })
    .input(z.object({ linkId: Uuid }))
    .output(z.object({ personId: Uuid }))
    .errors({ ACCESS_LINK_INVALID: { data: z.object({}) } }),
  /** From now on an account at a provider stands for a person. */
  linkProvider: command('access.people.linkProvider', { roles: [], internal: true })
    .input(z.object({ personId: Uuid, issuer: z.string(), subject: z.string(), email: z.string() }))
    .output(z.object({}))
    .errors({ ACCESS_OTHER_SUBJECT: { data: z.object({}) } }),
  /** Takes a person's account at the provider away. */
  unlinkProvider: command('access.people.unlinkProvider', { roles: ['admin'], authorityOnly: true })
    .input(z.object({ personId: Uuid }))
    .output(z.object({})),
}

export const secondFactor = {
  store: command('access.secondFactor.store', {
    roles: [],
    internal: true,
    secret: ['sealed', 'recovery'],
  })
    .input(z.object({ personId: Uuid, sealed: z.string(), step: z.bigint(), recovery: z.array(Digest) }))
    .output(z.object({})),
  /** A code was taken: it and those before it are not taken again. False where it was taken already. */
  useStep: command('access.secondFactor.useStep', { roles: [], internal: true })
    .input(z.object({ personId: Uuid, step: z.bigint() }))
    .output(z.object({ fresh: z.boolean() })),
  /** Uses a recovery code up. False where there is no such code any more. */
  useRecovery: command('access.secondFactor.useRecovery', { roles: [], internal: true, secret: ['digest'] })
    .input(z.object({ personId: Uuid, digest: Digest }))
    .output(z.object({ fresh: z.boolean() })),
  /** Takes the second factor away: somebody lost their phone. Their sessions end. */
  remove: command('access.secondFactor.remove', { roles: ['admin'], authorityOnly: true })
    .input(z.object({ personId: Uuid }))
    .output(z.object({})),
}

export const roleRequests = {
  list: query('access.roles.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        requests: z.array(RoleRequest),
        /** Other admins, who can decide. */ admins: z.array(Named),
      }),
    ),
  /** Asks to be approver too; another admin decides. */
  request: command('access.roles.request', { roles: ['admin'] })
    .input(z.object({ roles: z.array(RoleName).min(1) }))
    .output(RoleRequest)
    .errors({ ACCESS_ONLY_ADMIN: { data: z.object({}) } }),
  confirm: command('access.roles.confirm', { roles: ['admin'] })
    .input(z.object({ requestId: Uuid }))
    .output(RoleRequest)
    .errors({ ...asked, WORKSPACE_LAST_ADMIN: { data: z.object({}) } }),
  /** Refuses it, or takes one's own back. */
  refuse: command('access.roles.refuse', { roles: ['admin'] })
    .input(z.object({ requestId: Uuid }))
    .output(RoleRequest)
    .errors({ ACCESS_REQUEST_DECIDED: asked.ACCESS_REQUEST_DECIDED }),
}
