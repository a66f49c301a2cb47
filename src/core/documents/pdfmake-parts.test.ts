import { expect, it } from 'vitest'
import { defaultOf } from './pdfmake-parts.ts'

it('a class is found whether the loader hands over its module or what is in it', () => {
  class Part {}
  expect(defaultOf(Part)).toBe(Part)
  expect(defaultOf({ default: Part })).toBe(Part)
  const plain = { name: 'part' }
  expect(defaultOf<object>(plain)).toBe(plain)
  expect(defaultOf<object | null>(null)).toBeNull()
})
