import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { runEndToEnd, summarise } = await import('./lib/test-run.ts')
process.exitCode = summarise([await runEndToEnd(process.argv.slice(2))])
