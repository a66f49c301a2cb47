import { createHash, randomUUID } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { refuse } from '#shared/errors.ts'
import { writeFileAtomic } from './atomic-file.ts'

/** Space that an upload leaves on the disk, in bytes: the database needs room to store what is in it. */
export const KEEP_FREE = 256 * 1024 * 1024
/** A file that no job took for this long is thrown away at the next start, in milliseconds. */
export const STAGED_LIFE = 48 * 3_600_000
const UNFINISHED_LIFE = 3_600_000

const Grant = z.object({
  handle: z.uuid(),
  mode: z.enum(['read', 'write']),
  name: z.string(),
  path: z.string(),
  /** Whether the bytes are ours to delete. */
  staged: z.boolean(),
  /** Milliseconds since the epoch. */
  at: z.number(),
})
type Grant = z.infer<typeof Grant>

/** A file that commands may name by its handle. */
export interface FileFacts {
  readonly handle: string
  readonly name: string
  readonly path: string
  readonly mode: 'read' | 'write'
}

export interface Uploaded {
  readonly handle: string
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/**
 * Files that people gave to the workspace or that exports go to, by handles. A page never says a path. Handles
 * survive a restart, because the job that reads a file does.
 */
export interface StagedFiles {
  /** Takes a file of this machine, which a dialog, a drop or a command line named. */
  grant(path: string, mode: 'read' | 'write', handle?: string): FileFacts
  /** Stores the bytes of an upload. Leaves nothing behind when it fails. */
  upload(name: string, bytes: AsyncIterable<Uint8Array>, announced?: number): Promise<Uploaded>
  /** Takes a file that lies in our folder already, under the handle that its sender chose. */
  adopt(path: string, name: string, handle: string): FileFacts
  /** Makes a place for an export of this name. */
  forExport(name: string): FileFacts
  /** @throws Refusal `FILE_UNKNOWN` */
  find(handle: string, mode: 'read' | 'write'): FileFacts
  /** Forgets a handle, and deletes the bytes that are ours. */
  release(handle: string): void
  /** Throws away what nobody asked for in a long time. */
  sweep(): void
}

export interface StagedFilesOptions {
  readonly dir: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly freeSpace?: (dir: string) => Promise<number>
}

export function openStagedFiles({ dir, now, freeSpace = spaceOn }: StagedFilesOptions): StagedFiles {
  const noteOf = (handle: string) => join(dir, `${handle}.json`)
  const keep = (grant: Grant): FileFacts => {
    writeFileAtomic(noteOf(grant.handle), JSON.stringify(grant))
    return grant
  }
  const read = (handle: string): Grant | undefined => {
    if (!z.uuid().safeParse(handle).success || !existsSync(noteOf(handle))) return undefined
    try {
      return Grant.parse(JSON.parse(readFileSync(noteOf(handle), 'utf8')))
    } catch {
      return undefined
    }
  }
  const release = (handle: string): void => {
    const grant = read(handle)
    if (grant?.staged) rmSync(grant.path, { force: true })
    if (grant) rmSync(noteOf(handle), { force: true })
  }

  return {
    grant(path, mode, handle = randomUUID()) {
      // A handle becomes the name of a file.
      if (!z.uuid().safeParse(handle).success)
        throw refuse('FILE_UNKNOWN', { handle }, 'This is not a handle.')
      if (!isAbsolute(path)) throw refuse('FILE_UNREADABLE', { path }, `${path} is not a full path.`)
      if (mode === 'read') checkReadable(path)
      return keep({ handle, mode, name: basename(path), path, staged: false, at: now() })
    },
    adopt: (path, name, handle) =>
      keep({ handle, mode: 'read', name: safeName(name), path, staged: true, at: now() }),
    forExport(name) {
      const handle = randomUUID()
      return keep({
        handle,
        mode: 'write',
        name: safeName(name),
        path: join(dir, `${handle}.export`),
        staged: true,
        at: now(),
      })
    },
    async upload(name, bytes, announced) {
      const handle = randomUUID()
      const path = join(dir, `${handle}.upload`)
      const room = (await freeSpace(dir)) - KEEP_FREE
      if ((announced ?? 0) > room) throw full(announced!, room)
      const digest = createHash('sha256')
      let size = 0
      const measure = new Transform({
        transform(chunk: Buffer, _, done) {
          size += chunk.length
          digest.update(chunk)
          if (size > room) done(full(size, room))
          else done(null, chunk)
        },
      })
      try {
        await pipeline(bytes, measure, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
        keep({ handle, mode: 'read', name: safeName(name), path, staged: true, at: now() })
      } catch (error) {
        rmSync(path, { force: true })
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw full(size, size)
        throw error
      }
      return { handle, name: safeName(name), size, sha256: digest.digest('hex') }
    },
    find(handle, mode) {
      const grant = read(handle)
      if (grant?.mode !== mode)
        throw refuse('FILE_UNKNOWN', { handle }, 'This file is not known here (any more).')
      return grant
    },
    release,
    sweep() {
      const old = now() - STAGED_LIFE
      for (const entry of readdirSync(dir)) {
        const path = join(dir, entry)
        const grant = read(entry.replace(/\.[a-z.]+$/, ''))
        if (grant === undefined) {
          // Without a note it is an upload that broke off, or one that another host is writing right now.
          const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now()
          if (written < now() - UNFINISHED_LIFE) rmSync(path, { force: true, recursive: true })
          continue
        }
        if (grant.at < old) release(grant.handle)
      }
    },
  }
}

/** Reads what an export wrote, for a download. */
export function openForDownload(
  facts: FileFacts,
): { size: number; stream: () => NodeJS.ReadableStream } | undefined {
  if (!existsSync(facts.path)) return undefined
  return { size: statSync(facts.path).size, stream: () => createReadStream(facts.path) }
}

function checkReadable(path: string): void {
  let isFile = false
  try {
    isFile = statSync(path).isFile()
  } catch {
    throw refuse('FILE_UNREADABLE', { path }, `There is no file ${path}, or it cannot be read.`)
  }
  if (!isFile) throw refuse('FILE_UNREADABLE', { path }, `${path} is not a file.`)
}

/** The last part of a name, without what a file system or a header would trip over. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).pop() ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const clean = last.replace(/[\u0000-\u001f\u007f"<>|:*?]/g, '_').slice(0, 200)
  return clean === '' || /^\.+$/.test(clean) ? 'file' : clean
}

async function spaceOn(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize
}

function full(needed: number, room: number) {
  return refuse(
    'FILE_DISK_FULL',
    { needed, free: Math.max(room, 0) },
    'There is not enough room on the disk for this file. Nothing of it was kept.',
  )
}
