import * as client from 'openid-client'
import { z } from 'zod'
import type { Log } from '#core/create-core.ts'

/** An OpenID provider as the environment names it. */
export interface ProviderSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** What is kept in the browser, sealed, while somebody is at the provider. */
export interface ProviderJourney {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Who somebody is at the provider. */
export interface ProviderIdentity {
  readonly issuer: string
  readonly subject: string
  /** Null where the provider does not say that the address is theirs. */
  readonly email: string | null
}

/** Sign-in at the provider did not come to a good end. `reason` is for a person, the cause for the log. */
export class ProviderFailed extends Error {
  readonly reason: ProviderProblem
  constructor(reason: ProviderProblem, cause?: unknown) {
    super(`sign-in at the provider failed: ${reason}`, { cause })
    this.name = 'ProviderFailed'
    this.reason = reason
  }
}

/**
 * - `unreachable`: the provider or its discovery document cannot be had
 * - `denied`: the person or the provider refused
 * - `expired`: what the browser kept has ended, or this answer belongs to another attempt
 * - `untrusted`: what came back does not prove anything
 */
export type ProviderProblem = 'unreachable' | 'denied' | 'expired' | 'untrusted'

const Claims = z.object({
  sub: z.string().min(1),
  iss: z.string(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.literal('true'), z.literal('false')]).optional(),
})

/** Seconds that the clocks of provider and server may differ. */
const TOLERANCE = 30
const TIMEOUT = 10

/** Sign-in with an OpenID provider: authorization code with PKCE (S256), state and nonce, by discovery. */
export function createProvider(settings: ProviderSettings, log: Log) {
  const issuer = new URL(settings.issuer)
  // On the way to the provider everything must be encrypted; on this machine there is no way.
  const isPlain = issuer.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(issuer.hostname)
  let known: Promise<client.Configuration> | null = null

  /** The provider's addresses and keys, found at the first use and again after a failure. */
  async function configuration(): Promise<client.Configuration> {
    known ??= client
      .discovery(
        issuer,
        settings.clientId,
        { client_secret: settings.clientSecret, [client.clockTolerance]: TOLERANCE },
        undefined,
        {
          timeout: TIMEOUT,
          // Who can answer in the provider's place on the way must not be able to write a token.
          execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
        },
      )
      .catch(error => {
        known = null
        log('warn', 'the sign-in provider cannot be reached', {
          issuer: settings.issuer,
          error: String(error),
        })
        throw new ProviderFailed('unreachable', error)
      })
    return known
  }

  return {
    /** How a page names it. */
    name: issuer.hostname,

    /** Where to send the browser, and what it keeps meanwhile. */
    async begin(redirectUri: string): Promise<{ address: URL; journey: ProviderJourney }> {
      const config = await configuration()
      const journey = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
        state: journey.state,
        nonce: journey.nonce,
      })
      return { address, journey }
    },

    /**
     * Reads the provider's answer: exchanges the code, checks signature, issuer, audience, times and nonce.
     * @param answer the address that the browser came back to, with its parameters
     * @throws ProviderFailed
     */
    async finish(answer: URL, journey: ProviderJourney): Promise<ProviderIdentity> {
      const config = await configuration()
      try {
        const tokens = await client.authorizationCodeGrant(config, answer, {
          pkceCodeVerifier: journey.verifier,
          expectedState: journey.state,
          expectedNonce: journey.nonce,
          idTokenExpected: true,
        })
        const claims = Claims.parse(tokens.claims())
        const said =
          claims.email === undefined
            ? Claims.partial().parse(await client.fetchUserInfo(config, tokens.access_token, claims.sub))
            : claims
        const verified = said.email_verified === true || said.email_verified === 'true'
        return {
          issuer: claims.iss,
          subject: claims.sub,
          email: verified && said.email !== undefined ? said.email.toLowerCase() : null,
        }
      } catch (error) {
        const reason = problemOf(error)
        log('warn', 'sign-in at the provider failed', { reason, error: describe(error) })
        throw new ProviderFailed(reason, error)
      }
    },

    /** Where to sign out at the provider too; null where it offers that nowhere. */
    async signOut(returnTo: string): Promise<URL | null> {
      const config = await configuration()
      if (config.serverMetadata().end_session_endpoint === undefined) return null
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo })
    },
  }
}

export type Provider = ReturnType<typeof createProvider>

function problemOf(error: unknown): ProviderProblem {
  if (error instanceof client.AuthorizationResponseError)
    return error.error === 'access_denied' ? 'denied' : 'untrusted'
  if (error instanceof client.ResponseBodyError) return 'untrusted'
  if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError'))
    return 'unreachable'
  return 'untrusted'
}

/** For the log: what went wrong, and never a token. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error ? String(error.code) : error.name
  return `${code}: ${error.message}`
}
