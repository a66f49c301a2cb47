import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { digestOf } from '#shared/ids.ts'

/** The file of an archive that is written last: without it there is no archive. */
const MANIFEST = 'manifest.json'

const Digits = z.string().regex(/^\d+$/)
const Hex = z.string().regex(/^[0-9a-f]{64}$/)

const ArchivedFile = z.object({
  name: z.string().regex(/^[a-z0-9_]+$/),
  columns: z.array(
    z.object({ name: z.string().regex(/^[a-z0-9_]+$/), kind: z.enum(['text', 'int', 'real', 'blob']) }),
  ),
  rows: z.number().int().min(0),
  /** Of the compressed file. */
  bytes: z.number().int().min(0),
  sha256: Hex,
})

const Manifest = z.object({
  format: z.literal('quarterdeck-archive'),
  version: z.literal(1),
  /** ISO 8601: the moment of the snapshot. */
  at: z.iso.datetime(),
  madeBy: z.string(),
  /** The migrations of the database that it was made from. */
  migrations: z.array(z.string()),
  /** Public keys by which the signed ends of its logs can be checked, hexadecimal. */
  logKeys: z.array(Hex),
  workspaces: z.array(
    z.object({
      id: z.uuid(),
      /** The counter of its commands, and the last entry of its log; null where no command ran. */
      version: Digits,
      log: z.object({ version: Digits, hash: Hex }).nullable(),
      tables: z.array(ArchivedFile),
    }),
  ),
})

export type Manifest = z.infer<typeof Manifest>
export type ArchivedFile = z.infer<typeof ArchivedFile>
export type ArchivedWorkspace = Manifest['workspaces'][number]

/** An archive is not whole, or not what it was when it was made. Nothing was restored from it. */
export class ArchiveDamaged extends Error {
  /** @param place the file, and where within it */
  constructor(place: string, reason: string) {
    super(`The archive cannot be used: ${place} ${reason}.`)
    this.name = 'ArchiveDamaged'
  }
}

/** Where the rows of a table lie within an archive. */
export const fileOf = (workspace: string, table: string): string =>
  join('workspaces', workspace, `${table}.jsonl.zst`)

/** The text of a manifest, which says its own digest. */
export function manifestText(manifest: Manifest): string {
  const body = JSON.stringify(manifest, null, 1)
  return `${body}\n${digestOf(body)}\n`
}

export const manifestPath = (dir: string): string => join(dir, MANIFEST)

/** @throws ArchiveDamaged */
export function readManifest(dir: string): Manifest {
  let text: string
  try {
    text = readFileSync(manifestPath(dir), 'utf8')
  } catch {
    throw new ArchiveDamaged(dir, `has no ${MANIFEST}: it is no archive, or one that was not finished`)
  }
  const end = text.lastIndexOf('\n', text.length - 2)
  const body = text.slice(0, end)
  if (end < 0 || text.slice(end + 1).trim() !== digestOf(body))
    throw new ArchiveDamaged(MANIFEST, 'is not what was written')
  const parsed = Manifest.safeParse(JSON.parse(body))
  if (!parsed.success)
    throw new ArchiveDamaged(MANIFEST, 'is of another version of Quarterdeck, or of something else')
  return parsed.data
}
