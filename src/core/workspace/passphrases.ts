import { argon2id } from 'hash-wasm'

/** Turns a person's passphrase into what is stored of it, and compares. Both take a while on purpose. */
export interface Passphrases {
  hash(passphrase: string): Promise<string>
  verify(passphrase: string, stored: string): Promise<boolean>
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
