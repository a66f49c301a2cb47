import { bytesToHex } from '@noble/hashes/utils.js'
import type { Id } from '#shared/ids.ts'
import type { Signer } from '../log/head.ts'

/** Proofs that somebody gave a person's passphrase. They live as long as the core, at most. */
export interface Proofs {
  /**
   * A new proof for a person, which stands for this stored form of their passphrase.
   * @param signer their own key, which the passphrase opened: it is kept for as long as the proof
   */
  give(person: Id, stored: string, signer?: Signer | null): { proof: string; proofUntil: bigint }
  /** What this person signs with, where the proof is theirs and still good and they have a key. */
  signerOf(proof: string, person: Id): Signer | null
  /** What a proof stands for, where it is this person's and still good. */
  storedOf(proof: string, person: Id): string | null
  drop(proof: string): void
  /** Notes a wrong try. */
  failed(person: Id): void
  /** How many milliseconds somebody must wait before the next try as this person; 0 when they need not. */
  wait(person: Id): number
  succeeded(person: Id): void
}

/** How long a proof is good, in milliseconds: a working day. */
export const PROOF_LIFE = 12 * 3_600_000
const MOST_PROOFS = 1000
/** Tries before there is a wait, then the first wait and the longest, in milliseconds. */
const FREE_TRIES = 3
const FIRST_WAIT = 5000
const LONGEST_WAIT = 15 * 60_000

export function createProofs(now: () => bigint, random: (bytes: number) => Uint8Array): Proofs {
  const given = new Map<string, { person: Id; stored: string; until: bigint; signer: Signer | null }>()
  const tries = new Map<Id, { count: number; until: bigint }>()
  return {
    give(person, stored, signer = null) {
      for (const [proof, one] of given) if (one.until <= now()) given.delete(proof)
      if (given.size >= MOST_PROOFS) given.delete(given.keys().next().value!)
      const proof = bytesToHex(random(32))
      const until = now() + BigInt(PROOF_LIFE)
      given.set(proof, { person, stored, until, signer })
      return { proof, proofUntil: until }
    },
    storedOf(proof, person) {
      const one = given.get(proof)
      return one && one.person === person && one.until > now() ? one.stored : null
    },
    signerOf(proof, person) {
      const one = given.get(proof)
      return one && one.person === person && one.until > now() ? one.signer : null
    },
    drop: proof => void given.delete(proof),
    failed(person) {
      const count = (tries.get(person)?.count ?? 0) + 1
      const wait = count < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (count - FREE_TRIES), LONGEST_WAIT)
      tries.set(person, { count, until: now() + BigInt(wait) })
    },
    wait: person => Math.max(0, Number((tries.get(person)?.until ?? 0n) - now())),
    succeeded: person => void tries.delete(person),
  }
}
