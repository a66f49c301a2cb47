import compress from '@fastify/compress'
import type { FastifyPluginAsync } from 'fastify'
import { type AuthenticateParts, authenticateAll } from './authenticate.ts'
import { knownRoutes } from './known-routes/register.ts'
import { restRoutes } from './rest/rest-routes.ts'

export interface ApiParts extends AuthenticateParts {
  /** Milliseconds until a request is answered. */
  readonly answer: number
}

/** What programs ask: the contract, and the routes that users of earlier systems know. */
export function apiRoutes(parts: ApiParts): FastifyPluginAsync {
  return async app => {
    await app.register(compress, {
      threshold: 1024,
      encodings: ['zstd', 'br', 'gzip', 'deflate'],
      requestEncodings: ['zstd', 'br', 'gzip', 'deflate'],
    })
    app.addHook('onRoute', route => {
      route.handlerTimeout = parts.answer
    })
    authenticateAll(app, parts)
    restRoutes(app, parts)
    knownRoutes(app, parts)
  }
}
