import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { main } = await import('./checks/layers.ts')
process.exitCode = await main()
