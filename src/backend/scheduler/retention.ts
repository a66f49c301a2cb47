import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { manifestPath } from '../backup/manifest.ts'

const ARCHIVE = /^quarterdeck-\d{8}T\d{6}Z$/
const PARTIAL = /^quarterdeck-\d{8}T\d{6}Z\.partial$/
/** A backup that is written for longer than this was cut off, in milliseconds. */
const CUT_OFF = 86_400_000

/**
 * Keeps the newest archives of a folder and removes the older ones, and what backups that were cut off left there.
 * Anything else in the folder stays.
 * @returns how many archives were removed
 */
export function keepNewest(dir: string, keep: number, now: number): number {
  const names = readdirSync(dir)
  for (const name of names.filter(one => PARTIAL.test(one))) {
    const path = join(dir, name)
    if (now - statSync(path).mtimeMs > CUT_OFF) rmSync(path, { recursive: true, force: true })
  }
  // Their names sort by time.
  const archives = names
    .filter(name => ARCHIVE.test(name) && existsSync(manifestPath(join(dir, name))))
    .sort()
    .reverse()
  const old = archives.slice(keep)
  for (const name of old) rmSync(join(dir, name), { recursive: true, force: true })
  return old.length
}
