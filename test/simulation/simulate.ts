import { parseArgs } from 'node:util'
import { manyLives } from './many-lives.ts'

/* `npm run simulate -- --seeds 10000 [--from 1]`: lives through many seeds, and keeps those that break a law. */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '10000' }, from: { type: 'string', default: '1' } },
})
const since = performance.now()
const broken = await manyLives(Number(values.from), Number(values.seeds), true)
for (const { seed, failure } of broken) process.stdout.write(`seed ${seed}: ${failure}\n`)
const seconds = Math.round((performance.now() - since) / 1000)
process.stdout.write(`${values.seeds} lives in ${seconds} s, ${broken.length} broke a law\n`)
process.exitCode = broken.length > 0 ? 1 : 0
