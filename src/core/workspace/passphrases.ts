import { createCipheriv, createDecipheriv } from 'node:crypto'
import { argon2id } from 'hash-wasm'

/** Turns a person's passphrase into what is stored of it, and compares. Both take a while on purpose. */
export interface Passphrases {
  hash(passphrase: string): Promise<string>
  verify(passphrase: string, stored: string): Promise<boolean>
  /** Seals a secret so that only this passphrase opens it. */
  seal(passphrase: string, secret: Uint8Array): Promise<string>
  /** What was sealed; null where it is another passphrase, or was changed. */
  open(passphrase: string, sealed: string): Promise<Uint8Array | null>
}

export interface PassphraseCost {
  /** KiB. */
  readonly memory: number
  readonly iterations: number
}

/**
 * The least that OWASP's password storage cheat sheet names for argon2id: 19 MiB, two passes. Where the host
 * has no native hashing it holds the core's thread meanwhile (about 0.1 s), so it cannot be much more; the
 * database round it is encrypted already.
 */
export const PASSPHRASE_COST: PassphraseCost = { memory: 19_456, iterations: 2 }

/** Computes argon2id with one lane and 32 bytes (RFC 9106). A host passes a native one that runs beside its thread. */
export type DeriveArgon2 = (password: string, salt: Uint8Array, cost: PassphraseCost) => Promise<Uint8Array>

const LENGTH = 32

/** argon2id in WebAssembly, for hosts without a native one. */
export const wasmArgon2: DeriveArgon2 = (password, salt, { memory, iterations }) =>
  argon2id({
    ...{ password, salt, iterations, memorySize: memory, parallelism: 1, hashLength: LENGTH },
    outputType: 'binary',
  })

/** Version, cost, salt, nonce, and what is sealed with its tag of `TAG` bytes. */
const SEALED = /^1\.(\d+)\.(\d+)\.([A-Za-z0-9+/]+)\.([A-Za-z0-9+/]+)\.([A-Za-z0-9+/]+)$/
const TAG = 16

const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Passphrases as argon2id in PHC form, with salts from the randomness that is passed in. */
export function argon2Passphrases(
  random: (bytes: number) => Uint8Array,
  cost: PassphraseCost = PASSPHRASE_COST,
  derive: DeriveArgon2 = wasmArgon2,
): Passphrases {
  return {
    async hash(passphrase) {
      const salt = random(16)
      const hash = await derive(normal(passphrase), salt, cost)
      return `$argon2id$v=19$m=${cost.memory},t=${cost.iterations},p=1$${base64(salt)}$${base64(hash)}`
    },
    async verify(passphrase, stored) {
      const parts = STORED.exec(stored)
      if (!parts) return false
      const [, memory, iterations, salt, hash] = parts as unknown as [string, string, string, string, string]
      const costThen = { memory: Number(memory), iterations: Number(iterations) }
      return same(await derive(normal(passphrase), bytes(salt), costThen), bytes(hash))
    },
    async seal(passphrase, secret) {
      const [salt, nonce] = [random(16), random(12)]
      const cipher = createCipheriv('aes-256-gcm', await derive(normal(passphrase), salt, cost), nonce)
      const box = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
      return ['1', cost.memory, cost.iterations, base64(salt), base64(nonce), base64(box)].join('.')
    },
    async open(passphrase, sealed) {
      const parts = SEALED.exec(sealed)
      if (!parts) return null
      const [, memory, iterations, salt, nonce, box] = parts as unknown as string[]
      const costThen = { memory: Number(memory), iterations: Number(iterations) }
      const key = await derive(normal(passphrase), bytes(salt!), costThen)
      const whole = bytes(box!)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes(nonce!))
      decipher.setAuthTag(whole.subarray(-TAG))
      try {
        return Buffer.concat([decipher.update(whole.subarray(0, -TAG)), decipher.final()])
      } catch {
        return null
      }
    },
  }
}

/** The same passphrase from another keyboard is the same passphrase. */
function normal(passphrase: string): string {
  return passphrase.normalize('NFKC').trim()
}

/** Compares in a time that does not tell where they differ. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length
  for (const [index, byte] of one.entries()) difference |= byte ^ other[index]!
  return difference === 0
}

function base64(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data)).replaceAll('=', '')
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}
