import { createHash } from 'node:crypto'
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { open, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '#shared/errors.ts'
import { KEEP_FREE, type StagedFiles } from './staged-files.ts'

/** A file as its sender describes it. The handle is a UUID, which becomes the name of a file here. */
export interface SentFile {
  readonly handle: string
  readonly name: string
  /** In bytes. */
  readonly size: bigint
  /** SHA-256, as lower-case hexadecimal. */
  readonly digest: string
}

export interface PartialState {
  /** Bytes that are here: where the next part begins. */
  readonly size: bigint
  /** It is whole, of the right digest, and commands may name it. */
  readonly whole: boolean
}

export interface PartialFilesOptions {
  /** The folder of the staged files. */
  readonly dir: string
  readonly files: Pick<StagedFiles, 'find' | 'adopt'>
}

/** Files that come in parts, each from where the one before ended, however often the way is cut off. */
export function openPartialFiles({ dir, files }: PartialFilesOptions) {
  const pathOf = (handle: string) => join(dir, `${handle}.part`)

  function stateOf({ handle, size }: SentFile): PartialState {
    try {
      files.find(handle, 'read')
      return { size, whole: true }
    } catch {
      const path = pathOf(handle)
      return { size: existsSync(path) ? BigInt(statSync(path).size) : 0n, whole: false }
    }
  }

  /** All bytes are here: they count when they are the ones that were announced, and are put away otherwise. */
  async function finish(file: SentFile): Promise<PartialState> {
    const path = pathOf(file.handle)
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
    if (hash.digest('hex') !== file.digest) {
      rmSync(path, { force: true })
      return { size: 0n, whole: false }
    }
    const final = join(dir, `${file.handle}.upload`)
    renameSync(path, final)
    files.adopt(final, file.name, file.handle)
    return { size: file.size, whole: true }
  }

  return {
    stateOf,
    /**
     * Adds a part. One that does not begin where the file ends is left out: the sender asks and goes on.
     * @throws Refusal `FILE_DISK_FULL`
     */
    async append(file: SentFile, from: bigint, bytes: Uint8Array): Promise<PartialState> {
      const state = stateOf(file)
      if (state.whole || state.size !== from || from + BigInt(bytes.length) > file.size) return state
      const { bavail, bsize } = await statfs(dir)
      const free = bavail * bsize - KEEP_FREE
      if (bytes.length > free)
        throw refuse('FILE_DISK_FULL', { needed: bytes.length, free: Math.max(free, 0) }, 'The disk is full.')
      const out = await open(pathOf(file.handle), 'a', 0o600)
      try {
        await out.write(bytes)
        await out.sync()
      } finally {
        await out.close()
      }
      const size = from + BigInt(bytes.length)
      return size === file.size ? finish(file) : { size, whole: false }
    },
    /** An empty file has no part that could end it. */
    async empty(file: SentFile): Promise<PartialState> {
      const out = await open(pathOf(file.handle), 'w', 0o600)
      await out.close()
      return finish(file)
    },
  }
}

export type PartialFiles = ReturnType<typeof openPartialFiles>
