import { timingSafeEqual } from 'node:crypto'
import { digestOf, type Id } from '#shared/ids.ts'

/** What a secret is for. */
export const SECRET_KINDS = ['session', 'token', 'device', 'link', 'enrolment'] as const
export type SecretKind = (typeof SECRET_KINDS)[number]

/** A secret without its random part: enough to look for it in the right workspace. */
export interface SecretName {
  readonly kind: SecretKind
  readonly workspace: Id
}

const RANDOM = 32
const FORM = new RegExp(
  `^(${SECRET_KINDS.join('|')})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})_([A-Za-z0-9_-]{43})$`,
)

/** The workspace that is none: what is kept before it is known which workspace it concerns. */
export const NO_WORKSPACE: Id = '00000000-0000-0000-0000-000000000000'

/**
 * Makes a secret of 256 random bits that names its workspace, so that a request is confined to it before
 * anything is looked up. What is stored is the digest.
 */
export function makeSecret(
  kind: SecretKind,
  workspace: Id,
  random: (bytes: number) => Uint8Array,
): { readonly secret: string; readonly digest: string } {
  const secret = `${kind}_${workspace}_${Buffer.from(random(RANDOM)).toString('base64url')}`
  return { secret, digest: digestOf(secret) }
}

/** What a secret says about itself; null for a text that is none. */
export function readSecretName(secret: string): SecretName | null {
  const parts = FORM.exec(secret)
  return parts ? { kind: parts[1] as SecretKind, workspace: parts[2]! } : null
}

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameDigest(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
