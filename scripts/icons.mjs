import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { main } = await import('./lib/icons.ts')
process.exitCode = await main()
