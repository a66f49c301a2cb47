import { canonicalJson } from '#shared/canonical.ts'

/** The end of a workspace's command log at one moment, signed. */
export interface SignedHead {
  readonly version: bigint
  /** The hash of the entry of this version. */
  readonly hash: string
  readonly signedAt: bigint
  /** SHA-256 of the public key, as lower-case hexadecimal. */
  readonly keyId: string
  /** Ed25519, as lower-case hexadecimal. */
  readonly signature: string
}

/** Holds a private key that never leaves it. */
export interface Signer {
  readonly keyId: string
  /** The raw 32 bytes of the Ed25519 public key. */
  readonly publicKey: Uint8Array
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** Keeps heads where whoever changes the database does not change them too. */
export interface HeadKeeper {
  keep(head: SignedHead): Promise<void>
  /** Everything that was kept, in the order of versions. */
  kept(): Promise<readonly SignedHead[]>
}

/** The bytes that a head's signature covers: RFC 8785, with a domain tag, so that it is good for nothing else. */
export function headBytes(workspace: string, head: Omit<SignedHead, 'signature'>): Uint8Array {
  const { version, hash, signedAt, keyId } = head
  return new TextEncoder().encode(
    canonicalJson({ domain: 'quarterdeck/log-head/1', workspace, version, hash, signedAt, keyId }),
  )
}
