import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { main } = await import('./lib/package.ts')
process.exitCode = await main(process.argv.slice(2))
