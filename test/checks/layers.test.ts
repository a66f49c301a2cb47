import { expect, it } from 'vitest'
import { blindRules, unreached } from '../../scripts/checks/layers.ts'

it('every layer rule catches the violation planted for it', async () => {
  expect(await blindRules()).toEqual([])
})

it('a module that only a test uses is found', () => {
  const module = (source: string, ...to: string[]) => ({
    source,
    dependencies: to.map(resolved => ({ resolved })) as never,
  })
  const modules = [
    module('src/main/index.ts', 'src/shared/a.ts'),
    module('src/shared/a.ts', 'src/shared/b.ts'),
    module('src/shared/b.ts', 'src/shared/a.ts'),
    module('src/shared/c.ts', 'src/shared/b.ts'),
    module('src/shared/c.test.ts', 'src/shared/c.ts'),
  ]
  expect(unreached(modules, ['src/main/index.ts'])).toEqual(['src/shared/c.ts'])
})
