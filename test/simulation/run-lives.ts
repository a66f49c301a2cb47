import { live } from './life.ts'

/*
 * Lives in a process of its own: `run-lives.ts <first> <count> <step>`. Prints one line for each that broke a
 * law, and one with what happened in all of them.
 */
const [first = 1, count = 100, step = 1] = process.argv.slice(2).map(Number)
const sum = { lives: 0, given: 0, crashes: 0, rounds: 0, refused: 0, restored: 0 }
for (let n = 0; n < count; n++) {
  const seed = first + n * step
  try {
    const told = await live(seed)
    sum.given += told.given
    sum.rounds += told.rounds
    sum.refused += told.refused
    sum.crashes += told.crashes
    sum.restored += told.restored ? 1 : 0
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ seed, failure: (error as Error).stack })}\n`)
  }
  sum.lives++
}
process.stdout.write(`${JSON.stringify(sum)}\n`)
