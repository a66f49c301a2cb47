/** Makes a demo workspace in a temporary directory and serves it until it is told to stop. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli, signIn, startHost } from './host.ts'

const directory = mkdtempSync(join(tmpdir(), 'quarterdeck-demo-'))
const code = await runCli(['demo', '--workspace', directory])
if (code !== 0) throw new Error(`The demo workspace could not be made (exit code ${code}).`)
const host = await startHost(directory)
const { origin, session } = await signIn(host.url)
console.log(`Demo host: ${origin} ${session}`)

process.once('SIGTERM', () => {
  void host.close().finally(() => {
    rmSync(directory, { recursive: true, force: true })
    process.exit(0)
  })
})
