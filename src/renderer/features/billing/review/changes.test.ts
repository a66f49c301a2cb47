import { describe, expect, it } from 'vitest'
import { differencesOf } from './changes.ts'
import type { Full } from './types.ts'

const lines = (amounts: Record<string, bigint>) =>
  Object.entries(amounts).map(([name, amount]) => ({ name, amount })) as Full['lineItems']

describe('differencesOf', () => {
  const now = { lineItems: lines({ Storage: 500n, 'API calls': 900n, Users: 100n }) } as Full

  it('names the lines that changed, came and went', () => {
    const seen = { total: 0n, lineItems: lines({ Storage: 500n, 'API calls': 700n, Tokens: 40n }) }
    expect(differencesOf(seen, now)).toEqual([
      { name: 'API calls', before: 700n, now: 900n },
      { name: 'Users', before: null, now: 100n },
      { name: 'Tokens', before: 40n, now: null },
    ])
  })

  it('says nothing of lines that nobody had seen', () => {
    expect(differencesOf({ total: 1n }, now)).toEqual([])
  })
})
