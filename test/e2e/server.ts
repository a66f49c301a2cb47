import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { root } from '../../scripts/lib/run.ts'

/*
 * A server for the specs of sync: the built backend in a process of its own, the person who signs in there, and a
 * network that can be cut.
 */

export const ADMIN = {
  person: 'Ada Lovelace',
  email: 'ada@harbour.example',
  passphrase: 'ten ships in a row',
}
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36'

export interface TestBackend {
  readonly url: string
  /** A person signs in and confirms the desk that shows this code. */
  confirm(code: string): Promise<void>
  close(): Promise<void>
}

/** Starts the built backend on PGlite in this folder, and makes its first workspace and admin. */
export async function startServer(folder: string): Promise<TestBackend> {
  const home = join(folder, 'server')
  mkdirSync(home, { recursive: true })
  const child = spawn(process.execPath, ['--no-memory-protection-keys', join(root, 'scripts/backend.mjs')], {
    env: { ...process.env, QUARTERDECK_BACKEND_HOME: home, QUARTERDECK_BACKEND_PORT: '0', NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const begin = await new Promise<URL>((resolve, reject) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      const found = /https?:\/\/\S+\/begin\/\S+/.exec(said)
      if (found) resolve(new URL(found[0]))
    })
    child.once('exit', () => reject(new Error(`the backend ended: ${said}`)))
  })
  const url = begin.origin
  const { person, email, passphrase } = ADMIN
  const form = { name: 'Harbour Ltd', zone: 'Europe/Berlin', currency: 'USD', person, email }
  const made = await post(url, begin.pathname, { ...form, passphrase, again: passphrase }, '')
  if (made.status !== 303) throw new Error(`the first admin was not made: ${await made.text()}`)
  return {
    url,
    async confirm(code) {
      const signedIn = await post(url, '/sign-in', { email, passphrase, next: '/' }, '')
      const cookie = signedIn.headers
        .getSetCookie()
        .map(one => one.split(';')[0])
        .join('; ')
      const answer = await post(url, '/device', { code, decision: 'confirm' }, cookie)
      if (answer.status !== 200) throw new Error(`the desk was not confirmed: ${answer.status}`)
    },
    close: () =>
      new Promise(resolve => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function post(base: string, path: string, fields: Record<string, string>, cookie: string): Promise<Response> {
  return fetch(new URL(path, base), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin: base, cookie, 'user-agent': AGENT },
  })
}

export interface CutNetwork {
  /** The address of the server behind it. */
  readonly url: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** A way to the server that can be cut: what is under way breaks off, and nothing new gets through. */
export async function cutNetwork(url: string): Promise<CutNetwork> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer(here => {
    if (isCut) return void here.destroy()
    const there = connect(Number(port), hostname)
    for (const socket of [here, there]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        here.destroy()
        there.destroy()
      })
    }
    here.pipe(there).pipe(here)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const destroyAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true
      destroyAll()
    },
    mend() {
      isCut = false
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        destroyAll()
      }),
  }
}
