import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const here = import.meta.dirname

export interface BrokenLife {
  readonly seed: number
  readonly failure: string
}

/**
 * Lives through many seeds, in as many processes as there are processors.
 * @param keep whether a seed that breaks a law becomes a file, which the tests live through from then on
 */
export async function manyLives(first: number, count: number, keep: boolean): Promise<readonly BrokenLife[]> {
  const workers = Math.min(availableParallelism(), count)
  const broken: BrokenLife[] = []
  await Promise.all(
    Array.from({ length: workers }, async (_, n) => {
      const own = Math.ceil((count - n) / workers)
      const args = [join(here, 'run-lives.ts'), ...[first + n, own, workers].map(String)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
      let whole = false
      for await (const line of createInterface({ input: child.stdout })) {
        const told = JSON.parse(line) as Partial<BrokenLife> & { lives?: number }
        if (told.lives === own) whole = true
        if (told.seed === undefined) continue
        broken.push(told as BrokenLife)
        if (keep) keepSeed(told as BrokenLife)
      }
      if ((await ended) !== 0 || !whole) throw new Error('a process of the simulation ended before its lives')
    }),
  )
  return broken
}

function keepSeed({ seed, failure }: BrokenLife): void {
  const was = failure.split('\n')[0]?.slice(0, 200)
  writeFileSync(join(here, 'seeds', `${seed}.json`), `${JSON.stringify({ seed, was }, null, 2)}\n`)
}
