/** A browser host in a process of its own. Run: node browser-child.ts <workspace folder> <key file> */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowserHost } from '#main/host/browser-host.ts'

const [workspaceDir, keyFile] = process.argv.slice(2) as [string, string]
process.env.QUARTERDECK_KEY_FILE = keyFile
const rendererDir = join(workspaceDir, 'test-renderer')
mkdirSync(rendererDir, { recursive: true })
writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><html><head></head><body></body></html>')
const host = await startBrowserHost({ workspaceDir, port: 0, rendererDir, version: '1.2.3' })
console.log(host.url)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await host.close()
    process.exit(0)
  })
