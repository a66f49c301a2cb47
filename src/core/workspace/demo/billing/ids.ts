import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type Id, idFromCommand, uuidv7 } from '#shared/ids.ts'

/** Ids of the rows that a piece of the demo's job makes: the same again after a crash. */
export function idsOf(jobId: Id, piece: number): { next(): Id } {
  let ordinal = piece * 10_000
  return { next: () => idFromCommand(jobId, ordinal++) }
}

/** An id with a time in the past, of what the demo says happened then. */
export function pastId(at: bigint, jobId: Id, of: string): Id {
  return uuidv7(Number(at), sha256(utf8ToBytes(`${jobId}/${of}`)))
}
