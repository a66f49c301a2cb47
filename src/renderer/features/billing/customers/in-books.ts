import type { TFunction } from 'i18next'
import { convert } from '#engines/billing/exchange/find-rate.ts'
import { ask, type OutputOf, type useCore } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'
import { findCurrency } from '#shared/currencies.ts'
import type { CustomerRow } from '../words.ts'

const { convert: leaf } = contract.billing.exchange
type Converted = OutputOf<typeof leaf>['converted'][number]

/** A customer with its last invoice in the workspace's currency. */
export interface ListedCustomer extends CustomerRow {
  /** Null where it has none, or there is no rate of it. */
  readonly worth: {
    readonly amount: bigint
    readonly currency: string
    readonly parts: Converted['parts']
  } | null
}

const placesOf = (currency: string) => findCurrency(currency)?.minorDigits ?? 2

/** Adds to customers what their last invoices are worth in the workspace's currency, by the rates of today. */
export async function inBooks(
  core: ReturnType<typeof useCore>,
  rows: readonly CustomerRow[],
): Promise<ListedCustomer[]> {
  const currencies = [...new Set(rows.map(row => row.currency))]
  const amounts = currencies.map(currency => ({ currency, amount: 0n }))
  const { currency: to, converted } = await ask(core, leaf, { amounts: amounts.slice(0, 200) })
  const rates = new Map(converted.map(one => [one.currency, one]))
  return rows.map(row => {
    const found = rates.get(row.currency)
    if (to === null || !found || row.lastTotal === null) return { ...row, worth: null }
    const places = { from: placesOf(row.currency), to: placesOf(to) }
    const worth = { amount: convert(row.lastTotal, found.rate, places), currency: to, parts: found.parts }
    return { ...row, worth }
  })
}

/** By which rates an amount was converted, with their days and sources. */
export function worthText(
  worth: ListedCustomer['worth'],
  t: TFunction,
  dayOf: (day: string) => string,
): string {
  if (worth === null || worth.parts.length === 0) return ''
  const rates = worth.parts.map(one => t('billing.exchange.rateOf', { ...one, day: dayOf(one.day) }))
  const sources = [...new Set(worth.parts.map(part => part.source))]
  return t('billing.exchange.by', { rates: rates.join(', '), sources: sources.join('; ') })
}
