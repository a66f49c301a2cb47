import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { runIntegration, summarise } = await import('./lib/test-run.ts')
process.exit(summarise(await runIntegration()))
