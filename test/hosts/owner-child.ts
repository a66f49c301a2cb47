/**
 * A host reduced to its ownership, for tests that kill it: owns the workspace or joins its owner, says which
 * on standard output, and stays until it is ended. Run: node owner-child.ts <workspace folder>
 */
import { ownOrJoin } from '#main/host/owner/join.ts'
import { serveClients } from '#main/host/owner/serve-clients.ts'
import { ensureFolders, workspacePaths } from '#main/host/workspace/layout.ts'

const paths = workspacePaths(process.argv[2]!)
ensureFolders(paths)
const joined = await ownOrJoin(paths, { host: 'test', device: 'test', version: '0' })
if (joined.role === 'owner') {
  const server = await serveClients({
    paths,
    host: 'test',
    version: '0',
    now: () => '2026-11-21T00:00:00Z',
    attach: ws => ws.on('message', data => ws.send(`${process.pid}:${data}`)),
  })
  process.on('SIGTERM', async () => {
    await server.close()
    joined.lock.release()
    process.exit(0)
  })
  console.log(`owner ${process.pid}`)
} else {
  const { ws } = joined.connection
  ws.on('message', data => console.log(`client of ${String(data).split(':')[0]}`))
  ws.on('close', () => process.exit(3))
  ws.send('who')
}
setInterval(() => {}, 1000)
