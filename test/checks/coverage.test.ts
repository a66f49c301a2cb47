import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { root, run } from '../../scripts/lib/run.ts'

it('the coverage gate fails when branches of an engine are not tested', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'quarterdeck-coverage-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    mkdirSync(join(copy, 'src/engines'), { recursive: true })
    const config = pathToFileURL(join(root, 'vitest.config.ts')).href
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(copy, 'vitest.config.ts'), `export { default } from '${config}'\n`)
    writeFileSync(join(copy, 'src/engines/a.ts'), 'export const a = (b: boolean): number => (b ? 1 : 2)\n')
    const test = (asserts: string) =>
      `import { expect, it } from 'vitest'\nimport { a } from './a.ts'\nit('a', () => { ${asserts} })\n`
    const measure = async (asserts: string) => {
      writeFileSync(join(copy, 'src/engines/a.test.ts'), test(asserts))
      return run('vitest', ['run', '--coverage'], { capture: true, cwd: copy })
    }
    const half = await measure('expect(a(true)).toBe(1)')
    expect(half.output).toContain('does not meet')
    expect(half.code).toBe(1)
    const whole = await measure('expect(a(true)).toBe(1); expect(a(false)).toBe(2)')
    expect(whole.code).toBe(0)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
