import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { runAll } = await import('./lib/test-run.ts')
process.exit(await runAll())
