import type { HostServices } from '#core/features.ts'
import type { Handlers } from '#core/runtime/handlers.ts'
import type { Contract } from '#shared/contract/index.ts'
import { linkProvider, listAccess, unlinkProvider } from './access-people.ts'
import { enrolDevice, leaveDevice, listDevices, renameDevice, revokeDevice } from './devices.ts'
import { invite, newLink, revokeLinks, storeLink, useLink } from './links.ts'
import { confirmRoles, listRequests, refuseRoles, requestRoles } from './role-requests.ts'
import { removeFactor, storeFactor, takeRecovery, takeStep } from './second-factor.ts'
import { beginSession, listSessions, revokeOtherSessions, revokeSession } from './sessions.ts'
import { signaturePage, verifySignatures } from './signatures.ts'
import { createToken, listTokens, revokeToken, storeToken } from './tokens.ts'

export function accessHandlers(services: Pick<HostServices, 'random'>): Handlers<Contract['access']> {
  return {
    people: {
      list: listAccess,
      invite: invite(services),
      link: newLink(services),
      storeLink,
      revokeLinks,
      useLink,
      linkProvider,
      unlinkProvider,
    },
    sessions: {
      list: listSessions,
      revoke: revokeSession,
      revokeOthers: revokeOtherSessions,
      begin: beginSession,
    },
    tokens: { list: listTokens, create: createToken(services), store: storeToken, revoke: revokeToken },
    secondFactor: {
      store: storeFactor,
      useStep: takeStep,
      useRecovery: takeRecovery,
      remove: removeFactor,
    },
    roles: { list: listRequests, request: requestRoles, confirm: confirmRoles, refuse: refuseRoles },
    devices: {
      list: listDevices,
      rename: renameDevice,
      revoke: revokeDevice,
      leave: leaveDevice,
      enrol: enrolDevice,
      signatures: { page: signaturePage, verify: verifySignatures },
    },
  }
}
