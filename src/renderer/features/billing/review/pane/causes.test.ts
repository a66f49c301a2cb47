import { describe, expect, it } from 'vitest'
import { causesOf } from './causes.ts'

describe('causesOf', () => {
  it('adds up by cause without losing anything', () => {
    const part = (cause: 'volume' | 'new' | 'tax', amount: bigint) => ({
      cause,
      name: null,
      amount,
      before: null,
      now: null,
    })
    const parts = [part('tax', 8n), part('volume', 100n), part('new', 5n), part('volume', -40n)]
    const causes = causesOf(parts)
    expect(causes).toEqual([
      { cause: 'volume', amount: 60n },
      { cause: 'new', amount: 5n },
      { cause: 'tax', amount: 8n },
    ])
    const sum = (all: readonly { amount: bigint }[]) => all.reduce((total, { amount }) => total + amount, 0n)
    expect(sum(causes)).toBe(sum(parts))
  })
})
