import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** One measured figure. Times in milliseconds, sizes in MB, unless the unit says otherwise. */
export interface Figure {
  readonly what: string
  /** As it was measured, with its unit. */
  readonly measured: string
  /** What DESIGN section 9 asks for, or what was compared with in the same run. */
  readonly budget?: string
  /** The best alternative in the same run, with its unit. */
  readonly against?: string
  /** Ours divided by the alternative. */
  readonly ratio?: number
  /** Whether the budget was met; absent where there is none. */
  readonly met?: boolean
}

const FILE = fileURLToPath(new URL('RESULTS.md', import.meta.url))

/**
 * Writes one section of `bench/RESULTS.md` anew and leaves the others alone. The section says on which machine
 * and when it was measured; `BENCH_NOTE` in the environment adds what else the reader has to know.
 */
export function record(section: string, about: string, figures: readonly Figure[]): void {
  const begin = `<!-- ${section} -->`
  const end = `<!-- end of ${section} -->`
  const note = process.env.BENCH_NOTE ? ` ${process.env.BENCH_NOTE}` : ''
  const text = [
    begin,
    `## ${section}`,
    '',
    `${new Date().toISOString().slice(0, 16)} UTC, ${machine()}, load average ${loadavg()[0]!.toFixed(1)} at the end. ${about}${note}`,
    '',
    '| what | measured | must | against | ratio | |',
    '|---|---|---|---|---|---|',
    ...figures.map(row),
    end,
  ].join('\n')
  const before = existsSync(FILE)
    ? readFileSync(FILE, 'utf8')
    : '# Results\n\nWritten by `npm run bench`; every figure was measured, on the machine and at the time stated.\n'
  const from = before.indexOf(begin)
  const to = before.indexOf(end)
  const after =
    from < 0 ? `${before}\n${text}\n` : before.slice(0, from) + text + before.slice(to + end.length)
  writeFileSync(FILE, after)
}

function row({ what, measured, budget, against, ratio, met }: Figure): string {
  const verdict = met === undefined ? '' : met ? 'met' : '**missed**'
  return `| ${what} | ${measured} | ${budget ?? ''} | ${against ?? ''} | ${ratio?.toFixed(2) ?? ''} | ${verdict} |`
}

function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${memory} GB, Node ${process.version.slice(1)}, ${process.platform}`
}

/** The time below which this share of the runs lay. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!
}

/** Runs something several times and gives the times in milliseconds. */
export async function timed(runs: number, work: () => unknown): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return times
}

export function milliseconds(time: number): string {
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`
}
