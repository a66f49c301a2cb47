import formbody from '@fastify/formbody'
import type { FastifyError, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isRefusal, refuse } from '#shared/errors.ts'
import { demandOwnOrigin } from '../../http/origin.ts'
import { STYLE_PATH } from '../pages/layout.ts'
import { messagePage } from '../pages/pages.ts'
import { STYLE } from '../pages/style.ts'
import { type AccountRoutesParts, accountRoutes } from './account-routes.ts'
import { type DeviceRoutesParts, deviceApi, devicePages } from './device-routes.ts'
import { type LinkRoutesParts, linkRoutes } from './link-routes.ts'
import { type ProviderRoutesParts, providerRoutes } from './provider-routes.ts'
import { type SignInRoutesParts, signInRoutes } from './sign-in-routes.ts'

export interface IdentityRoutesParts
  extends SignInRoutesParts,
    LinkRoutesParts,
    AccountRoutesParts,
    DeviceRoutesParts,
    Omit<ProviderRoutesParts, 'provider'> {
  readonly publicUrl: string | null
  /** An unexpected failure, for the log. */
  readonly onBug: (request: FastifyRequest, error: Error) => void
}

const WORDS: Readonly<Record<string, string>> = {
  ACCESS_LINK_INVALID:
    'This link was used, has expired, or was replaced by a newer one. Ask an admin for another.',
  ACCESS_ORIGIN: 'This form was not sent by a page of this server. Go back and try again.',
  HTTP_TOO_MANY_REQUESTS: 'Too many requests. Wait a minute and try again.',
}

/** Everything about who somebody is: pages for people, and the protocol by which desks become known. */
export function identityRoutes(parts: IdentityRoutesParts): FastifyPluginAsync {
  return async app => {
    await app.register(async pages => {
      await pages.register(formbody, { bodyLimit: 64 * 1024 })
      pages.addHook('preHandler', async request => demandOwnOrigin(request, parts.publicUrl))
      pages.setErrorHandler(async (error: FastifyError, request, reply) => {
        const refusal = isRefusal(error) ? error : null
        const status = refusal ? 403 : (error.statusCode ?? 500)
        if (status >= 500) parts.onBug(request, error)
        const text =
          WORDS[refusal?.code ?? ''] ??
          (status >= 500
            ? `Something unexpected happened. Nothing is lost. Reference: ${request.id}`
            : 'This request cannot be understood. Go back and try again.')
        return parts.browser.send(
          reply,
          messagePage({ title: 'It did not work', text, tone: 'critical' }),
          status,
        )
      })
      pages.get(STYLE_PATH, async (_, reply) =>
        reply.header('cache-control', 'public, max-age=300').type('text/css; charset=utf-8').send(STYLE),
      )
      signInRoutes(pages, parts)
      linkRoutes(pages, parts)
      accountRoutes(pages, parts)
      devicePages(pages, parts)
      const { provider } = parts
      if (provider) providerRoutes(pages, { ...parts, provider })
      else
        pages.get('/sign-in/provider', async () => {
          throw refuse('HTTP_NOT_FOUND', {})
        })
    })
    await app.register(async desks => deviceApi(desks, parts))
  }
}
