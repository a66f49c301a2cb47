import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { ProviderSettings } from '#backend/identity/provider.ts'

export const CLIENT = { clientId: 'quarterdeck', clientSecret: 'a secret of the tests' }

/** Somebody at the provider. */
export interface ProviderUser {
  readonly sub: string
  readonly email: string
  readonly email_verified: boolean
}

const listening = (server: Server) =>
  new Promise<string>(resolve =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  )

/** A real provider on loopback: everybody who asks is `user`, and agrees. */
export async function realProvider(redirects: readonly string[]) {
  const server = createServer()
  const issuer = await listening(server)
  const state: { user: ProviderUser } = {
    user: { sub: 'u1', email: 'ada@example.com', email_verified: true },
  }
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: redirects.map(base => `${base}/sign-in/callback`),
        post_logout_redirect_uris: redirects.map(base => `${base}/sign-out`),
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: async () => ({ ...state.user, sub }),
    }),
  })
  server.on('request', provider.callback())
  return {
    issuer,
    state,
    settings: { issuer, ...CLIENT } satisfies ProviderSettings,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
    /** Goes through the provider's pages as a person does, from the address of the request to the way back. */
    async agree(address: string): Promise<string> {
      const cookies = new Map<string, string>()
      let url = address
      let form: Record<string, string> | null = null
      for (let step = 0; step < 15; step++) {
        const response: Response = await fetch(url, {
          redirect: 'manual',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
          ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
        })
        for (const cookie of response.headers.getSetCookie()) {
          const [pair = ''] = cookie.split('; ')
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
        }
        const location = response.headers.get('location')
        if (location) {
          url = new URL(location, url).href
          form = null
          if (!url.startsWith(issuer)) return url
          continue
        }
        const text = await response.text()
        const action = /<form[^>]* action="([^"]+)"/.exec(text)?.[1]
        if (!action) throw new Error(`the provider shows ${response.status}: ${text.slice(0, 2000)}`)
        url = new URL(action, url).href
        const prompt = /name="prompt" value="(\w+)"/.exec(text)![1]!
        form = prompt === 'login' ? { prompt, login: state.user.sub, password: 'x' } : { prompt }
      }
      throw new Error('the provider does not come to an end')
    },
  }
}

/** What a provider that lies says differently in its token. */
export interface Lie {
  readonly claims?: Record<string, unknown>
  /** Signs with another key than the one that it publishes. */
  readonly otherKey?: boolean
  /** Says `none` for the algorithm and signs nothing. */
  readonly unsigned?: boolean
  /** Answers instead of the token. */
  readonly answer?: { status: number; body: string }
}

/** A provider of our own that says whatever a test wants. */
export async function lyingProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const state: { lie: Lie; nonce: string; broken: boolean } = { lie: {}, nonce: '', broken: false }
  const server = createServer((request, response) => {
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (state.broken)
      return response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<h1>Please sign in to the Wi-Fi</h1>')
    const { pathname } = new URL(request.url!, issuer)
    if (pathname === '/.well-known/openid-configuration')
      return json({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      })
    if (pathname === '/jwks')
      return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', use: 'sig', alg: 'RS256' }] })
    const { lie } = state
    if (lie.answer)
      return response
        .writeHead(lie.answer.status, { 'content-type': 'application/json' })
        .end(lie.answer.body)
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ iss: issuer, aud: CLIENT.clientId, sub: 'u1', nonce: state.nonce, iat: now, exp: now + 300 },
      ...{ email: 'ada@example.com', email_verified: true },
      ...lie.claims,
    }
    return json({
      access_token: 'x',
      token_type: 'Bearer',
      id_token: jwt(claims, lie.otherKey ? other : privateKey, lie.unsigned),
    })
  })
  const issuer = await listening(server)
  return {
    issuer,
    state,
    settings: { issuer, ...CLIENT } satisfies ProviderSettings,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

function jwt(claims: object, key: KeyObject, unsigned = false): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part(unsigned ? { alg: 'none' } : { alg: 'RS256', kid: '1' })}.${part(claims)}`
  return unsigned ? `${text}.` : `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}
