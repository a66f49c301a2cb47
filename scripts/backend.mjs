import { keepCompiledCode } from './lib/compiled-code.mjs'
import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
keepCompiledCode()
const { main } = await import('./lib/backend.ts')
process.exit(await main(process.argv.slice(2)))
