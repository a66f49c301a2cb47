import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { ArchivedTable } from '#core/database/archive-rows.ts'
import { ArchiveDamaged, type ArchivedFile, fileOf } from './manifest.ts'

/** Makes the file of an archive; a test makes one that is full. */
export type MakeFile = (path: string) => Writable

/** A file that reaches the disk before it is closed. */
export const makeFile: MakeFile = path => createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })

/** Writes the rows of a table, compressed, and says what the manifest has to say of them. */
export async function writeTable(
  dir: string,
  workspace: string,
  table: ArchivedTable,
  portions: AsyncIterable<string[]>,
  make: MakeFile,
): Promise<ArchivedFile> {
  const path = join(dir, fileOf(workspace, table.name))
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const digest = createHash('sha256')
  let rows = 0
  let bytes = 0
  async function* texts() {
    for await (const lines of portions) {
      rows += lines.length
      yield `${lines.join('\n')}\n`
    }
  }
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      digest.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.from(texts()), createZstdCompress(), measure, make(path))
  return {
    name: table.name,
    columns: table.columns.map(({ name, kind }) => ({ name, kind })),
    rows,
    bytes,
    sha256: digest.digest('hex'),
  }
}

/**
 * Compares a file with what the manifest says of it.
 * @throws ArchiveDamaged
 */
export async function checkFile(dir: string, workspace: string, file: ArchivedFile): Promise<void> {
  const name = fileOf(workspace, file.name)
  const found = statSync(join(dir, name), { throwIfNoEntry: false })
  if (!found) throw new ArchiveDamaged(name, 'is missing')
  if (found.size !== file.bytes)
    throw new ArchiveDamaged(name, `has ${found.size} bytes, and was written with ${file.bytes}`)
  const digest = createHash('sha256')
  await pipeline(createReadStream(join(dir, name)), digest)
  if (digest.digest('hex') !== file.sha256)
    throw new ArchiveDamaged(name, `is not what was written${await damagedLine(dir, workspace, file)}`)
}

/** Where a damaged file stops to make sense, as the rest of a sentence. */
async function damagedLine(dir: string, workspace: string, file: ArchivedFile): Promise<string> {
  let line = 0
  try {
    for await (const lines of readTable(dir, workspace, file, 1)) {
      line++
      const values: unknown = JSON.parse(lines[0]!)
      if (!Array.isArray(values) || values.length !== file.columns.length) return ` (row ${line})`
    }
  } catch {
    return ` (from row ${line + 1} on)`
  }
  return ''
}

/** The lines of a table in portions. */
export async function* readTable(
  dir: string,
  workspace: string,
  file: ArchivedFile,
  portion: number,
): AsyncGenerator<string[]> {
  const bytes = createReadStream(join(dir, fileOf(workspace, file.name)))
  const plain = createZstdDecompress()
  // An error of the file must reach whoever reads the lines.
  bytes.on('error', error => plain.destroy(error))
  const failed = new Promise<never>((_, reject) => plain.on('error', reject))
  failed.catch(() => {})
  const lines = createInterface({ input: bytes.pipe(plain), crlfDelay: Number.POSITIVE_INFINITY })
  const next = lines[Symbol.asyncIterator]()
  let gathered: string[] = []
  try {
    for (;;) {
      const { value, done } = await Promise.race([next.next(), failed])
      if (done) break
      gathered.push(value)
      if (gathered.length >= portion) {
        yield gathered
        gathered = []
      }
    }
    if (plain.errored) throw plain.errored
    if (gathered.length > 0) yield gathered
  } finally {
    lines.close()
    bytes.destroy()
    plain.destroy()
  }
}
