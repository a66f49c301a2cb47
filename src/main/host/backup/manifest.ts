import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '#shared/errors.ts'

export const DATABASE = 'workspace.db'
export const KEYS = 'workspace.keys.json'
const MANIFEST = 'manifest.json'

/** What a backup says of itself. It holds no secret: the database is encrypted, the key slots are sealed. */
export const Manifest = z.object({
  format: z.literal('quarterdeck-backup'),
  version: z.literal(1),
  workspace: z.string(),
  name: z.string(),
  /** ISO 8601. */
  at: z.string(),
  madeBy: z.string(),
  /** The workspace's version, decimal: how many commands it had seen. */
  commandVersion: z.string().regex(/^\d+$/),
  /** Public keys that signed the heads of the command log, so that it can be verified on another machine. */
  logKeys: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  files: z.array(
    z.object({
      name: z.enum([DATABASE, KEYS]),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
export type Manifest = z.infer<typeof Manifest>

export const manifestPath = (dir: string): string => join(dir, MANIFEST)

/** @throws Refusal `BACKUP_NOT_ONE`, `BACKUP_DAMAGED` */
export function readManifest(dir: string): Manifest {
  const path = manifestPath(dir)
  if (!existsSync(path))
    throw refuse('BACKUP_NOT_ONE', { dir }, `${dir} is not a backup: it has no ${MANIFEST}.`)
  try {
    return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw refuse('BACKUP_DAMAGED', { dir, file: MANIFEST }, `The ${MANIFEST} of ${dir} is damaged.`)
  }
}
