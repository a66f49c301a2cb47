import type { CloseReport } from '#shared/contract/billing/close.ts'
import { byCurrency } from '../by-currency.ts'
import type { BuiltDraft } from './build-draft.ts'

/** What is counted of a draft. */
export interface CountedDraft extends Pick<BuiltDraft, 'invoice' | 'adjustments' | 'codes'> {
  readonly lines: { readonly length: number }
}

/** What a close did so far. Sums, so that each piece of work adds its own in its own transaction. */
export type CloseCount = Pick<
  CloseReport,
  'drafts' | 'extended' | 'lines' | 'adjustments' | 'totals' | 'doubts'
> & { readonly doubtful: number }

export const NOTHING: CloseCount = {
  drafts: 0,
  doubtful: 0,
  extended: 0,
  lines: 0,
  adjustments: 0,
  totals: [],
  doubts: [],
}

/**
 * Adds drafts to a count. Of an invoice that was only added to, its new lines count: what it held before was
 * counted by the close that made it.
 * @param extends_ whether a draft goes into an invoice that is there
 */
export function counted<D extends CountedDraft>(
  count: CloseCount,
  drafts: readonly D[],
  extends_: (draft: D) => boolean,
): CloseCount {
  const totals = new Map(count.totals.map(one => [one.currency, { ...one }]))
  const doubts = new Map(count.doubts.map(one => [one.code, one.drafts]))
  const sum = { ...count }
  for (const draft of drafts) {
    const { currency, net, tax, total } = draft.invoice
    const added = extends_(draft)
    const one = totals.get(currency) ?? { currency, drafts: 0, net: 0n, tax: 0n, total: 0n }
    totals.set(currency, one)
    one.net += net
    one.tax += tax
    one.total += total
    sum.lines += draft.lines.length
    sum.adjustments += draft.adjustments
    if (added) {
      sum.extended++
      continue
    }
    sum.drafts++
    one.drafts++
    if (draft.codes.length > 0) sum.doubtful++
    for (const code of draft.codes) doubts.set(code, (doubts.get(code) ?? 0) + 1)
  }
  return {
    ...sum,
    totals: [...totals.values()].sort(byCurrency),
    doubts: [...doubts]
      .map(([code, drafts]) => ({ code, drafts }))
      .sort((a, b) => (a.code < b.code ? -1 : 1)),
  }
}
