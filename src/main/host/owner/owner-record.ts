import { rmSync } from 'node:fs'
import { z } from 'zod'
import { readIfPresent, writeFileAtomic } from '#serving/files/atomic-file.ts'

/** What later hosts read to reach the owner. The file has mode 0600: who reads it runs as this account. */
export const OwnerRecord = z.object({
  endpoint: z.string().min(1),
  /** The client's first message carries it. */
  secret: z.string().min(32),
  pid: z.int().positive(),
  /** Which host owns the workspace, for people: "desktop", "browser host", "command line". */
  host: z.string(),
  version: z.string(),
  startedAt: z.string(),
})
export type OwnerRecord = z.infer<typeof OwnerRecord>

export function writeOwnerRecord(path: string, record: OwnerRecord): void {
  writeFileAtomic(path, `${JSON.stringify(record)}\n`)
}

/** The record, or undefined where there is none that can be read: no owner, or one that is starting. */
export function readOwnerRecord(path: string): OwnerRecord | undefined {
  const text = readIfPresent(path)
  if (text === undefined) return undefined
  try {
    return OwnerRecord.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function removeOwnerRecord(path: string): void {
  rmSync(path, { force: true })
}
