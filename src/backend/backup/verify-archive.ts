import { rowOfLine } from '#core/database/archive-rows.ts'
import type { Row } from '#core/database/schema.ts'
import { ed25519Verify, keyIdOf } from '#core/log/ed25519.ts'
import { headBytes, type SignedHead } from '#core/log/head.ts'
import { headOf } from '#core/log/head-signer.ts'
import { BEGINNING, checkEntries, type LogPlace } from '#core/log/verify.ts'
import type { LogEntry } from '#core/runtime/log-entry.ts'
import { checkFile, readTable } from './archive-files.ts'
import { ArchiveDamaged, type ArchivedWorkspace, fileOf, type Manifest, readManifest } from './manifest.ts'

/** Rows that are looked at together. */
const PORTION = 1000

/**
 * Reads an archive through: every file is what was written, every command log is unbroken up to the entry that the
 * manifest names, and every signed end of a log is in it.
 * @throws ArchiveDamaged with the place of the first damage
 */
export async function verifyArchive(dir: string): Promise<Manifest> {
  const manifest = readManifest(dir)
  const trusted = new Map(
    manifest.logKeys.map(key => Buffer.from(key, 'hex')).map(key => [keyIdOf(key), key] as const),
  )
  for (const workspace of manifest.workspaces) {
    for (const file of workspace.tables) await checkFile(dir, workspace.id, file)
    await checkLog(dir, workspace, trusted)
  }
  return manifest
}

async function checkLog(
  dir: string,
  workspace: ArchivedWorkspace,
  trusted: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const file = workspace.tables.find(table => table.name === 'command_log')
  if (!file) return
  const name = fileOf(workspace.id, file.name)
  const heads = await signedHeads(dir, workspace)
  const named = new Set(heads.map(head => head.version))
  const hashes = new Map<bigint, string>()
  let place: LogPlace = BEGINNING
  for await (const lines of readTable(dir, workspace.id, file, PORTION)) {
    const entries = lines.map(line => rowOfLine(file, line) as unknown as LogEntry)
    const { good, problem } = checkEntries(workspace.id, place, entries)
    if (problem)
      throw new ArchiveDamaged(name, `holds a log that is ${problem.kind} at version ${problem.version}`)
    for (const { version, hash } of good) if (named.has(version)) hashes.set(version, hash)
    place = good.at(-1) ?? place
  }
  const end = workspace.log ?? { version: BEGINNING.version.toString(), hash: BEGINNING.hash }
  if (place.version.toString() !== end.version || place.hash !== end.hash)
    throw new ArchiveDamaged(name, 'does not end where the manifest says')
  for (const head of heads) {
    const heading = fileOf(workspace.id, 'log_heads')
    if (hashes.get(head.version) !== head.hash)
      throw new ArchiveDamaged(heading, `signs an entry ${head.version} that is not in the log`)
    const key = trusted.get(head.keyId)
    const signature = Buffer.from(head.signature, 'hex')
    if (key && !(await ed25519Verify(key, headBytes(workspace.id, head), signature)))
      throw new ArchiveDamaged(heading, `holds a signature of version ${head.version} that does not fit`)
  }
}

async function signedHeads(dir: string, workspace: ArchivedWorkspace): Promise<SignedHead[]> {
  const file = workspace.tables.find(table => table.name === 'log_heads')
  const heads: SignedHead[] = []
  if (file)
    for await (const lines of readTable(dir, workspace.id, file, PORTION))
      for (const line of lines) heads.push(headOf(rowOfLine(file, line) as unknown as Row<'log_heads'>))
  return heads
}
