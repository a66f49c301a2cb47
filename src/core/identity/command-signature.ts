import { z } from 'zod'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { ed25519Verify } from '../log/ed25519.ts'
import type { Signer } from '../log/head.ts'

/** What a signature is good for: nothing else that this key ever signs begins like this. */
const DOMAIN = 'quarterdeck/command/1'

/** A command as its device signs it. `PushedCommand` of the sync protocol is one. */
export interface SignableCommand {
  readonly id: Id
  readonly command: string
  readonly commandVersion: bigint
  readonly actor: Id | null
  readonly device: string
  readonly assurance: string
  readonly at: bigint
  /** The parsed input as canonical JSON; the signature covers its SHA-256. */
  readonly input: string
}

/** A device's signature of a command, with the very text that it covers. Both are kept and never made anew. */
export interface CommandSignature {
  /** SHA-256 of the device's public key, as lower-case hexadecimal. */
  readonly keyId: string
  /** What was signed: canonical JSON (RFC 8785) as UTF-8. */
  readonly text: string
  /** Ed25519, as lower-case hexadecimal. */
  readonly signature: string
}

/**
 * Why a signature does not count.
 * - `key`: it was made with another key
 * - `signature`: the key did not sign this text
 * - `text`: what was signed is no command of this form
 * - `altered`: the key signed another command than this one
 */
export type SignatureProblem = 'key' | 'signature' | 'text' | 'altered'

const Signed = z.strictObject({
  domain: z.literal(DOMAIN),
  workspace: z.string(),
  commandId: z.string(),
  command: z.string(),
  version: z.bigint(),
  actor: z.string().nullable(),
  device: z.string(),
  assurance: z.string(),
  at: z.bigint(),
  inputDigest: z.string(),
})

/** The text that a device signs for a command. */
export function commandText(workspace: Id, command: SignableCommand): string {
  return canonicalJson(facts(workspace, command))
}

/** Signs a command with the key of its device. */
export async function signCommand(
  signer: Signer,
  workspace: Id,
  command: SignableCommand,
): Promise<CommandSignature> {
  const text = commandText(workspace, command)
  const signature = await signer.sign(new TextEncoder().encode(text))
  return { keyId: signer.keyId, text, signature: hex(signature) }
}

/**
 * Checks that the owner of a key gave this very command: first the signature over the text as it came, then
 * that the text says what the command says. Nothing is encoded again for the check.
 * @param key the device's raw public key of 32 bytes, and its id
 * @returns null when the signature counts
 */
export async function verifyCommand(
  key: { readonly keyId: string; readonly publicKey: Uint8Array },
  workspace: Id,
  command: SignableCommand,
  signed: CommandSignature,
): Promise<SignatureProblem | null> {
  if (signed.keyId !== key.keyId) return 'key'
  if (!(await signedText(key.publicKey, signed))) return 'signature'
  const said = readText(signed.text)
  if (!said) return 'text'
  const is = facts(workspace, command)
  const same = Object.entries(is).every(([name, value]) => said[name as keyof typeof said] === value)
  return same ? null : 'altered'
}

/** Whether a key signed a text. A key or a signature that is none has not. */
export async function signedText(
  publicKey: Uint8Array,
  { text, signature }: Pick<CommandSignature, 'text' | 'signature'>,
): Promise<boolean> {
  if (publicKey.length !== 32 || !/^[0-9a-f]{128}$/.test(signature)) return false
  return ed25519Verify(publicKey, new TextEncoder().encode(text), Buffer.from(signature, 'hex'))
}

/** What a signed text says; null when it is no command. */
export function readText(text: string): z.infer<typeof Signed> | null {
  try {
    return Signed.parse(fromCanonical(text))
  } catch {
    return null
  }
}

function facts(workspace: Id, command: SignableCommand): z.infer<typeof Signed> {
  return {
    domain: DOMAIN,
    workspace,
    commandId: command.id,
    command: command.command,
    version: command.commandVersion,
    actor: command.actor,
    device: command.device,
    assurance: command.assurance,
    at: command.at,
    inputDigest: digestOf(command.input),
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
