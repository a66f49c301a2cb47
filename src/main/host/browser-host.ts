import { hostname } from 'node:os'
import type { LogLine } from '#serving/log-line.ts'
import type { BrowserHostOptions, RunningBrowserHost } from '#shared/host-entries.ts'
import { startBrowserServer } from './browser/server.ts'
import { Membership } from './membership.ts'
import { workspacePaths } from './workspace/layout.ts'
import { ownAccountUnlocker } from './workspace/own-account-unlocker.ts'

/**
 * The browser host: serves the interface on the loopback address, over a workspace that it owns or whose owner
 * it is a client of. When that owner goes, it takes its place; the pages connect again by themselves.
 * @throws Refusal `KEYS_*`, `OWNER_UNREACHABLE`, `WORKSPACE_*`, `HOST_PORT_TAKEN`, `HOST_RENDERER_MISSING`
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<RunningBrowserHost> {
  const { workspaceDir, port, rendererDir, version } = options
  const say = (text: string) => process.stderr.write(`${text}\n`)
  // A client of another process has no log of its own: that process logs what it does for it.
  let log: LogLine = () => {}
  const membership = new Membership({
    paths: workspacePaths(workspaceDir),
    host: 'browser host',
    kind: 'browser',
    version,
    device: `browser:${hostname()}`,
    unlocker: ownAccountUnlocker({
      dir: workspaceDir,
      keyFile: process.env.QUARTERDECK_KEY_FILE || undefined,
      passphraseFile: process.env.QUARTERDECK_PASSPHRASE_FILE || undefined,
      terminal: { input: process.stdin, output: process.stderr },
      notice: say,
    }),
    onOwned: workspace => {
      log = workspace.log
    },
    onFailed: error => say(`The workspace cannot be reached any more: ${(error as Error).message}`),
  })
  try {
    const client = await membership.client()
    const { workspace } = await client.workspace.session({})
    const server = await startBrowserServer({
      port,
      rendererDir,
      workspaceName: workspace.name,
      files: membership.files,
      attach: (ws, session) => membership.attachSocket(ws, { device: `browser:${session.id}` }),
      log: (...line) => log(...line),
      monotonic: () => performance.now(),
    })
    return {
      url: server.address(),
      newUrl: server.address,
      async close() {
        await server.close()
        await membership.close()
      },
    }
  } catch (error) {
    await membership.close()
    throw error
  }
}
