import { describe, expect, it } from 'vitest'
import { parseInput } from './checks.ts'
import type { Handler } from './handlers.ts'

/** A handler whose input is taken by any library that keeps to the standard of schemas. */
function handlerOf(validate: (value: unknown) => unknown): Handler {
  return { leaf: { '~orpc': { inputSchema: { '~standard': { validate } } } } } as unknown as Handler
}

describe('input of a schema of any library', () => {
  it('is refused with the places, however the library says them', () => {
    const handler = handlerOf(() => ({
      issues: [
        { message: 'is no number', path: ['lines', 2, { key: 'amount' }] },
        { message: 'is not all', path: undefined },
      ],
    }))
    expect(() => parseInput(handler, {})).toThrow(
      expect.objectContaining({
        code: 'WORKSPACE_BAD_INPUT',
        data: {
          issues: [
            { path: 'lines.2.amount', message: 'is no number' },
            { path: '', message: 'is not all' },
          ],
        },
      }),
    )
  })

  it('is what the schema made of it, and never waited for', () => {
    const doubled = handlerOf(value => ({ value: (value as number) * 2 }))
    expect(parseInput(doubled, 21)).toBe(42)
    const slow = handlerOf(async value => ({ value }))
    expect(() => parseInput(slow, 1)).toThrow('schemas of the contract are synchronous')
  })
})
