import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
const { main } = await import('./lib/dev-web.ts')
process.exit(await main(process.argv.slice(2)))
