import { expect, it } from 'vitest'
import type { InvoiceSummary } from '#engines/billing/invoice-summary.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { summaryFrom, summaryText } from './summary-text.ts'

const summary: InvoiceSummary = {
  ...{ period: '2026-10', plan: 'Pro, "Plus"', total: 2n ** 62n, corrections: -12n },
  prices: [
    { key: 'fee', name: 'Fee', quantity: 1n, scale: 0, amount: 9900n },
    { key: 'calls', name: 'Calls', quantity: -(2n ** 60n), scale: 3, amount: -1n },
  ],
}

it('a summary comes back from its text as it was', () =>
  expect(summaryFrom(summaryText(summary))).toEqual(summary))

it('one without prices too', () =>
  expect(summaryFrom(summaryText({ ...summary, prices: [] }))).toEqual({ ...summary, prices: [] }))

it('a summary of an earlier version is read as it was written then', () =>
  expect(summaryFrom(canonicalJson(summary))).toEqual(summary))
