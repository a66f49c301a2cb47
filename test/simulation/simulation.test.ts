import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { live } from './life.ts'
import { manyLives } from './many-lives.ts'
import { MUTANTS } from './mutants.ts'
import { serverOnPglite } from './on-postgres.ts'

/** Seeds of a run of the tests; `npm run simulate` takes more. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 2000)
/** A mutant that lives through so many seeds unseen is one that the simulation does not catch. */
const PATIENCE = 60

const seeds = join(import.meta.dirname, 'seeds')
/** Seeds that once showed a mistake, each with what it was. */
const kept = readdirSync(seeds)
  .filter(name => name.endsWith('.json'))
  .map(name => JSON.parse(readFileSync(join(seeds, name), 'utf8')) as { seed: number; was: string })

describe('a server and its desks on bad days', () => {
  it.each(kept)('seed $seed, once: $was', async ({ seed }) => {
    expect((await live(seed)).rounds).toBeGreaterThan(0)
  })

  it('are not dull: commands, crashes, refusals', async () => {
    const told = await Promise.all([1, 2, 3].map(seed => live(1_000_000 + seed)))
    expect(told.reduce((sum, one) => sum + one.given, 0)).toBeGreaterThan(20)
    expect(told.reduce((sum, one) => sum + one.rounds, 0)).toBeGreaterThan(20)
    expect(told.reduce((sum, one) => sum + one.crashes, 0)).toBeGreaterThan(0)
  })

  it('are the same from the same seed', async () => {
    expect(await live(4711)).toEqual(await live(4711))
  })

  it.each([1, 2, 3, 4])('lose nothing and do nothing twice with a server on PGlite (seed %i)', async seed => {
    const told = await live(2_000_000 + seed, { serverStore: await serverOnPglite() })
    expect(told.rounds).toBeGreaterThan(0)
  })

  it.each(MUTANTS)('show a protocol with $name', async mutant => {
    let lives = 0
    let seen: unknown = null
    while (seen === null && lives < PATIENCE) {
      lives++
      await live(lives, { mutant }).catch(error => {
        seen = error
      })
    }
    expect(seen, `${mutant.name} lived through ${lives} seeds`).toBeInstanceOf(Error)
  })

  it(`lose nothing and do nothing twice (${SEEDS} seeds)`, { timeout: 1_800_000 }, async () => {
    expect(await manyLives(1, SEEDS, true)).toEqual([])
  })
})
