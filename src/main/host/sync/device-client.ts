import { hostname } from 'node:os'
import type { z } from 'zod'
import type { Signer } from '#core/log/head.ts'
import {
  Challenge,
  ChallengeText,
  EnrolmentBegun,
  EnrolmentState,
  enrolmentText,
  SessionOpened,
} from '#shared/device-protocol.ts'
import { refuse } from '#shared/errors.ts'
import { networkFailure, notOurs, redirected } from './failures.ts'
import type { DeviceSession } from './http-transport.ts'

const PATIENCE = 15_000
/** A session is renewed this long before it ends, in milliseconds. */
const EARLY = 5 * 60_000

export interface DeviceClientOptions {
  readonly url: string
  readonly fetch?: typeof fetch
  readonly signal?: AbortSignal
}

/** The half of a desk in becoming known to a server, and in showing that it is the one that was made known. */
export function createDeviceClient({ url, signal, ...options }: DeviceClientOptions) {
  const send = options.fetch ?? fetch

  async function ask<T>(path: string, message: unknown, schema: z.ZodType<T>): Promise<T> {
    const address = `${url}/device/v1${path}`
    let response: Response
    let answer: unknown
    try {
      response = await send(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        redirect: 'manual',
        body: JSON.stringify(message),
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])]),
      })
    } catch (error) {
      throw networkFailure(error, address)
    }
    if (response.status >= 300 && response.status < 400)
      throw redirected(address, response.headers.get('location'))
    const type = response.headers.get('content-type')?.split(';')[0]?.trim()
    if (type !== 'application/json' && type !== 'application/problem+json') {
      void response.body?.cancel().catch(() => {})
      throw notOurs(address, response.status)
    }
    try {
      answer = await response.json()
    } catch {
      throw notOurs(address, response.status)
    }
    const parsed = response.ok ? schema.safeParse(answer) : null
    if (parsed?.success) return parsed.data
    const { code, detail } = (answer ?? {}) as { code?: unknown; detail?: unknown }
    // Only a server of ours states problems in this way; other programs have codes of their own.
    if (response.ok || type !== 'application/problem+json' || typeof code !== 'string')
      throw notOurs(address, response.status)
    throw refuse(code, answer, typeof detail === 'string' ? detail : code)
  }

  return {
    /** Asks to be enrolled: gives the code that a person confirms at the server. */
    async begin(signer: Signer, name = hostname()): Promise<EnrolmentBegun> {
      const asked = {
        name: name.slice(0, 100) || 'desk',
        platform: `${process.platform} ${process.arch}`,
        publicKey: hex(signer.publicKey),
      }
      const signature = await signer.sign(new TextEncoder().encode(enrolmentText(asked, url)))
      return ask('/enrolments', { ...asked, signature: hex(signature) }, EnrolmentBegun)
    },
    /** What became of it. */
    state: (secret: string): Promise<EnrolmentState> => ask('/enrolments/state', { secret }, EnrolmentState),

    /** Sessions of the enrolled device, opened when they are needed. */
    session(of: { readonly workspace: string; readonly device: string }, signer: Signer): DeviceSession {
      let open: { secret: string; until: number } | null = null
      let opening: Promise<string> | null = null

      async function begin(): Promise<string> {
        const { challenge } = await ask('/challenges', of, ChallengeText)
        checkChallenge(challenge, { ...of, audience: url })
        const signature = await signer.sign(new TextEncoder().encode(challenge))
        const opened = await ask('/sessions', { challenge, signature: hex(signature) }, SessionOpened)
        // How long it lasts is told by the server's clock alone: ours may be wrong.
        open = { secret: opened.secret, until: performance.now() + (opened.expiresAt - opened.now) - EARLY }
        return opened.secret
      }

      return {
        async headers() {
          if (open && performance.now() < open.until) return { authorization: `Bearer ${open.secret}` }
          opening ??= begin().finally(() => {
            opening = null
          })
          return { authorization: `Bearer ${await opening}` }
        },
        forget() {
          open = null
        },
      }
    },
  }
}

export type DeviceClient = ReturnType<typeof createDeviceClient>

/** A device signs nothing but a challenge for itself, from the server that it was enrolled at. */
function checkChallenge(
  text: string,
  expected: { readonly audience: string; readonly workspace: string; readonly device: string },
): void {
  let challenge: unknown
  try {
    challenge = JSON.parse(text)
  } catch {
    challenge = null
  }
  const parsed = Challenge.safeParse(challenge)
  const { audience, workspace, device } = expected
  if (
    !parsed.success ||
    parsed.data.audience !== audience ||
    parsed.data.workspace !== workspace ||
    parsed.data.device !== device
  )
    throw notOurs(audience, 200)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
