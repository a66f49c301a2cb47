import { describe, expect, it } from 'vitest'
import { createNames } from './statement-names.ts'

describe('names of statements', () => {
  it('are given to what comes again, so many and no more', () => {
    const nameOf = createNames(2)
    expect(['a', 'a', 'a', 'b', 'c', 'b', 'c', 'c', 'a'].map(nameOf)).toEqual([
      ...[undefined, 's1', 's1', undefined, undefined, 's2'],
      ...[undefined, undefined, 's1'],
    ])
  })

  it('are not given to long ones, nor kept for what comes once', () => {
    const nameOf = createNames()
    const long = 'x'.repeat(5000)
    expect([nameOf(long), nameOf(long)]).toEqual([undefined, undefined])
    for (const text of ['kept', 'kept']) nameOf(text)
    nameOf('forgotten')
    for (let n = 0; n < 2100; n++) nameOf(`once ${n}`)
    expect(nameOf('kept')).toBe('s1')
    expect(nameOf('forgotten')).toBeUndefined()
  })
})
