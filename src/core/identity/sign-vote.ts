import { canonicalJson } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import { type Caller, capabilityOf, type Handler, type SignedBy } from '../runtime/handlers.ts'
import type { Proofs } from '../workspace/proofs.ts'
import { signCommand } from './command-signature.ts'

/**
 * Signs a vote with the key of the person who gives it, which their passphrase opened: null for anything that is
 * no vote, and for whoever did not open a key. A connected desk signs with its own key instead, on the way out.
 * @param input as the handler is given it
 */
export async function signVote(
  { workspace, proofs }: { readonly workspace: Id; readonly proofs: Proofs },
  { leaf }: Handler,
  input: unknown,
  caller: Caller & { readonly commandId: Id; readonly at: bigint },
): Promise<SignedBy | null> {
  const { id: command, version, vote } = capabilityOf(leaf)
  const { person, proof, device, assurance, commandId, at } = caller
  if (!vote || person === null || proof === undefined || caller.attested === undefined) return null
  const signer = proofs.signerOf(proof, person)
  if (!signer) return null
  const signed = await signCommand(signer, workspace, {
    ...{ id: commandId, command, commandVersion: BigInt(version), actor: person, device, assurance, at },
    input: canonicalJson(input),
  })
  return { ...signed, device, publicKey: Buffer.from(signer.publicKey).toString('hex') }
}
