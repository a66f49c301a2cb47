import { plainIban } from './iban.ts'
import { isSameName, namesNumber, squeezed, words } from './names.ts'

/** Money that came, as the bank says it. */
export interface IncomingLine {
  /** Minor units, more than zero. */
  readonly amount: bigint
  readonly currency: string
  /** Who paid, as the bank writes them; empty where it does not say. */
  readonly name: string
  readonly iban: string
  /** What the payer wrote, all of it. */
  readonly text: string
}

/** An invoice that money may be for. */
export interface Candidate {
  readonly invoiceId: string
  readonly customerId: string
  readonly number: string
  readonly currency: string
  readonly open: bigint
  readonly dueAt: bigint
  /** Names under which the customer may pay, and the accounts from which they paid before. */
  readonly names: readonly string[]
  readonly ibans: readonly string[]
}

/** Why an invoice is suggested. */
export type MatchReason =
  | 'number'
  | 'account'
  | 'name'
  /** Exactly what the invoice asks for. */
  | 'amount'
  /** Exactly what several of the customer's invoices ask for together. */
  | 'amount-together'
  /** A part of what the invoice asks for, whose number was named. */
  | 'part'

export interface Match {
  readonly customerId: string
  /** What each invoice gets; together never more than the line. */
  readonly allocations: readonly { readonly invoiceId: string; readonly amount: bigint }[]
  /** What is left over, in minor units. */
  readonly rest: bigint
  /** 0 to 100: how sure. 90 and more may be taken without a second look. */
  readonly score: number
  readonly reasons: readonly MatchReason[]
}

const WEIGHT: Readonly<Record<MatchReason, number>> = {
  number: 60,
  account: 30,
  name: 20,
  amount: 35,
  'amount-together': 30,
  part: 5,
}
/** How many invoices of a customer are tried together: their number doubles the work. */
const TOGETHER = 12

/**
 * Which invoices a payment is for, the likeliest first: by the numbers that its text names, the account that paid,
 * the name, and the amount. A customer is suggested once. The amount alone is a suggestion only where a single
 * customer is asked for it.
 */
export function matchBankLine(line: IncomingLine, candidates: readonly Candidate[]): readonly Match[] {
  const text = squeezed(`${line.text} ${line.name}`)
  const iban = plainIban(line.iban)
  const payer = words(line.name)
  const byCustomer = Map.groupBy(
    candidates.filter(candidate => candidate.currency === line.currency && candidate.open > 0n),
    candidate => candidate.customerId,
  )
  const matches: Match[] = []
  for (const [customerId, open] of byCustomer) {
    const match = matchCustomer(line, customerId, open, text, iban, payer)
    if (match !== null) matches.push(match)
  }
  const byAmountOnly = matches.filter(match => match.reasons.every(isAboutAmount))
  return matches
    .filter(match => byAmountOnly.length <= 1 || !match.reasons.every(isAboutAmount))
    .sort((a, b) => b.score - a.score || (a.customerId < b.customerId ? -1 : 1))
}

function matchCustomer(
  line: IncomingLine,
  customerId: string,
  open: readonly Candidate[],
  text: string,
  iban: string,
  payer: ReadonlySet<string>,
): Match | null {
  const reasons = new Set<MatchReason>()
  const sorted = [...open].sort((a, b) =>
    a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : a.number < b.number ? -1 : 1,
  )
  const named = sorted.filter(({ number }) => namesNumber(text, number))
  if (named.length > 0) reasons.add('number')
  if (iban !== '' && sorted[0]!.ibans.some(known => plainIban(known) === iban)) reasons.add('account')
  if (sorted[0]!.names.some(name => isSameName(payer, words(name)))) reasons.add('name')

  const chosen = chooseInvoices(line.amount, named.length > 0 ? named : sorted)
  if (chosen !== null) reasons.add(chosen.length === 1 ? 'amount' : 'amount-together')
  else if (named.length > 0) reasons.add('part')
  if (reasons.size === 0) return null
  if (reasons.size === 1 && reasons.has('amount-together')) return null

  // Without the exact sum the money goes to what was named, and else to what is due longest.
  let rest = line.amount
  const allocations: { invoiceId: string; amount: bigint }[] = []
  for (const invoice of chosen ?? (named.length > 0 ? named : sorted)) {
    if (rest <= 0n) break
    const amount = rest < invoice.open ? rest : invoice.open
    allocations.push({ invoiceId: invoice.invoiceId, amount })
    rest -= amount
  }
  const score = Math.min(
    100,
    [...reasons].reduce((sum, reason) => sum + WEIGHT[reason], 0),
  )
  return { customerId, allocations, rest, score, reasons: [...reasons] }
}

/** The invoices that ask for exactly this: one, else all, else the fewest of the oldest ones together; null for none. */
function chooseInvoices(amount: bigint, sorted: readonly Candidate[]): readonly Candidate[] | null {
  const one = sorted.find(invoice => invoice.open === amount)
  if (one) return [one]
  if (sorted.reduce((sum, invoice) => sum + invoice.open, 0n) === amount) return sorted
  const tried = sorted.slice(0, TOGETHER)
  let best: readonly Candidate[] | null = null
  for (let mask = 1; mask < 1 << tried.length; mask++) {
    const set = tried.filter((_, index) => mask & (1 << index))
    if (best !== null && set.length >= best.length) continue
    if (set.reduce((sum, invoice) => sum + invoice.open, 0n) === amount) best = set
  }
  return best
}

function isAboutAmount(reason: MatchReason): boolean {
  return reason === 'amount' || reason === 'amount-together'
}
