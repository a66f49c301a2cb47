import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.ts'
import { root } from './run.ts'

/** What the built backend exports. */
interface BackendEntry {
  main(options: {
    readonly args: readonly string[]
    readonly environment: Readonly<Record<string, string | undefined>>
    readonly version: string
    readonly rendererDir: string
  }): Promise<number>
}

/** `npm run backend`. Resolves to the exit code, when the server ends. */
export async function main(args: readonly string[]): Promise<number> {
  if (!(await ensureBuilt(line => console.error(line)))) return 1
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const entry = pathToFileURL(join(root, 'out/main/backend.js')).href
  const { main: serve } = (await import(entry)) as BackendEntry
  return serve({ args, environment: process.env, version, rendererDir: join(root, 'out/renderer') })
}
