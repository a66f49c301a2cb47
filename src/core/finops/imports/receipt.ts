import type { z } from 'zod'
import { decimalText } from '#engines/finops/bill/decimal-cell.ts'
import { type CostMeasure, costMeasures } from '#engines/finops/bill/focus-columns.ts'
import type { ProblemCode, ProblemList } from '#engines/finops/bill/problems.ts'
import type { BillSummary, CurrencyTotals } from '#engines/finops/bill/read-bill.ts'
import type { Amounts, Proof } from '#shared/contract/finops-imports.ts'
import { currencies, findCurrency } from '#shared/currencies.ts'

type Amount = z.infer<typeof Amounts>
type ProofLine = z.infer<typeof Proof>

/** What is kept of an import besides its rows and numbers of rows. */
export interface Receipt {
  readonly totals: readonly Amount[]
  readonly proof: readonly ProofLine[]
  readonly problemCounts: readonly { code: string; count: number }[]
  readonly compared: number
  readonly missing: readonly string[]
  readonly assumed: readonly { column: string; value: string }[]
}

const NAMES: Readonly<Record<CostMeasure, ProofLine['measure']>> = {
  BilledCost: 'billed',
  EffectiveCost: 'effective',
  ListCost: 'list',
  ContractedCost: 'contracted',
}

/** Totals by currency as exact decimals of the file. */
export function amountsOf(totals: readonly CurrencyTotals[]): Amount[] {
  return totals.map(({ currency, measures }) => {
    const exact = (measure: CostMeasure) => measures[measure]?.exact ?? '0'
    return {
      currency,
      billed: exact('BilledCost'),
      effective: exact('EffectiveCost'),
      list: exact('ListCost'),
      contracted: exact('ContractedCost'),
    }
  })
}

/** Sums of what lies in the database, in units of 10^-9, by currency and measure. */
export type StoredSums = ReadonlyMap<string, Readonly<Record<ProofLine['measure'], bigint>>>

/** Decimal places in which stored sums are compared: those of the finest cost. */
export const SUM_SCALE = Math.max(...currencies.map(currency => currency.costScale))

/**
 * The proof line of every currency and measure: stored + residual = the file's exact total. The stored sum is the
 * database's, the exact total and the residual are the reader's, each summed on its own.
 * @throws Error when they do not add up: then the import must not be published
 */
export function proveImport(summary: BillSummary, stored: StoredSums): ProofLine[] {
  return summary.totals.flatMap(({ currency, measures }) =>
    costMeasures.flatMap(name => {
      const proof = measures[name]
      if (proof === undefined) return []
      const measure = NAMES[name]
      const units = stored.get(currency)?.[measure] ?? 0n
      const places = SUM_SCALE - (findCurrency(currency)?.costScale ?? SUM_SCALE)
      if (!proof.balanced || units !== proof.storedUnits * 10n ** BigInt(places)) {
        throw new Error(`the sums of ${currency} ${measure} do not agree: the import is not published`)
      }
      const text = decimalText(units, SUM_SCALE)
      return [{ currency, measure, stored: text, residual: proof.residual, file: proof.exact }]
    }),
  )
}

/** Counts by code, the most frequent first. */
export function countsOf({ counts }: Pick<ProblemList, 'counts'>): { code: string; count: number }[] {
  return (Object.entries(counts) as [ProblemCode, number][])
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
}

export function receiptOf(summary: BillSummary, proof: readonly ProofLine[]): Receipt {
  return {
    totals: amountsOf(summary.totals),
    proof,
    problemCounts: countsOf(summary.problems),
    compared: summary.duplicates.compared,
    missing: summary.missingColumns,
    assumed: summary.assumed,
  }
}
