import { describe, expect, it } from 'vitest'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { liveWithKills, type Told } from './kill-life.ts'

/** Kills of a run of the tests; `npm run simulate -- --kills 200` does more. */
const KILLS = 20
/** On PostgreSQL two of each kind: what a kill leaves on a desk's disk is the same there. */
const KILLS_ON_POSTGRES = 8
/** Each kill starts a process anew, which on a busy machine takes many seconds; in milliseconds. */
const PATIENCE = 900_000

function checked(told: readonly Told[], kills: number): void {
  expect(told).toHaveLength(kills)
  // Most came in the middle of what they were meant for.
  expect(told.filter(one => one.inside).length).toBeGreaterThan(kills / 2)
}

const withPostgres = await postgresAnswers()
const where = withPostgres
  ? 'PostgreSQL'
  : 'PostgreSQL (skipped: no server answers, see QUARTERDECK_TEST_POSTGRES)'

// Both at the same time: most of it is waiting for processes that start.
describe.concurrent('a server and a desk that are killed in rounds lose nothing and do nothing twice', () => {
  it('with a server on PGlite', { timeout: PATIENCE }, async () => {
    checked(await liveWithKills({ kills: KILLS, seed: 1 }), KILLS)
  })

  it.skipIf(!withPostgres)(`with a server on ${where}`, { timeout: PATIENCE }, async () => {
    const database = await testPostgres()
    try {
      const life = { kills: KILLS_ON_POSTGRES, seed: 2, databaseUrl: database.url }
      checked(await liveWithKills(life), KILLS_ON_POSTGRES)
    } finally {
      await database.drop()
    }
  })
})
