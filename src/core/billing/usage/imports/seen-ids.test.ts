import { expect, it } from 'vitest'
import { createSeenIds } from './seen-ids.ts'

it('ids of a file are told apart, also when there are many', () => {
  const seen = createSeenIds()
  for (let i = 0; i < 20_000; i++) expect(seen.add(`id-${i}`, `content ${i}`)).toBe('new')
  for (let i = 0; i < 20_000; i += 7) {
    expect(seen.add(`id-${i}`, `content ${i}`)).toBe('same')
    expect(seen.add(`id-${i}`, 'other')).toBe('other')
  }
})

it('beyond their bound ids are not compared', () => {
  const seen = createSeenIds(2)
  expect(['a', 'b', 'c', 'c'].map(id => seen.add(id, id))).toEqual(['new', 'new', 'new', 'new'])
  expect(seen.add('a', 'x')).toBe('other')
})
