import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { refuse } from '#shared/errors.ts'

const CHUNK = 1 << 20

/** Turns errors of reading into refusals. */
function readFailure(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return refuse('FINOPS_FILE_GONE', { fileId: basename(path) })
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') {
    return refuse('FINOPS_FILE_UNREADABLE', { reason: 'gzip-damaged', line: null })
  }
  return error
}

/** The SHA-256 of a whole file as lower-case hexadecimal. */
export async function digestFile(
  path: string,
  signal?: AbortSignal,
  read: (bytes: number) => void = () => {},
): Promise<string> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: CHUNK,
      ...(signal ? { signal } : {}),
    })) {
      hash.update(chunk)
      size += chunk.length
      read(size)
    }
  } catch (error) {
    throw readFailure(error, path)
  }
  return hash.digest('hex')
}

/**
 * The bytes of a bill, unpacked where the file is gzip (of any number of members), in order.
 *
 * @param raw is given every chunk as it lies on the disk
 * @throws Refusal `FINOPS_FILE_GONE`, `FINOPS_FILE_UNREADABLE` (damaged or cut gzip)
 */
export async function* billBytes(
  path: string,
  signal?: AbortSignal,
  raw: (chunk: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  try {
    const file = createReadStream(path, { highWaterMark: CHUNK, ...(signal ? { signal } : {}) })
    if (await isGzip(path)) {
      const gunzip = createGunzip({ chunkSize: CHUNK })
      file.on('data', raw as never)
      // Errors of either stream come out of the last one.
      void pipeline(file, gunzip).catch(() => {})
      for await (const chunk of gunzip) yield chunk as Uint8Array
      return
    }
    for await (const chunk of file) {
      raw(chunk)
      yield chunk as Uint8Array
    }
  } catch (error) {
    throw readFailure(error, path)
  }
}

async function isGzip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { start: 0, end: 1 })) {
    return chunk[0] === 0x1f && chunk[1] === 0x8b
  }
  return false
}

/** The first bytes of a bill, unpacked, and whether they are all of it. */
export async function headOfBill(
  path: string,
  most: number,
): Promise<{ head: Uint8Array; complete: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  let complete = true
  for await (const chunk of billBytes(path)) {
    if (length + chunk.length > most) {
      chunks.push(chunk.subarray(0, most - length))
      length = most
      complete = false
      break
    }
    chunks.push(chunk)
    length += chunk.length
  }
  const head = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    head.set(chunk, at)
    at += chunk.length
  }
  return { head, complete }
}

/** Size and time of a file, by which a change is noticed; a refusal where it is gone. */
export async function statBill(path: string): Promise<{ size: number; mtimeMs: number }> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, mtimeMs }
  } catch (error) {
    throw readFailure(error, path)
  }
}
