#!/usr/bin/env node
// The command line from a checkout: `npx quarterdeck …`. The packaged application brings its own.
import { readFileSync } from 'node:fs'
import { keepCompiledCode } from './lib/compiled-code.mjs'
import { requireRecentNode } from './lib/node-version.mjs'

requireRecentNode()
keepCompiledCode()
// A reader that has enough (`quarterdeck costs | head`) is no failure.
process.stdout.on('error', error => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
const { ensureBuilt } = await import('./lib/build.ts')
if (!(await ensureBuilt(line => console.error(line)))) process.exit(1)
const { runCli } = await import(new URL('../out/main/cli.js', import.meta.url).href)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
process.exitCode = await runCli(process.argv.slice(2), { version })
