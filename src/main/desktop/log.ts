import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const MAX_BYTES = 1_000_000

/**
 * The main process's own log: one line per event, in a file that is put aside at a megabyte. It holds no
 * data of the workspace and no secrets.
 */
export function openLog(directory: string): (line: string) => void {
  const file = join(directory, 'main.log')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(file, `${file}.old`)
  return line => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 })
    } catch {
      // A full disk must not end the application; the core reports it where it matters.
    }
  }
}
