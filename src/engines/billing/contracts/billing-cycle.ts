import type { ContractFacts } from '#shared/contract/billing/contract-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { zoned } from '../calendar.ts'
import { endOfContract } from './contract-term.ts'
import { withinContract } from './ramp.ts'

const YEAR = 12

/**
 * Whether a month has no invoice because a contract bills several months at once: all of them are on the invoice of the
 * last one, or of the month in which the contract ends.
 * @param period the month, `2026-10`
 */
export function waitsInMonth(
  contract: Pick<ContractFacts, 'from' | 'until' | 'renewMonths' | 'terminatedAt' | 'terms'>,
  period: string,
  month: Span,
  zone: string,
): boolean {
  const { cycle = null } = contract.terms
  const end = endOfContract(contract)
  if (cycle === null || withinContract(contract, month) === null) return false
  if (end !== null && end <= month.to) return false
  const [year = 0, number = 0] = period.split('-').map(Number)
  const begin = zoned(contract.from, zone)
  const before =
    cycle.alignment === 'calendar' ? number - 1 : (year - begin.year) * YEAR + number - begin.month
  return (before + 1) % cycle.months !== 0
}
