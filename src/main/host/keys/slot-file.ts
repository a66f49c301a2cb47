import { copyFileSync, existsSync } from 'node:fs'
import { z } from 'zod'
import { readIfPresent, writeFileAtomic } from '#serving/files/atomic-file.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { SlotKind } from '#shared/core-process-protocol.ts'
import { refuse } from '#shared/errors.ts'
import { PassphraseCost } from './passphrase.ts'

const Base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/=_-]*$/)
  .max(20_000)
const Sealed = z.object({ from: Base64, nonce: Base64, box: Base64 })

const Slot = z.object({
  id: z.uuid(),
  kind: SlotKind,
  label: z.string().max(200),
  createdAt: z.string(),
  publicKey: Base64,
  sealed: Sealed,
  /** The key that a rekey under way changes to. */
  sealedNext: Sealed.optional(),
  passphrase: PassphraseCost.optional(),
  /** Where the key file was when the slot was made: a hint, the secret decides. */
  keyFile: z.string().max(32_768).optional(),
  /** The slot's seed, as the keychain of this account encrypted it. */
  wrapped: Base64.optional(),
  /** When a person proved that they wrote the recovery key down. */
  confirmedAt: z.string().optional(),
})
export type Slot = z.infer<typeof Slot>

export const SlotFile = z.object({
  format: z.literal('quarterdeck-keys'),
  version: z.literal(1),
  workspace: z.uuid(),
  createdAt: z.string(),
  slots: z.array(Slot).min(1).max(64),
  /** Over everything else, by a key derived from the database key. */
  mac: z.string().length(64),
})
export type SlotFile = z.infer<typeof SlotFile>

/** The text that the `mac` of a slot file covers. */
export function macText(file: Omit<SlotFile, 'mac'>): string {
  const { format, version, workspace, createdAt, slots } = file
  return canonicalJson({ format, version, workspace, createdAt, slots })
}

/** Where the copy of the slot file before the last change is kept. */
export function backupOf(path: string): string {
  return `${path}.bak`
}

/**
 * Reads the slot file; where it is missing or damaged, the copy that was kept.
 * @throws Refusal `KEYS_FILE_MISSING`, `KEYS_FILE_DAMAGED`, or `KEYS_FILE_NEWER`. The database is not touched.
 */
export function readSlotFile(path: string): { file: SlotFile; fromBackup: boolean } {
  const main = parse(readIfPresent(path))
  if (main.state === 'newer')
    throw refuse(
      'KEYS_FILE_NEWER',
      { path },
      `${path} was written by a newer version of Quarterdeck. Update to open it.`,
    )
  if (main.state === 'good') return { file: main.file, fromBackup: false }
  const kept = parse(readIfPresent(backupOf(path)))
  if (kept.state === 'good') return { file: kept.file, fromBackup: true }
  if (main.state === 'missing')
    throw refuse('KEYS_FILE_MISSING', { path }, `There is no key slot file at ${path}, and no copy of it.`)
  throw refuse(
    'KEYS_FILE_DAMAGED',
    { path, problem: main.problem },
    `The key slot file ${path} is damaged (${main.problem}), and so is its copy. The database is untouched: ` +
      'put the slot file of a backup in its place.',
  )
}

type Parsed =
  | { state: 'good'; file: SlotFile }
  | { state: 'missing' }
  | { state: 'newer' }
  | { state: 'damaged'; problem: string }

function parse(text: string | undefined): Parsed {
  if (text === undefined) return { state: 'missing' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { state: 'damaged', problem: text.trim() === '' ? 'it is empty' : 'it is not JSON' }
  }
  const head = z.object({ format: z.literal('quarterdeck-keys'), version: z.int() }).safeParse(json)
  if (head.success && head.data.version > 1) return { state: 'newer' }
  const file = SlotFile.safeParse(json)
  if (file.success) return { state: 'good', file: file.data }
  const issue = file.error.issues[0]
  return { state: 'damaged', problem: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() }
}

/**
 * Replaces the slot file, and keeps the one before as its copy. With `forget` the copy is replaced as well,
 * so that a slot that was removed is nowhere.
 */
export function writeSlotFile(path: string, file: SlotFile, options: { forget?: boolean } = {}): void {
  const text = `${JSON.stringify(SlotFile.parse(file), null, 2)}\n`
  if (existsSync(path) && !options.forget && parse(readIfPresent(path)).state === 'good')
    copyFileSync(path, backupOf(path))
  writeFileAtomic(path, text)
  if (options.forget || !existsSync(backupOf(path))) writeFileAtomic(backupOf(path), text)
}
