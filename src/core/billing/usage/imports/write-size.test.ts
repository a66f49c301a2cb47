import { expect, it } from 'vitest'
import { nextSize } from './write-size.ts'

it('a write is larger after a short one and smaller after a long one, within bounds', () => {
  const bounds = { least: 250, most: 4000, short: 6, long: 11, shrink: 0.7 }
  const after = (size: number, took: number) => nextSize(bounds, size, took)
  expect([after(1000, 5), after(1000, 6), after(1000, 11), after(1000, 12)]).toEqual([1200, 1000, 1000, 700])
  expect([after(3900, 0), after(4000, 0), after(300, 90), after(250, 90)]).toEqual([4000, 4000, 250, 250])
})
