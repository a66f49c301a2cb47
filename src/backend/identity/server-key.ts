import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'

/** What seals of one purpose must never be taken for those of another. */
export type SealPurpose = 'sign-in' | 'provider' | 'authenticator' | 'challenge'

/** Encrypts small things that leave the server and come back: what a browser keeps during sign-in. */
export interface Sealer {
  /** @param until milliseconds since the epoch; null for what does not end */
  seal(purpose: SealPurpose, value: unknown, until: bigint | null): string
  /** What was sealed; null where it was altered, ended, or sealed by another key or for something else. */
  open<T>(purpose: SealPurpose, text: string, now: bigint): T | null
}

/** The server's own key has not 32 bytes. */
export class ServerKeyInvalid extends Error {
  constructor(from: string) {
    super(`${from} must hold 32 bytes as base64: make one with "openssl rand -base64 32".`)
    this.name = 'ServerKeyInvalid'
  }
}

/**
 * The 32 bytes that protect sign-in: from the environment, where several servers share a database, else from a
 * file of mode 0600 below the server's home, which is made at the first start.
 * @throws ServerKeyInvalid
 */
export function readServerKey(home: string, said: string | null): Uint8Array {
  if (said !== null) return parse(said, 'QUARTERDECK_IDENTITY_KEY')
  const path = join(home, 'identity.key')
  if (!existsSync(path)) {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  }
  return parse(readFileSync(path, 'utf8').trim(), path)
}

function parse(text: string, from: string): Uint8Array {
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32) throw new ServerKeyInvalid(from)
  return key
}

interface Sealed {
  readonly until: bigint | null
  readonly value: unknown
}

/** Seals with a key of its own for each purpose: AES-256-GCM, and an end that is sealed in. */
export function createSealer(key: Uint8Array): Sealer {
  const keyOf = (purpose: SealPurpose) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `quarterdeck identity 1|${purpose}`, 32))
  return {
    seal(purpose, value, until) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(purpose), nonce)
      const text = canonicalJson({ until, value } satisfies Sealed)
      return Buffer.concat([
        nonce,
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]).toString('base64url')
    },
    open<T>(purpose: SealPurpose, text: string, now: bigint): T | null {
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length < 28) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyOf(purpose), bytes.subarray(0, 12))
        decipher.setAuthTag(bytes.subarray(bytes.length - 16))
        const opened = Buffer.concat([
          decipher.update(bytes.subarray(12, bytes.length - 16)),
          decipher.final(),
        ])
        const { until, value } = fromCanonical<Sealed>(opened.toString('utf8'))
        return until !== null && until <= now ? null : (value as T)
      } catch {
        return null
      }
    },
  }
}
