import { expect, it } from 'vitest'
import { byWhom, byWhomOrNobody } from './by-whom.ts'

it('who does something is a person, or the workspace by itself', () => {
  expect([byWhom({ id: 'a' }), byWhom(null)]).toEqual(['a', null])
  expect([byWhomOrNobody({ id: 'a' }), byWhomOrNobody(null)]).toEqual(['a', ''])
})
