import { describe, expect, it } from 'vitest'
import { waterfallBars } from './waterfall-option.ts'

const difference = (value: number) => ({ id: '', label: '', kind: 'difference' as const, value })
const total = (value: number) => ({ id: '', label: '', kind: 'total' as const, value })

describe('waterfallBars', () => {
  it('lets each difference begin where the last one ended', () => {
    expect(waterfallBars([total(100), difference(30), difference(-50), total(80)])).toEqual([
      { base: 0, above: 100, below: 0 },
      { base: 100, above: 30, below: 0 },
      { base: 80, above: 50, below: 0 },
      { base: 0, above: 80, below: 0 },
    ])
  })

  it('draws on both sides of zero what crosses it, and below it what is below', () => {
    expect(waterfallBars([total(20), difference(-50), difference(-10), total(-40)])).toEqual([
      { base: 0, above: 20, below: 0 },
      { base: 0, above: 20, below: -30 },
      { base: -30, above: 0, below: -10 },
      { base: 0, above: 0, below: -40 },
    ])
  })
})
