import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/**
 * Sealing of the database key to a slot. Each slot has an X25519 key pair that is derived from its secret, and
 * the database key is encrypted to the public half (ephemeral Diffie-Hellman, HKDF-SHA256, AES-256-GCM). So a
 * new database key can be sealed to every slot without asking anyone for their secret again, and a slot that
 * was removed cannot read it, even by someone who kept its secret and every earlier slot file.
 */
export interface Sealed {
  /** The ephemeral public key, base64. */
  readonly from: string
  readonly nonce: string
  /** Ciphertext and 16-byte tag, base64. */
  readonly box: string
}

const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_X25519 = Buffer.from('302a300506032b656e032100', 'hex')

/** The private key of a slot from the 32 bytes that its secret gives. */
function privateKeyOf(seed: Uint8Array, context: string): KeyObject {
  const scalar = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(0), `quarterdeck slot 1|${context}`, 32))
  return createPrivateKey({ key: Buffer.concat([PKCS8_X25519, scalar]), format: 'der', type: 'pkcs8' })
}

function rawPublicKey(key: KeyObject): Buffer {
  const der = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' })
  return der.subarray(SPKI_X25519.length)
}

function publicKeyFrom(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_X25519, raw]), format: 'der', type: 'spki' })
}

function wrappingKey(own: KeyObject, other: KeyObject, from: Buffer, to: Buffer, context: string): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other })
  return Buffer.from(
    hkdfSync('sha256', shared, Buffer.concat([from, to]), `quarterdeck seal 1|${context}`, 32),
  )
}

/** The public key of the slot that this seed opens, base64. */
export function slotPublicKey(seed: Uint8Array, context: string): string {
  return rawPublicKey(privateKeyOf(seed, context)).toString('base64')
}

/** Encrypts a key to a slot. `context` names workspace and slot, and is authenticated. */
export function seal(key: Uint8Array, publicKey: string, context: string): Sealed {
  const to = Buffer.from(publicKey, 'base64')
  const ephemeral = generateKeyPairSync('x25519')
  const from = rawPublicKey(ephemeral.publicKey)
  const nonce = randomBytes(12)
  const cipher = createCipheriv(
    'aes-256-gcm',
    wrappingKey(ephemeral.privateKey, publicKeyFrom(to), from, to, context),
    nonce,
  )
  cipher.setAAD(Buffer.from(context))
  const box = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])
  return { from: from.toString('base64'), nonce: nonce.toString('base64'), box: box.toString('base64') }
}

/** Gives the key back, or undefined when the seed is not the one of this slot (or the seal was altered). */
export function unseal(sealed: Sealed, seed: Uint8Array, context: string): Buffer | undefined {
  const own = privateKeyOf(seed, context)
  const from = Buffer.from(sealed.from, 'base64')
  const box = Buffer.from(sealed.box, 'base64')
  try {
    const key = wrappingKey(own, publicKeyFrom(from), from, rawPublicKey(own), context)
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(box.subarray(box.length - 16))
    return Buffer.concat([decipher.update(box.subarray(0, box.length - 16)), decipher.final()])
  } catch {
    return undefined
  }
}

/** Proves that a slot file was written by someone who had the database key, hexadecimal. */
export function slotFileMac(databaseKey: Uint8Array, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', databaseKey, Buffer.alloc(0), 'quarterdeck slot file mac 1', 32))
  return createHmac('sha256', key).update(text).digest('hex')
}

export function sameMac(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
