import { argon2id, argon2Verify } from 'hash-wasm'

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
 * The least that OWASP's password storage cheat sheet names for argon2id: 19 MiB, two passes. The hashing
 * holds the core's thread meanwhile, and a person's write may wait at most 100 ms; the database round it is
 * encrypted already.
 */
export const PASSPHRASE_COST: PassphraseCost = { memory: 19_456, iterations: 2 }

/** argon2id, with salts from the randomness that is passed in. */
export function argon2Passphrases(
  random: (bytes: number) => Uint8Array,
  cost: PassphraseCost = PASSPHRASE_COST,
): Passphrases {
  return {
    hash: passphrase =>
      argon2id({
        password: normal(passphrase),
        salt: random(16),
        memorySize: cost.memory,
        iterations: cost.iterations,
        parallelism: 1,
        hashLength: 32,
        outputType: 'encoded',
      }),
    verify: (passphrase, stored) => argon2Verify({ password: normal(passphrase), hash: stored }),
  }
}

/** The same passphrase from another keyboard is the same passphrase. */
function normal(passphrase: string): string {
  return passphrase.normalize('NFKC').trim()
}
