import type { Commitment, ContractFacts } from '#shared/contract/billing/contract-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { divide, type Exact, exactOf, multiply, roundHalfUp, scaled } from '../exact.ts'
import { billingPeriods } from '../periods.ts'
import { proportion } from '../proration.ts'
import { addMonths, endOfContract, termAt } from './contract-term.ts'

/** A period of a commitment, and what is promised for it. */
export interface CommitmentPeriod {
  readonly number: number
  /** The whole period, and the part of it in which the commitment holds. */
  readonly whole: Span
  readonly span: Span
  /** Minor units. */
  readonly committed: bigint
  /** Of a part that counts by its days: how many of how many; null where the whole amount is promised. */
  readonly days: { readonly used: bigint; readonly of: bigint } | null
}

/**
 * The periods of a commitment that end at or before an instant, in order; with `open` the one that it falls into too.
 * A period of which only a part lies in the contract and in the commitment's own time counts by its days, unless the
 * commitment says that it counts whole. Parts of a period that follow each other come to exactly the whole: each is
 * what is promised up to its end less what is promised up to its beginning, both rounded half-up.
 */
export function commitmentPeriods(
  contract: ContractFacts,
  commitment: Commitment,
  zone: string,
  until: bigint,
  open = false,
): CommitmentPeriod[] {
  const from = max(commitment.from ?? contract.from, contract.from)
  const ends = [endOfContract(contract), commitment.to].filter(end => end !== null)
  const end = ends.length === 0 ? null : ends.reduce(min)
  const last = end === null || end > until ? until : end
  if (from > last || (from === last && !open)) return []
  return wholePeriods(contract, commitment, zone, from, last).flatMap(({ number, ...whole }) => {
    const span = { from: max(whole.from, from), to: end === null ? whole.to : min(whole.to, end) }
    if (span.from >= span.to || (span.to > until && !(open && span.from <= until))) return []
    return [{ number, whole, span, ...promised(commitment, whole, span, zone) }]
  })
}

/** Periods that overlap a stretch, the one that begins with its end among them. */
function wholePeriods(
  contract: ContractFacts,
  { every, alignment }: Commitment,
  zone: string,
  from: bigint,
  to: bigint,
): (Span & { readonly number: number })[] {
  if (every !== 'term') {
    const anchored = alignment === 'contract' ? ('anniversary' as const) : ('calendar' as const)
    const terms = { interval: every, alignment: anchored, anchorAt: contract.from, zone }
    return billingPeriods(terms, from, to + 1n)
  }
  const terms: (Span & { readonly number: number })[] = []
  // The first term of a contract without an end is none: it is never over.
  for (
    let term = termAt({ ...contract, renewMonths: null }, from, zone);
    term !== null && term.from <= to;
  ) {
    if (term.to > from) terms.push(term)
    if (contract.renewMonths === null) break
    const number = term.number + 1
    term = { number, from: term.to, to: addMonths(contract.until!, contract.renewMonths * number, zone) }
  }
  return terms
}

function promised({ amount, prorate }: Commitment, whole: Span, span: Span, zone: string) {
  if (!prorate || (span.from === whole.from && span.to === whole.to)) return { committed: amount, days: null }
  const upTo = (at: bigint) => {
    const part = proportion('day', whole, { from: whole.from, to: at }, zone)
    return { days: part.used.units, of: part.whole.units, amount: amountOf(amount, part.used, part.whole) }
  }
  const [begin, end] = [upTo(span.from), upTo(span.to)]
  return { committed: end.amount - begin.amount, days: { used: end.days - begin.days, of: end.of } }
}

function amountOf(amount: bigint, used: Exact, whole: Exact): bigint {
  return roundHalfUp(divide(multiply(scaled(amount), used), whole), 0)
}

/** What was charged for an item, and for which time. */
export interface ChargedItem {
  readonly subscriptionId: string
  readonly priceId: string
  readonly metricId: string | null
  readonly service: Span
  /** Minor units, before tax; less than zero for what was taken off an item. */
  readonly amount: bigint
}

/**
 * What of a charge falls into a stretch, by elapsed time of its service: a fee for a year counts a quarter at a time.
 * Stretches that follow each other have exactly the whole together.
 */
export function shareOf({ amount, service }: Pick<ChargedItem, 'amount' | 'service'>, span: Span): bigint {
  const length = service.to - service.from
  if (length <= 0n) return service.from >= span.from && service.from < span.to ? amount : 0n
  const upTo = (at: bigint) => {
    const inside = at < service.from ? 0n : at > service.to ? length : at - service.from
    return roundHalfUp(divide(scaled(amount * inside), scaled(length)), 0)
  }
  return upTo(span.to) - upTo(span.from)
}

/** What counts towards a commitment in a stretch. */
export function countedIn(
  charged: Iterable<ChargedItem>,
  contract: Pick<ContractFacts, 'subscriptionId'>,
  { planIds, metricIds }: Pick<Commitment, 'planIds' | 'metricIds'>,
  span: Span,
  planOf: (priceId: string) => string | null,
): bigint {
  let sum = 0n
  for (const one of charged) {
    if (contract.subscriptionId !== null && contract.subscriptionId !== one.subscriptionId) continue
    if (metricIds !== null && (one.metricId === null || !metricIds.includes(one.metricId))) continue
    if (planIds !== null && !planIds.includes(planOf(one.priceId) ?? '')) continue
    sum += shareOf(one, span)
  }
  return sum
}

/** What a period of a commitment comes to. */
export interface CommitmentOutcome {
  /** What is missing to what was promised; zero where it was reached. */
  readonly shortfall: bigint
  /** What was used beyond it. */
  readonly over: bigint
  /** Charged on top of what is beyond it, or, less than zero, taken off. */
  readonly overage: bigint
}

/** @param counted minor units; less than nothing counts as nothing */
export function outcomeOf(
  { overagePercent }: Pick<Commitment, 'overagePercent'>,
  committed: bigint,
  counted: bigint,
): CommitmentOutcome {
  const used = counted > 0n ? counted : 0n
  const shortfall = used < committed ? committed - used : 0n
  const over = used > committed ? used - committed : 0n
  const rate = overagePercent === null ? scaled(0n) : divide(exactOf(overagePercent), scaled(100n))
  return { shortfall, over, overage: roundHalfUp(multiply(scaled(over), rate), 0) }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
