import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Signer } from './head.ts'

/** PKCS #8 and SPKI around the raw 32 bytes of an Ed25519 key (RFC 8410). */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')

/** A signer over an Ed25519 key that is made from a seed of 32 bytes. */
export function ed25519Signer(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const publicKey = new Uint8Array(spki.subarray(PUBLIC.length))
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: bytes =>
      new Promise((resolve, reject) =>
        sign(null, bytes, key, (error, signature) => (error ? reject(error) : resolve(signature))),
      ),
  }
}

/** How heads name a public key: the SHA-256 of its raw bytes. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex')
}

/** Checks a signature, off this thread. A signature of a wrong length is just wrong. */
export async function ed25519Verify(
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) =>
    verify(null, bytes, publicKeyOf(publicKey), signature, (error, good) =>
      error ? reject(error) : resolve(good),
    ),
  )
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC, raw]), format: 'der', type: 'spki' })
}
