/**
 * `npm run lint`: format and imports (Biome), mistakes (oxlint with types), and the clock rule that oxlint
 * cannot express. Every part runs, so that one run shows everything.
 */
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from '../lib/run.ts'

const EXEMPT = /\.test\.tsx?$|[\\/]testing[\\/]/
const AMBIENT_TIME = /\bnew\s+Date\s*(?:\(\s*\)|(?![\s(]))|(?<!\bnew\s+|[.\w$])Date\(\)/

/** Blanks comments and plain strings, keeping line breaks, so that only code is searched. */
function codeOnly(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, found =>
    found.replace(/[^\n]/g, ' '),
  )
}

/** Lines that read the clock by `new Date()` or `Date()`. `new Date(milliseconds)` is fine. */
export function clockReads(text: string): number[] {
  return codeOnly(text)
    .split('\n')
    .flatMap((line, index) => (AMBIENT_TIME.test(line) ? [index + 1] : []))
}

async function checkClock(): Promise<number> {
  let files = 0
  const found: string[] = []
  for (const folder of ['engines', 'core']) {
    for await (const path of glob(`src/${folder}/**/*.{ts,tsx}`, { cwd: root })) {
      if (EXEMPT.test(path)) continue
      files++
      for (const line of clockReads(readFileSync(join(root, path), 'utf8'))) {
        found.push(`${path}:${line}: time is passed in: take \`now\` as a parameter.`)
      }
    }
  }
  for (const line of found) console.error(line)
  console.log(`Clock rule: ${files} files, ${found.length} violations.`)
  return files > 0 && found.length === 0 ? 0 : 1
}

/** Runs all parts and resolves to the exit code. */
export async function main(): Promise<number> {
  const codes = [
    (await run('biome', ['ci', '.', '--diagnostic-level=warn', '--error-on-warnings'])).code,
    (await run('oxlint', ['--type-aware', '--deny-warnings'])).code,
    await checkClock(),
  ]
  return codes.every(code => code === 0) ? 0 : 1
}
