import { spawn } from 'node:child_process'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { PATHS } from '#shared/browser-host-protocol.ts'
import { ensureBuilt } from './build.ts'
import { environment, root } from './run.ts'

const HELP = `npm run dev:web -- [--workspace <name|folder>] [--port <number>]

The renderer from its sources with hot reload, in your browser, against the built browser host.
`

/** Starts the built browser host as a child and resolves to the address it prints. */
async function startHost(args: readonly string[]): Promise<{ url: URL; stop: () => void }> {
  const child = spawn('node', [join(root, 'scripts/start.mjs'), '--no-open', ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    child.once('error', reject)
    child.once('close', code => reject(new Error(`The browser host ended with code ${code}.`)))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const address = /https?:\/\/\S+/.exec(output)?.[0]
      if (address !== undefined) resolve({ url: new URL(address), stop: () => child.kill('SIGTERM') })
    })
  })
}

/** `npm run dev:web`. Ends when it is interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP)
    return 0
  }
  if (!(await ensureBuilt(line => console.log(line)))) return 1
  const host = await startHost(args)
  // The host checks origin and host, so a request that passes through is given the host's own.
  const target = { target: host.url.origin, changeOrigin: true, headers: { origin: host.url.origin } }
  const { ws, ...plain } = PATHS
  const server = await createServer({
    configFile: false,
    root: join(root, 'src/renderer'),
    plugins: [react()],
    server: {
      host: '127.0.0.1',
      proxy: {
        [ws]: { ...target, target: host.url.origin.replace(/^http/, 'ws'), ws: true },
        ...Object.fromEntries(Object.values(plain).map(path => [path, target])),
      },
    },
  })
  await server.listen()
  const local = server.resolvedUrls?.local[0] ?? ''
  console.log(`Quarterdeck's renderer from its sources: ${local}${host.url.hash}`)
  await new Promise<void>(stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
  })
  await server.close()
  host.stop()
  return 0
}
