import { argon2id } from 'hash-wasm'
import { z } from 'zod'
import { refuse } from '#shared/errors.ts'

/**
 * What argon2id costs. The bounds keep a damaged or hostile slot file from taking all memory or hours.
 * `memory` is in KiB.
 */
export const PassphraseCost = z.object({
  algorithm: z.literal('argon2id'),
  salt: z.string().min(20).max(100),
  memory: z.int().min(8).max(1_048_576),
  iterations: z.int().min(1).max(64),
  parallelism: z.int().min(1).max(16),
})
export type PassphraseCost = z.infer<typeof PassphraseCost>

/** RFC 9106's second recommended setting: 64 MiB, 3 passes, 4 lanes. */
export const DEFAULT_COST = { memory: 65_536, iterations: 3, parallelism: 4 } as const

export const PASSPHRASE_MIN = 12

/** Refuses a new passphrase that is too short to resist guessing. */
export function checkNewPassphrase(passphrase: string): void {
  const length = [...passphrase.normalize('NFKC').trim()].length
  if (length < PASSPHRASE_MIN)
    throw refuse(
      'KEYS_PASSPHRASE_WEAK',
      { minimum: PASSPHRASE_MIN },
      `A passphrase has at least ${PASSPHRASE_MIN} characters; four or five unrelated words are good.`,
    )
}

/** The 32 bytes that a passphrase gives with these costs: 0.25 s on an ordinary core with the default. */
export async function passphraseSeed(passphrase: string, cost: PassphraseCost): Promise<Uint8Array> {
  return argon2id({
    password: passphrase.normalize('NFKC'),
    salt: Buffer.from(cost.salt, 'base64'),
    memorySize: cost.memory,
    iterations: cost.iterations,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: 'binary',
  })
}
