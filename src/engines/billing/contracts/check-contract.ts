import type { ContractTerms } from '#shared/contract/billing/contract-facts.ts'
import type { ContractProblem } from '#shared/contract/billing/contracts.ts'
import { findCurrency } from '#shared/currencies.ts'
import { compare, exactOf, scaled, ZERO } from '../exact.ts'

/** What makes no sense in a contract, and where. */
export interface ContractFault {
  readonly path: string
  readonly reason: ContractProblem
}

/** What is looked at without knowing anything else. */
export interface CheckedContract {
  readonly currency: string
  readonly from: bigint
  readonly until: bigint | null
  readonly renewMonths: number | null
  readonly subscriptionId: string | null
  readonly terms: ContractTerms
}

const HUNDRED = scaled(100n)
/** More than any contract promises; sums of it stay within what can be stored. */
const MOST = 10n ** 15n

/** The first thing that makes no sense in a contract by itself; null where there is none. */
export function checkContract(contract: CheckedContract): ContractFault | null {
  const { from, until, renewMonths, terms, currency } = contract
  if (findCurrency(currency) === undefined) return { path: 'currency', reason: 'currency' }
  if (until !== null && until <= from) return { path: 'until', reason: 'span' }
  if (renewMonths !== null && until === null) return { path: 'renewMonths', reason: 'renewal' }
  if (terms.minimum !== null && !isAmount(terms.minimum)) return { path: 'terms.minimum', reason: 'amount' }
  const { cycle = null } = terms
  // Months of a year come to an end with it; and only all of a customer can wait for an invoice.
  const uneven = cycle?.alignment === 'calendar' && MONTHS % cycle.months !== 0
  if (cycle !== null && (uneven || contract.subscriptionId !== null))
    return { path: 'terms.cycle', reason: 'cycle' }
  return phaseFault(contract) ?? volumeFault(terms) ?? commitmentFault(contract)
}

const MONTHS = 12

function phaseFault({ from, until, renewMonths, terms }: CheckedContract): ContractFault | null {
  const end = renewMonths === null ? until : null
  for (const [at, phase] of terms.phases.entries()) {
    const path = `terms.phases.${at}`
    if (phase.to !== null && phase.to <= phase.from) return { path, reason: 'span' }
    if (phase.from < from || (end !== null && (phase.from >= end || (phase.to !== null && phase.to > end))))
      return { path, reason: 'phase-outside' }
    if (phase.discountPercent === null && phase.prices.length === 0) return { path, reason: 'phase-empty' }
    const discounts = [phase.discountPercent, ...phase.prices.map(one => one.terms.discountPercent)]
    if (discounts.some(one => one != null && compare(exactOf(one), HUNDRED) > 0))
      return { path, reason: 'discount-over-100' }
    const next = terms.phases[at + 1]
    if (next && (phase.to === null || next.from < phase.to))
      return { path: `terms.phases.${at + 1}`, reason: 'phase-overlap' }
  }
  return null
}

function volumeFault({ volume }: ContractTerms): ContractFault | null {
  for (const [at, { basis, metricIds, tiers }] of volume.entries()) {
    const path = `terms.volume.${at}`
    if (basis === 'quantity' && metricIds === null) return { path, reason: 'metric-needed' }
    let above = ZERO
    for (const [place, { upTo, percent }] of tiers.entries()) {
      const last = place === tiers.length - 1
      if (last !== (upTo === null)) return { path, reason: 'tiers' }
      if (upTo !== null && compare(exactOf(upTo), above) <= 0) return { path, reason: 'tiers' }
      if (upTo !== null) above = exactOf(upTo)
      if (compare(exactOf(percent), HUNDRED) > 0) return { path, reason: 'discount-over-100' }
    }
  }
  return null
}

function commitmentFault({ from, until, terms }: CheckedContract): ContractFault | null {
  const keys = new Set<string>()
  for (const [at, one] of terms.commitments.entries()) {
    const path = `terms.commitments.${at}`
    if (!isAmount(one.amount)) return { path, reason: 'amount' }
    if (keys.has(one.key)) return { path, reason: 'key-twice' }
    keys.add(one.key)
    if (one.every === 'term' && until === null) return { path, reason: 'term-without-end' }
    if (one.from !== null && one.to !== null && one.to <= one.from) return { path, reason: 'commitment-span' }
    if (one.from !== null && one.from < from) return { path, reason: 'commitment-span' }
    if (one.overagePercent !== null && compare(exactOf(one.overagePercent), scaled(-100n)) < 0)
      return { path, reason: 'overage' }
  }
  return null
}

function isAmount(amount: bigint): boolean {
  return amount > 0n && amount <= MOST
}
