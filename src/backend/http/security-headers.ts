import type { FastifyInstance } from 'fastify'
import { SECURITY_HEADERS } from '#shared/csp.ts'

/** What an answer that is no page may do in a browser: nothing. Pages state their own policy. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Headers of every answer. Other origins get none that would let their pages read it. */
export function securityHeaders(app: FastifyInstance, publicUrl: string | null): void {
  const https = publicUrl?.startsWith('https:') === true
  app.addHook('onRequest', async (_, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'Content-Security-Policy': NO_PAGE, 'X-Frame-Options': 'DENY' })
    if (https) reply.header('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
  })
}
