import { parseArgs } from 'node:util'
import { liveWithKills } from '#test/kills/kill-life.ts'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { manyLives } from './many-lives.ts'

/*
 * `npm run simulate -- --seeds 10000 [--from 1]`: lives through many seeds, and keeps those that break a law.
 * `npm run simulate -- --kills 200 [--from 1]`: kills real processes at so many moments of rounds, half of them with
 * a server on PGlite and half with one on PostgreSQL, where there is one; `--from` is the seed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    kills: { type: 'string' },
  },
})
const from = Number(values.from)
if (values.kills !== undefined) await kill(Number(values.kills))
if (values.seeds !== undefined || values.kills === undefined) await live(Number(values.seeds ?? 10_000))

async function live(seeds: number): Promise<void> {
  const since = performance.now()
  const broken = await manyLives(from, seeds, true)
  for (const { seed, failure } of broken) process.stdout.write(`seed ${seed}: ${failure}\n`)
  process.stdout.write(`${seeds} lives in ${seconds(since)} s, ${broken.length} broke a law\n`)
  if (broken.length > 0) process.exitCode = 1
}

async function kill(kills: number): Promise<void> {
  if (!(await postgresAnswers())) return killed(kills, null)
  const half = Math.ceil(kills / 2)
  await killed(half, null)
  const database = await testPostgres()
  try {
    await killed(kills - half, database.url)
  } finally {
    await database.drop()
  }
}

/** @throws Error the law that does not hold after a kill */
async function killed(kills: number, databaseUrl: string | null): Promise<void> {
  const since = performance.now()
  const told = await liveWithKills({
    ...{ kills, seed: from, databaseUrl },
    onKill: ({ number, scene, end, inside }) =>
      process.stdout.write(
        `${number + 1}: the ${scene.victim} in a ${scene.during}, moment ${end.at} and ${end.after} ms${inside ? '' : ', after its end'}\n`,
      ),
  })
  const inside = told.filter(one => one.inside).length
  process.stdout.write(
    `${kills} kills with ${databaseUrl === null ? 'PGlite' : 'PostgreSQL'} in ${seconds(since)} s, ${inside} of them inside a round: nothing lost, nothing twice\n`,
  )
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000)
}
