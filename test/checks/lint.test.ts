import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const REFUSED: Record<string, string> = {
  'Date.now()': 'export const a = (): number => Date.now()\n',
  'Math.random()': 'export const a = (): number => Math.random()\n',
  'crypto.randomUUID()': 'export const a = (): string => crypto.randomUUID()\n',
  'an imported randomUUID': "export { randomUUID } from 'node:crypto'\n",
  setTimeout: 'export const a = (): unknown => setTimeout(() => 1, 1)\n',
  'a promise that nobody waits for': 'const f = async () => 1\nexport const g = (): void => {\n  f()\n}\n',
}
const ACCEPTED: Record<string, string> = {
  'plain.ts': 'export const a = (now: number): number => now\n',
  'clock.test.ts':
    "import { expect, it } from 'vitest'\n\nit('a', () => expect(Date.now()).toBeGreaterThan(0))\n",
}

describe('the linters', () => {
  let copy: string
  const put = (file: string, text: string) => writeFileSync(join(copy, 'src/engines', file), text)
  const lint = (...args: string[]) =>
    run('oxlint', ['--type-aware', '--deny-warnings', ...args], { capture: true, cwd: copy })

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'quarterdeck-lint-'))
    for (const file of ['.oxlintrc.json', 'biome.json', 'tsconfig.json', 'package.json']) {
      cpSync(join(root, file), join(copy, file))
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    mkdirSync(join(copy, 'src/engines'), { recursive: true })
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it('accept the same clock in a test, and plain code', async () => {
    for (const [file, text] of Object.entries(ACCEPTED)) put(file, text)
    expect((await lint()).code).toBe(0)
  })

  describe('refuse', () => {
    const fileOf = (what: string) => `refused-${Object.keys(REFUSED).indexOf(what)}.ts`
    let code: number
    let found: Set<string>
    // One run for all of them: starting the linter takes longer than the rest.
    beforeAll(async () => {
      for (const [what, text] of Object.entries(REFUSED)) put(fileOf(what), text)
      const linted = await lint('--format=json')
      code = linted.code
      const { diagnostics } = JSON.parse(linted.output) as { diagnostics: { filename: string }[] }
      found = new Set(diagnostics.map(one => basename(one.filename)))
      for (const what of Object.keys(REFUSED)) rmSync(join(copy, 'src/engines', fileOf(what)))
    })

    it.each(Object.keys(REFUSED))('%s in the engines', what => {
      expect(code).toBe(1)
      expect(found).toContain(fileOf(what))
      expect(found.size).toBe(Object.keys(REFUSED).length)
    })
  })

  it('refuse a file that is not formatted', async () => {
    put('a.ts', 'export const  a = "1";\n')
    const { code } = await run('biome', ['ci', '--vcs-enabled=false', 'src'], { capture: true, cwd: copy })
    expect(code).toBe(1)
  })
})
