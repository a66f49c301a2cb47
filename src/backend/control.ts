import { chmodSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { digestOf } from '#shared/ids.ts'
import type { MadeArchive } from './backup/back-up.ts'

/*
 * PGlite belongs to one process. What a command asks of a database beside a running server is done by that server,
 * which listens for it on a socket in its home folder that only its own account reaches.
 */

/** What a server does for commands of its own account. */
export interface Controls {
  /** Makes a backup in a folder. */
  readonly backup: (asked: { readonly to: string }) => Promise<MadeArchive>
  /** Makes a link for the first admin, or for that of a further workspace; null where there is one and none was asked. */
  readonly firstAdmin: (asked: { readonly another: boolean }) => Promise<{ readonly url: string } | null>
}

const ASKED = {
  backup: z.object({ to: z.string().min(1) }),
  firstAdmin: z.object({ another: z.boolean() }),
} as const satisfies Record<keyof Controls, z.ZodType>

type Answer = { readonly done: unknown } | { readonly problem: string }

/** The longest path of a socket that all systems take. */
const LONGEST = 103

function endpoint(home: string): string {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\quarterdeck-backend-${digestOf(resolve(home)).slice(0, 16)}`
  return join(home, 'control.sock')
}

/**
 * Does what commands of the same account ask for.
 * @returns how to stop listening; null where the home's path is too long for a socket
 */
export async function serveControls(home: string, controls: Controls): Promise<(() => Promise<void>) | null> {
  const path = endpoint(home)
  if (Buffer.byteLength(path) > LONGEST) return null
  // Whoever holds the lock of the home folder owns its socket too: one that is there was left by a kill.
  if (process.platform !== 'win32') rmSync(path, { force: true })
  async function carryOut(name: string, text: string): Promise<unknown> {
    if (!Object.hasOwn(ASKED, name)) throw new Error(`This server does not know ${name}.`)
    const known = name as keyof Controls
    return controls[known](ASKED[known].parse(JSON.parse(text)) as never)
  }
  const server = createServer((incoming, outgoing) => {
    const answer = (body: Answer) => outgoing.end(JSON.stringify(body))
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      carryOut(incoming.url?.slice(1) ?? '', Buffer.concat(parts).toString('utf8'))
        .then(done => answer({ done }))
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
 * Asks the server that runs on this home folder.
 * @throws Error with what it says, or when none answers
 */
export function askServer<const N extends keyof Controls>(
  home: string,
  name: N,
  asked: Parameters<Controls[N]>[0],
): ReturnType<Controls[N]> {
  return new Promise((resolveDone, reject) => {
    const asking = request({ socketPath: endpoint(home), method: 'POST', path: `/${name}` }, answer => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Answer
        if ('done' in body) resolveDone(body.done as never)
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
    asking.end(JSON.stringify(asked))
  }) as ReturnType<Controls[N]>
}
