import { describe, expect, it } from 'vitest'
import { createI18n } from '#renderer/i18n/i18n.ts'
import { type Done, othersWords, refusedAs, whatOf, withoutIssued } from './use-marks.ts'

const { t } = createI18n('en')
const mark = (invoiceId: string) => ({ commandId: `c-${invoiceId}`, invoiceId })
const many: Done = { kind: 'approve', customer: 'Acme', marks: [mark('a'), mark('b'), mark('c')] }
const one: Done = { kind: 'hold', customer: 'Globex', marks: [mark('d')] }

describe('what can be undone', () => {
  it('is said in words, for one and for many', () => {
    expect(whatOf(one, t)).toBe('holding Globex')
    expect(whatOf(many, t)).toBe('approval of 3 invoices')
  })

  it('ends with the issue of the invoice', () => {
    const left = withoutIssued([many, one], new Set(['a', 'd']))
    expect(left).toHaveLength(1)
    expect(whatOf(left[0]!, t)).toBe('approval of 2 invoices')
    expect(withoutIssued([many, one], new Set(['a', 'b', 'c', 'd']))).toEqual([])
  })
})

describe('what somebody else did meanwhile', () => {
  const event = (by: string | null) => ({
    commandId: 'c',
    command: 'billing.invoice.hold',
    by,
    at: 1n,
    note: null,
  })
  const people = [{ id: 'p1', name: 'Grace Hopper' }]

  it('is said with their name, where the history knows it', () => {
    const now = { customer: 'Acme', state: 'held' as const, history: [event(null), event('p1')] }
    expect(othersWords(now, people, t)).toBe('Acme is held by now, by Grace Hopper. Nothing was done.')
    expect(othersWords({ ...now, history: [event(null)] }, people, t)).toBe(
      'Acme is held by now. Nothing was done.',
    )
  })

  it('is told from other failures', () => {
    expect(refusedAs({ code: 'BILLING_INVOICE_CHANGED' })).toBe('changed')
    expect(refusedAs({ code: 'BILLING_INVOICE_STATE' })).toBe('state')
    expect(refusedAs({ code: 'WORKSPACE_FORBIDDEN' })).toBeNull()
    expect(refusedAs(null)).toBeNull()
  })
})
