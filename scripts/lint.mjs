import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { main } = await import('./checks/lint.ts')
process.exitCode = await main()
