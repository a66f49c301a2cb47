import { describe, expect, it } from 'vitest'
import { simulate } from './simulate.ts'

/** More with `SIMULATION_SEEDS=1000`; one with `SIMULATION_SEED=17`. */
const count = Number(process.env.SIMULATION_SEEDS ?? 40)
const only = process.env.SIMULATION_SEED
const seeds = (from: number, many: number) =>
  only === undefined ? Array.from({ length: many }, (_, index) => from + index) : [Number(only)]

async function failing(all: readonly number[], database: 'sqlite' | 'pglite'): Promise<string[]> {
  const found: string[] = []
  for (const seed of all) {
    await simulate(seed, database).catch(error => {
      found.push(`SIMULATION_SEED=${seed} (${database}): ${(error as Error).stack}`)
    })
    if (found.length === 3) break
  }
  return found
}

describe('a server and its desks on a bad day', () => {
  it(`lose nothing and do nothing twice (${count} seeds, server on sqlite)`, {
    timeout: 600_000,
  }, async () => {
    expect(await failing(seeds(1, count), 'sqlite')).toEqual([])
  })

  it('lose nothing and do nothing twice (server on pglite)', { timeout: 600_000 }, async () => {
    expect(await failing(seeds(5000, Math.ceil(count / 8)), 'pglite')).toEqual([])
  })
})
