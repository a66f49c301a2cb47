import { expect, it } from 'vitest'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { liveWithKills, type Told } from './kill-life.ts'

/** Kills of a run of the tests, on each database; `npm run simulate -- --kills 200` does more. */
const KILLS = 20
/** Each kill starts a process anew, which on a busy machine takes many seconds; in milliseconds. */
const PATIENCE = 900_000

function checked(told: readonly Told[]): void {
  expect(told).toHaveLength(KILLS)
  // Most came in the middle of what they were meant for.
  expect(told.filter(one => one.inside).length).toBeGreaterThan(KILLS / 2)
}

it('a server on PGlite and a desk that are killed in rounds lose nothing and do nothing twice', {
  timeout: PATIENCE,
}, async () => {
  checked(await liveWithKills({ kills: KILLS, seed: 1 }))
})

it.skipIf(!(await postgresAnswers()))(
  'the same with a server on PostgreSQL',
  { timeout: PATIENCE },
  async () => {
    const database = await testPostgres()
    try {
      checked(await liveWithKills({ kills: KILLS, seed: 2, databaseUrl: database.url }))
    } finally {
      await database.drop()
    }
  },
)
