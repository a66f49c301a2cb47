import * as crypto from 'node:crypto'
import { promisify } from 'node:util'
import { type DeriveArgon2, wasmArgon2 } from '#core/workspace/passphrases.ts'

/**
 * argon2id beside our thread where this runtime has it: Node does since 24.7, Electron, with another crypto
 * library, does not.
 */
export function bestArgon2(): DeriveArgon2 {
  if (typeof crypto.argon2 !== 'function') return wasmArgon2
  const argon2 = promisify(crypto.argon2)
  return async (password, salt, { memory, iterations }) =>
    new Uint8Array(
      await argon2('argon2id', {
        message: password,
        nonce: salt,
        memory,
        passes: iterations,
        parallelism: 1,
        tagLength: 32,
      }),
    )
}
