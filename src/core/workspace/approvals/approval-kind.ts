import type { Reader } from '#core/database/store.ts'
import { capabilityOf, type InputOf, type Leaf, type RawInputOf } from '#core/runtime/handlers.ts'
import { approvalDigest } from '#engines/workspace/approval.ts'
import type { Role } from '#shared/permissions.ts'

/** Something that other people have to allow: what a feature says of it. */
export interface ApprovalKind<L extends Leaf = Leaf> {
  /** `billing.creditNote`: stored with every request, never changed once released. */
  readonly name: string
  /** What rows it is about; one that can be searched for has an address. */
  readonly entity: string
  /** The command that runs in the name of the last approver. Usually internal, so that nothing else reaches it. */
  readonly leaf: L
  readonly voters: readonly Role[]
  /** Distinct people besides who asks. */
  readonly quorum: number
  /** Milliseconds; null: it does not expire. */
  readonly expiresAfter: bigint | null
  /** Whether only votes count of people who proved who they are; otherwise the setting says. */
  readonly attested?: boolean
  /**
   * What of the row must still be so when it is carried out, as plain data: it goes into the digest. Null where
   * the row is gone. It may read only tables that are on every desk of its voters.
   */
  readonly subject: (reader: Reader, rowId: string, input: InputOf<L>) => Promise<unknown>
}

/** Makes a kind; what its input is only itself knows from then on. */
export function approvalKind<L extends Leaf>(kind: ApprovalKind<L>): ApprovalKind<L> {
  return kind
}

export type ApprovalKinds = ReadonlyMap<string, ApprovalKind>

/** Kinds by their name. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has an input of its own
export function approvalKindsByName(kinds: readonly ApprovalKind<any>[]): ApprovalKinds {
  return new Map(kinds.map(kind => [kind.name, kind as ApprovalKind]))
}

/** The digest of what would be carried out now; null where its subject is gone. */
export async function currentDigest<L extends Leaf>(
  reader: Reader,
  kind: ApprovalKind<L>,
  rowId: string,
  input: RawInputOf<L> | InputOf<L>,
): Promise<string | null> {
  const subject = await kind.subject(reader, rowId, input as InputOf<L>)
  if (subject === null) return null
  const { id: command, version } = capabilityOf(kind.leaf)
  return approvalDigest({
    ...{ kind: kind.name, entity: kind.entity, rowId, subject, command, version, input },
  })
}
