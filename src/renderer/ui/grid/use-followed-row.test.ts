import { describe, expect, it } from 'vitest'
import { placeNear } from './use-followed-row.ts'

describe('placeNear', () => {
  const rows = ['a', 'b', 'c', 'd', 'e']
  const find = (key: string, from: number) =>
    placeNear(
      from,
      key,
      index => rows[index],
      row => row,
    )

  it('finds a row that has moved, to either side', () => {
    expect(find('a', 3)).toBe(0)
    expect(find('e', 1)).toBe(4)
  })

  it('knows when a row is gone, or not at hand', () => {
    expect(find('z', 2)).toBeNull()
    expect(placeNear(0, 'x', () => undefined, String)).toBeNull()
  })
})
