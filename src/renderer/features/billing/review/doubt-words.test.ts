import { describe, expect, it } from 'vitest'
import { createI18n } from '#renderer/i18n/i18n.ts'
import { formatNumber, groupDecimal } from '#renderer/ui/format/decimal.ts'
import { showMoney } from '#renderer/ui/format/money.ts'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import { Doubt } from '#shared/contract/billing/invoices.ts'
import { doubtChip, doubtSentence } from './doubt-words.ts'

const { t } = createI18n('en')
const format = {
  number: (value: number, places = 0) => formatNumber(value, places, 'comma-point'),
  decimal: (text: string) => groupDecimal(text, 'comma-point'),
  money: (minor: bigint, currency: string) => showMoney(minor, currency, 'comma-point'),
} as Format

const jump: Doubt = { code: 'jump', about: 'API calls', now: 94_300n, usual: 41_000n, deviations: 5.2 }

describe('the words of doubts', () => {
  it('say how far a jump is, in the chip and in figures', () => {
    expect(doubtChip(jump, t, format)).toBe('API calls ×2.3 of usual')
    expect(doubtSentence(jump, 'USD', t, format)).toBe(
      'API calls is 943.00 USD: ×2.3 of the usual 410.00 USD, 5.2 deviations away.',
    )
  })

  it('give a share where it is less than usual, and no factor where it is nothing or has turned', () => {
    expect(doubtChip({ ...jump, now: 18_450n }, t, format)).toBe('API calls 45\u202f% of usual')
    expect(doubtChip({ ...jump, now: 100n }, t, format)).toBe('API calls < 1\u202f% of usual')
    const nothing = { ...jump, now: 0n }
    expect(doubtChip(nothing, t, format)).toBe('API calls down to nothing')
    expect(doubtSentence(nothing, 'USD', t, format)).toBe(
      'API calls comes to nothing; usually it is 410.00 USD, 5.2 deviations away.',
    )
    expect(doubtChip({ ...jump, now: -500n }, t, format)).toBe('API calls jumped')
  })

  it('say of a fee that is gone no more than that it is not charged', () => {
    const gone: Doubt = { ...jump, code: 'gone-metric', about: 'Starter plan', now: 0n, usual: 9900n }
    expect(doubtChip(gone, t, format)).toBe('Starter plan gone')
    expect(doubtSentence(gone, 'USD', t, format)).toBe(
      'Starter plan was 99.00 USD on the last invoice, and nothing is charged for it on this one.',
    )
  })

  it('stay whole where there is nothing usual', () => {
    expect(doubtChip({ ...jump, usual: 0n }, t, format)).toBe('API calls jumped')
  })

  it('exist for every doubt', () => {
    for (const code of Doubt.shape.code.options) {
      const doubt = { ...jump, code }
      expect(doubtChip(doubt, t, format)).not.toContain('billing.')
      expect(doubtSentence(doubt, 'USD', t, format)).not.toMatch(/billing\.|\{\{/)
    }
  })
})
