import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { FileFacts } from '#serving/files/staged-files.ts'
import { refuse } from '#shared/errors.ts'
import type { Transport } from './http-transport.ts'

/** Bytes of a part. */
const PART = 4 * 1024 * 1024
const FileState = z.object({ size: z.bigint(), whole: z.boolean() })
const PATIENCE = 5 * 60_000

/**
 * Sends a staged file under its handle, part by part from where an earlier try ended. The server takes it as
 * whole when the digest of what it has is that of the file.
 */
export async function sendFile(transport: Transport, facts: FileFacts): Promise<void> {
  const file = await open(facts.path, 'r')
  try {
    const { size } = await stat(facts.path)
    const digest = await digestOfFile(facts.path)
    const said = { handle: facts.handle, name: facts.name, size: BigInt(size), digest }
    let there = await transport.ask({ path: '/files/state', message: said, answer: FileState })
    const part = Buffer.alloc(PART)
    while (!there.whole) {
      const from = Number(there.size)
      const { bytesRead } = await file.read(part, 0, PART, from)
      const before = there.size
      there = await transport.ask({
        path: '/files/part',
        message: { ...said, from: there.size, bytes: new Uint8Array(part.subarray(0, bytesRead)) },
        answer: FileState,
        patience: PATIENCE,
      })
      // The file changed under our hands, or the server put away what it had.
      if (!there.whole && there.size <= before)
        throw refuse('FILE_UNREADABLE', { path: facts.name }, `${facts.name} changed while it was sent.`)
    }
  } finally {
    await file.close()
  }
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'r')
  for await (const chunk of file.createReadStream()) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
