import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import compress from '@fastify/compress'
import type { FastifyPluginAsync } from 'fastify'
import { jsonText } from '../json-text.ts'
import { openApiDocument } from '../openapi/document.ts'

const DOCUMENT = '/api/v1/openapi.json'
const DOCS = '/api/docs'

/** Only what this server itself serves; the page asks the API of the same origin. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Quarterdeck: API</title>
    <link rel="stylesheet" href="${DOCS}/swagger-ui.css" />
    <link rel="icon" href="${DOCS}/favicon-32x32.png" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="${DOCS}/swagger-ui-bundle.js"></script>
    <script src="${DOCS}/start.js"></script>
  </body>
</html>
`

const START = `const dark = window.matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
window.SwaggerUIBundle({
  url: '${DOCUMENT}',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  persistAuthorization: false,
})
`

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

/** The API's document, and a page to read and try it, which needs nothing from elsewhere. */
export function docsRoutes({
  version,
  publicUrl,
}: {
  version: string
  publicUrl: string | null
}): FastifyPluginAsync {
  return async app => {
    await app.register(compress, { threshold: 1024 })
    let document: string | null = null
    app.get(DOCUMENT, async (_, reply) => {
      document ??= jsonText(openApiDocument(version, publicUrl))
      return reply
        .header('cache-control', 'public, max-age=300')
        .type('application/json; charset=utf-8')
        .send(document)
    })
    app.get(DOCS, async (_, reply) =>
      reply
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(PAGE),
    )
    app.get(`${DOCS}/start.js`, async (_, reply) => reply.type('text/javascript; charset=utf-8').send(START))
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
    for (const [name, type] of Object.entries(FILES)) {
      let bytes: Buffer | null = null
      app.get(`${DOCS}/${name}`, async (_, reply) => {
        bytes ??= readFileSync(join(folder, name))
        return reply.header('cache-control', 'public, max-age=86400').type(type).send(bytes)
      })
    }
  }
}
