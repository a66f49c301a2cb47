import { expect, it } from 'vitest'
import { blindRules } from '../../scripts/checks/layers.ts'

it('every layer rule catches the violation planted for it', async () => {
  expect(await blindRules()).toEqual([])
})
