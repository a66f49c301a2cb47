import { describe, expect, it } from 'vitest'
import { readable } from './exact.ts'

describe('readable', () => {
  it('leaves decimals as they are', () => {
    expect(readable('12.345')).toEqual({ decimal: '12.345', fraction: null })
  })

  it('writes fractions out, and keeps them', () => {
    expect(readable('1/3', 4)).toEqual({ decimal: '0.3333', fraction: '1/3' })
    expect(readable('-200/7', 3)).toEqual({ decimal: '-28.571', fraction: '-200/7' })
  })
})
