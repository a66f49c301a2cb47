import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/lib/run.ts'

/** What a test beside the code does not reach for: such tests are slow, and their place is below `test/`. */
const STARTS = /from '(node:child_process|node:worker_threads|node:cluster|#test\/hosts\/[^']*)'/g
/** Workers share their modules, so what a test leaves in these is found by the next one; `vi.stubEnv` is undone. */
const LEAVES = /(process\.env\.?\w*(\[[^\]]*\])? = |process\.chdir\(|vi\.(do)?[mM]ock\()/g

const found = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(match => match[0])
const tests = globSync('src/**/*.test.{ts,tsx}', { cwd: root })

it('no test beside the code starts a process or a thread', () => {
  expect(tests.length).toBeGreaterThan(50)
  expect(
    found(STARTS, "import { spawn } from 'node:child_process'\nimport { a } from './a.ts'"),
  ).toHaveLength(1)
  const all = tests.map(file => [file, found(STARTS, readFileSync(join(root, file), 'utf8'))] as const)
  expect(all.filter(([, lines]) => lines.length > 0)).toEqual([])
})

it('no test beside the code leaves something behind for the next file of its worker', () => {
  for (const line of [
    "process.env.A = 'b'",
    "process.env['A'] = 'b'",
    "vi.mock('./a.ts')",
    "process.chdir('/')",
  ])
    expect(found(LEAVES, line)).toHaveLength(1)
  const all = tests.map(file => [file, found(LEAVES, readFileSync(join(root, file), 'utf8'))] as const)
  expect(all.filter(([, lines]) => lines.length > 0)).toEqual([])
})
