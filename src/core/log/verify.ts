import type { Id } from '#shared/ids.ts'
import { GENESIS, hashEntry, type LogEntry } from '../runtime/log-entry.ts'
import { ed25519Verify } from './ed25519.ts'
import { headBytes, type SignedHead } from './head.ts'

/** Where the walk along the log stands: the entry that was checked last. */
export interface LogPlace {
  readonly version: bigint
  readonly hash: string
}

/** Before the first entry. */
export const BEGINNING: LogPlace = { version: -1n, hash: GENESIS }

/**
 * What is wrong with the log, at the first version where it shows.
 * - `changed`: the entry's content does not have its hash
 * - `broken`: the entry does not continue the one before it: something was removed, inserted or reordered
 * - `head-differs`: the entry is not the one that was signed; everything since the last good head is in doubt
 * - `cut`: an entry that was signed is not there: the end was cut off
 * - `signature`: the signature of a head does not fit it
 * - `unknown-key`: a head was signed with a key that is not trusted
 * - `head-removed`: a head that is kept elsewhere is missing here
 */
export type LogProblemKind =
  | 'changed'
  | 'broken'
  | 'head-differs'
  | 'cut'
  | 'signature'
  | 'unknown-key'
  | 'head-removed'

export interface LogProblem {
  readonly kind: LogProblemKind
  readonly version: bigint
}

export interface PageCheck {
  /** The entries of the page up to the first problem: the next page goes on behind the last of them. */
  readonly good: readonly LogPlace[]
  readonly problem: LogProblem | null
}

/** Checks entries, in the order of their versions, that follow a place. Versions may have gaps, links may not. */
export function checkEntries(workspace: Id, after: LogPlace, entries: readonly LogEntry[]): PageCheck {
  const good: LogPlace[] = []
  let place = after
  for (const entry of entries) {
    const { version, hash } = entry
    if (hashEntry(workspace, entry) !== hash) return { good, problem: { kind: 'changed', version } }
    if (entry.previous !== place.hash || version <= place.version)
      return { good, problem: { kind: 'broken', version } }
    place = { version, hash }
    good.push(place)
  }
  return { good, problem: null }
}

/** The first head that is not what it says it is, in the order of versions. */
export async function checkSignatures(
  workspace: Id,
  heads: readonly SignedHead[],
  trusted: ReadonlyMap<string, Uint8Array>,
): Promise<LogProblem | null> {
  for (const head of [...heads].sort(byVersion)) {
    const { version, keyId, signature } = head
    const key = trusted.get(keyId)
    if (!key) return { kind: 'unknown-key', version }
    if (!(await ed25519Verify(key, headBytes(workspace, head), Buffer.from(signature, 'hex'))))
      return { kind: 'signature', version }
  }
  return null
}

/**
 * Compares a log whose chain is intact up to `end` with heads whose signatures are good.
 * @param hashes the hash of each entry that a head names, by version
 */
export function checkHeads(
  hashes: ReadonlyMap<bigint, string>,
  end: bigint,
  stored: readonly SignedHead[],
  kept: readonly SignedHead[],
): LogProblem | null {
  for (const { version, hash } of [...stored, ...kept].sort(byVersion)) {
    if (hashes.get(version) === hash) continue
    return { kind: version > end ? 'cut' : 'head-differs', version }
  }
  const here = new Set(stored.map(head => head.version))
  const removed = kept.find(head => !here.has(head.version))
  return removed ? { kind: 'head-removed', version: removed.version } : null
}

/** The problem that shows first. */
export function firstOf(...problems: readonly (LogProblem | null)[]): LogProblem | null {
  return problems.reduce((a, b) => (a && b ? (b.version < a.version ? b : a) : (a ?? b)), null)
}

function byVersion(a: SignedHead, b: SignedHead): number {
  return a.version < b.version ? -1 : a.version > b.version ? 1 : 0
}
