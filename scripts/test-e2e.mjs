import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { runEndToEnd, summarise } = await import('./lib/test-run.ts')
process.exit(summarise([await runEndToEnd(process.argv.slice(2))]))
