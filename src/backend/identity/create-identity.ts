import type { FastifyPluginAsync } from 'fastify'
import type { Core } from '#core/create-core.ts'
import { deskOf } from '#core/identity/desks.ts'
import type { Desk } from '#core/sync/desk.ts'
import { refuse } from '#shared/errors.ts'
import { createAuthenticator } from './authenticator.ts'
import { createDevices } from './devices.ts'
import { createLinks } from './links.ts'
import type { IdentityParts } from './parts.ts'
import type { Authenticator, Principal } from './principal.ts'
import { createProvider, type ProviderSettings } from './provider.ts'
import { createArrive } from './routes/arrive.ts'
import { createBrowser } from './routes/browser.ts'
import { identityRoutes } from './routes/identity-routes.ts'
import { createSecondFactor } from './second-factor.ts'
import { createSignIn } from './sign-in.ts'
import { createTries } from './tries.ts'

export interface CreateIdentityParts extends Omit<IdentityParts, 'https'> {
  /** The address under which people reach this server; null: whichever they ask, over a plain connection. */
  readonly publicUrl: string | null
  readonly provider: ProviderSettings | null
}

export interface Identity {
  readonly authenticator: Authenticator
  /** Pages and the protocol of enrolment, to be registered without a prefix. */
  readonly routes: FastifyPluginAsync
  /**
   * What is known of the desk that sent a request, for its half of sync.
   * @throws Refusal `SYNC_DEVICE_NEEDED`
   */
  desk(core: Core, principal: Principal): Promise<Desk>
  /** The path of the first admin's link; null where there is a workspace. With `another`: for one more. */
  firstAdmin(another?: boolean): Promise<{ path: string; until: bigint } | null>
  close(): void
}

/** Puts together who may come in and how. */
export function createIdentity(given: CreateIdentityParts): Identity {
  const parts: IdentityParts = { ...given, https: given.publicUrl?.startsWith('https:') === true }
  const authenticator = createAuthenticator(parts)
  const tries = createTries(parts)
  const secondFactor = createSecondFactor(parts)
  const signIn = createSignIn({ ...parts, tries, secondFactor })
  const links = createLinks({ ...parts, signIn })
  const devices = createDevices(parts)
  const provider = given.provider && createProvider(given.provider, parts.log)
  const browser = createBrowser({ ...parts, authenticator, publicUrl: given.publicUrl })
  const arrive = createArrive({ browser, signIn, secondFactor, store: parts.store })
  return {
    authenticator,
    routes: identityRoutes({
      ...{ browser, signIn, secondFactor, arrive, links, devices, tries, provider },
      ...{ store: parts.store, workspaces: parts.workspaces, publicUrl: given.publicUrl },
      onBug: (request, error) =>
        parts.log('error', 'a page of sign-in failed', {
          reference: request.id,
          route: request.routeOptions.url,
          error: error.stack ?? error.message,
        }),
    }),
    async desk(core, principal) {
      const desk = await parts.store.read(core.workspace, reader => deskOf(reader, principal.device))
      if (principal.kind !== 'device' || !desk)
        throw refuse('SYNC_DEVICE_NEEDED', {}, 'Only an enrolled desk may ask this.')
      return desk
    },
    firstAdmin: another => links.firstAdmin(another),
    close: () => authenticator.close(),
  }
}
