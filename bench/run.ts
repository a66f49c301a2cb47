/**
 * `npm run bench`: all benches one after the other, each in a process of its own, so that one's memory is not
 * another's. `npm run bench -- grid start` runs some. Results go to `bench/RESULTS.md`.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BENCHES = ['explore', 'import', 'demo', 'start', 'grid'] as const

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(BENCHES as readonly string[]).includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${BENCHES.join(', ')}.`)
  process.exit(2)
}
let failed = 0
for (const name of BENCHES) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n== ${name}`)
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) failed++
}
process.exitCode = failed === 0 ? 0 : 1
