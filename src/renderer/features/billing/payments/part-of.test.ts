import { expect, test } from 'vitest'
import { partOf } from './part-of.ts'

test('which part of the payments an address shows', () => {
  const shown = (text: string) => partOf(new URLSearchParams(text))
  expect(shown('')).toBe('open')
  expect(shown('view=refunds')).toBe('refunds')
  // What was saved before the parts were called views.
  expect(shown('part=debits')).toBe('debits')
  expect(shown('view=bank&part=debits')).toBe('bank')
  expect(shown('view=nonsense')).toBe('open')
  // What search and notifications lead to names the row alone.
  expect([shown('refund=1'), shown('payment=1'), shown('debit=1')]).toEqual(['refunds', 'payments', 'debits'])
})
