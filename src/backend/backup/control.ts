import { chmodSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { digestOf } from '#shared/ids.ts'
import type { MadeArchive } from './back-up.ts'

/*
 * PGlite belongs to one process. A backup that is asked for beside a running server is made by that server, which
 * listens for it on a socket in its home folder that only its own account reaches.
 */

const Asked = z.object({ to: z.string().min(1) })
type Answer = { readonly made: MadeArchive } | { readonly problem: string }

/** The longest path of a socket that all systems take. */
const LONGEST = 103

function endpoint(home: string): string {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\quarterdeck-backend-${digestOf(resolve(home)).slice(0, 16)}`
  return join(home, 'control.sock')
}

/**
 * Makes backups for commands of the same account.
 * @returns how to stop listening; null where the home's path is too long for a socket
 */
export async function serveBackups(
  home: string,
  backUp: (to: string) => Promise<MadeArchive>,
): Promise<(() => Promise<void>) | null> {
  const path = endpoint(home)
  if (Buffer.byteLength(path) > LONGEST) return null
  // Whoever holds the lock of the home folder owns its socket too: one that is there was left by a kill.
  if (process.platform !== 'win32') rmSync(path, { force: true })
  const server = createServer((incoming, outgoing) => {
    const answer = (body: Answer) => outgoing.end(JSON.stringify(body))
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      Promise.resolve()
        .then(() => backUp(Asked.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))).to))
        .then(made => answer({ made }))
        .catch((error: Error) => answer({ problem: error.message }))
    })
  })
  // A backup takes as long as it takes.
  server.requestTimeout = 0
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(path, listening)
  })
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  return () => new Promise(closed => server.close(() => closed()))
}

/**
 * Asks the server that runs on this home folder for a backup.
 * @throws Error with what it says, or when none answers
 */
export function askForBackup(home: string, to: string): Promise<MadeArchive> {
  return new Promise((resolveMade, reject) => {
    const asking = request({ socketPath: endpoint(home), method: 'POST', path: '/backup' }, answer => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Answer
        if ('made' in body) resolveMade(body.made)
        else reject(new Error(body.problem))
      })
    })
    asking.on('error', error =>
      reject(
        new Error(
          `A server uses ${home} and does not answer there (${(error as NodeJS.ErrnoException).code}).`,
        ),
      ),
    )
    asking.end(JSON.stringify({ to: resolve(to) }))
  })
}
