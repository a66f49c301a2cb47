import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clockReads } from '../../scripts/checks/lint.ts'
import { root, run } from '../../scripts/lib/run.ts'

describe('the clock rule', () => {
  it.each(['const a = new Date()', 'const a = new Date', 'const a = Date()', 'x(new Date( ))'])(
    'finds %s',
    line => {
      expect(clockReads(`// first\n${line}\n`)).toEqual([2])
    },
  )

  it.each([
    'new Date(0)',
    'new Date(at)',
    'Date.UTC(2026, 1)',
    '// new Date()',
    '/* a\n new Date() */',
    "const text = 'new Date()'",
    'toDate()',
    'type A = Date',
  ])('leaves %s alone', text => {
    expect(clockReads(text)).toEqual([])
  })
})

describe('the linters', () => {
  let copy: string

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'quarterdeck-lint-'))
    for (const file of ['.oxlintrc.json', 'biome.json', 'tsconfig.json', 'package.json']) {
      cpSync(join(root, file), join(copy, file))
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    mkdirSync(join(copy, 'src/engines'), { recursive: true })
  })

  afterEach(() => rmSync(copy, { recursive: true, force: true }))

  const lint = async (file: string, text: string) => {
    writeFileSync(join(copy, file), text)
    return run('oxlint', ['--type-aware', '--deny-warnings'], { capture: true, cwd: copy })
  }

  it.each([
    ['Date.now()', 'export const a = (): number => Date.now()\n'],
    ['Math.random()', 'export const a = (): number => Math.random()\n'],
    ['crypto.randomUUID()', 'export const a = (): string => crypto.randomUUID()\n'],
    ['an imported randomUUID', "export { randomUUID } from 'node:crypto'\n"],
    ['setTimeout', 'export const a = (): unknown => setTimeout(() => 1, 1)\n'],
    [
      'a promise that nobody waits for',
      'const f = async () => 1\nexport const g = (): void => {\n  f()\n}\n',
    ],
  ])('refuse %s in the engines', async (_, text) => {
    expect((await lint('src/engines/a.ts', text)).code).toBe(1)
  })

  it('accept the same clock in a test, and plain code', async () => {
    expect((await lint('src/engines/a.ts', 'export const a = (now: number): number => now\n')).code).toBe(0)
    const test =
      "import { expect, it } from 'vitest'\n\nit('a', () => expect(Date.now()).toBeGreaterThan(0))\n"
    expect((await lint('src/engines/a.test.ts', test)).code).toBe(0)
  })

  it('refuse a file that is not formatted', async () => {
    writeFileSync(join(copy, 'src/engines/a.ts'), 'export const  a = "1";\n')
    const { code } = await run('biome', ['ci', '--vcs-enabled=false', 'src'], { capture: true, cwd: copy })
    expect(code).toBe(1)
  })
})
