import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  PATHS,
  SESSION_HEADER,
  SessionReply,
  TOKEN_FRAGMENT,
  TokenReply,
} from '#shared/browser-host-protocol.ts'
import type { BrowserHostEntry, CliEntry, RunningBrowserHost } from '#shared/host-entries.ts'
import { root } from '../../scripts/lib/run.ts'

const built = (entry: string): string => pathToFileURL(join(root, 'out/main', entry)).href

const version = (): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version

/** Runs one command line of the built application, as `npx quarterdeck …` does. */
export async function runCli(args: readonly string[]): Promise<number> {
  const cli = (await import(built('cli.js'))) as CliEntry
  return cli.runCli(args, { version: version() })
}

/** Starts the built browser host on a workspace, on a free port. */
export async function startHost(workspaceDir: string): Promise<RunningBrowserHost> {
  const host = (await import(built('browser-host.js'))) as BrowserHostEntry
  return host.startBrowserHost({
    workspaceDir,
    port: 0,
    rendererDir: join(root, 'out/renderer'),
    version: version(),
  })
}

/** Exchanges the one-time token of a printed address for a session. */
export async function signIn(url: string): Promise<{ origin: string; session: string }> {
  const { origin, hash } = new URL(url)
  const token = new URLSearchParams(hash.slice(1)).get(TOKEN_FRAGMENT)
  const reply = await fetch(`${origin}${PATHS.session}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token }),
  })
  if (!reply.ok) throw new Error(`The host refused its own token: ${reply.status} ${await reply.text()}`)
  return { origin, session: SessionReply.parse(await reply.json()).session }
}

/** An address with a fresh one-time token, for one more tab of this session. */
export async function freshAddress(origin: string, session: string): Promise<string> {
  const reply = await fetch(`${origin}${PATHS.token}`, {
    method: 'POST',
    headers: { [SESSION_HEADER]: session, origin },
  })
  if (!reply.ok) throw new Error(`The host made no token: ${reply.status} ${await reply.text()}`)
  return `${origin}/#${TOKEN_FRAGMENT}=${TokenReply.parse(await reply.json()).token}`
}
