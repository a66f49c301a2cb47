import type { CreditMoney, CreditWallets } from '#shared/contract/billing/corrections.ts'
import { divide, roundHalfUp, scaled } from '../exact.ts'
import { spread } from '../spread.ts'
import type { Transfer } from './accounts.ts'

/** What is asked to be given back: all that is left, an amount with tax, or parts of lines. */
export type CreditAsk =
  | { readonly kind: 'whole' }
  | { readonly kind: 'amount'; readonly amount: bigint }
  | {
      readonly kind: 'lines'
      readonly lines: readonly (
        | { readonly lineId: string; readonly amount: bigint }
        | { readonly lineId: string; readonly quantity: bigint }
      )[]
    }

/** A line of an issued invoice, with what earlier credit notes gave back of it. */
export interface CreditableLine {
  readonly id: string
  /** Minor units; negative where the line itself gives money back. */
  readonly amount: bigint
  readonly tax: bigint
  /** In units of its scale. */
  readonly quantity: bigint
  readonly credited: { readonly amount: bigint; readonly tax: bigint; readonly quantity: bigint }
}

/** What a credit note gives back of a line. */
export interface CreditedLine {
  readonly lineId: string
  readonly amount: bigint
  readonly tax: bigint
  readonly quantity: bigint
}

export type CreditFailure =
  /** More than is left of the invoice. */
  | { readonly code: 'BILLING_CREDIT_OVER_INVOICE'; readonly left: bigint; readonly asked: bigint }
  /** More than is left of one line. */
  | {
      readonly code: 'BILLING_CREDIT_OVER_LINE'
      readonly lineId: string
      readonly left: bigint
      readonly asked: bigint
    }
  | { readonly code: 'BILLING_CREDIT_LINE_UNKNOWN'; readonly lineId: string }
  /** Nothing would come of it. */
  | { readonly code: 'BILLING_CREDIT_NOTHING' }

export type CreditDecision =
  | {
      readonly ok: true
      readonly lines: readonly CreditedLine[]
      readonly net: bigint
      readonly tax: bigint
      readonly total: bigint
    }
  | { readonly ok: false; readonly failure: CreditFailure }

interface Left {
  readonly amount: bigint
  readonly tax: bigint
  readonly quantity: bigint
}

/** What is left of a line to be given back. */
export function leftOfLine({ amount, tax, quantity, credited }: CreditableLine): Left {
  return {
    amount: amount - credited.amount,
    tax: tax - credited.tax,
    quantity: quantity - credited.quantity,
  }
}

/** What is left of an invoice, with tax. */
export function leftOfInvoice(lines: readonly CreditableLine[]): bigint {
  return lines.reduce((sum, line) => sum + grossOf(leftOfLine(line)), 0n)
}

/**
 * What a credit note gives back, line by line. Tax is never computed anew from a rate: it is the part of the tax
 * that was billed, of what is left of it, so that whoever takes the rest of a line takes exactly the rest of its
 * tax. A whole credit is therefore exact to the minor unit, and so are any parts that add up to it.
 */
export function decideCredit(lines: readonly CreditableLine[], ask: CreditAsk): CreditDecision {
  const left = leftOfInvoice(lines)
  const given =
    ask.kind === 'whole'
      ? wholeOf(lines)
      : ask.kind === 'amount'
        ? partOf(lines, ask.amount, left)
        : linesOf(lines, ask.lines)
  if ('code' in given) return { ok: false, failure: given }
  const credited = given.filter(line => line.amount !== 0n || line.tax !== 0n)
  const net = credited.reduce((sum, line) => sum + line.amount, 0n)
  const tax = credited.reduce((sum, line) => sum + line.tax, 0n)
  const total = net + tax
  if (total > left) return { ok: false, failure: { code: 'BILLING_CREDIT_OVER_INVOICE', left, asked: total } }
  if (total <= 0n) return { ok: false, failure: { code: 'BILLING_CREDIT_NOTHING' } }
  return { ok: true, lines: credited, net, tax, total }
}

function wholeOf(lines: readonly CreditableLine[]): CreditedLine[] {
  return lines.map(line => ({ lineId: line.id, ...leftOfLine(line) }))
}

/** An amount with tax, spread over the lines that cost something by what is left of each. */
function partOf(
  lines: readonly CreditableLine[],
  amount: bigint,
  left: bigint,
): CreditedLine[] | CreditFailure {
  if (amount > left) return { code: 'BILLING_CREDIT_OVER_INVOICE', left, asked: amount }
  if (amount === left) return wholeOf(lines)
  const costing = lines.filter(line => grossOf(leftOfLine(line)) > 0n)
  const shares = spread(
    amount,
    costing.map(line => grossOf(leftOfLine(line))),
  )
  return costing.map((line, index) => grossPart(line, shares[index]!))
}

/** The part of a line that comes to an amount with tax. No quantity: it is money off, not fewer of something. */
function grossPart(line: CreditableLine, gross: bigint): CreditedLine {
  const left = leftOfLine(line)
  const whole = grossOf(left)
  if (gross === whole) return { lineId: line.id, ...left, quantity: 0n }
  const amount = partRounded(left.amount, gross, whole)
  return { lineId: line.id, amount, tax: gross - amount, quantity: 0n }
}

function linesOf(
  lines: readonly CreditableLine[],
  asked: Extract<CreditAsk, { kind: 'lines' }>['lines'],
): CreditedLine[] | CreditFailure {
  const given = new Map<string, CreditedLine>()
  for (const one of asked) {
    const line = lines.find(({ id }) => id === one.lineId)
    if (!line || given.has(one.lineId)) return { code: 'BILLING_CREDIT_LINE_UNKNOWN', lineId: one.lineId }
    const part = 'quantity' in one ? quantityPart(line, one.quantity) : amountPart(line, one.amount)
    if ('code' in part) return part
    given.set(line.id, part)
  }
  return [...given.values()]
}

/** A part of a line by its amount before tax. */
function amountPart(line: CreditableLine, asked: bigint): CreditedLine | CreditFailure {
  const left = leftOfLine(line)
  if (!isWithin(asked, left.amount))
    return { code: 'BILLING_CREDIT_OVER_LINE', lineId: line.id, left: left.amount, asked }
  if (asked === left.amount) return { lineId: line.id, amount: asked, tax: left.tax, quantity: 0n }
  return { lineId: line.id, amount: asked, tax: partRounded(left.tax, asked, left.amount), quantity: 0n }
}

/** A part of a line by how much of it is given back: the same part of what it was billed for. */
function quantityPart(line: CreditableLine, asked: bigint): CreditedLine | CreditFailure {
  const left = leftOfLine(line)
  if (!isWithin(asked, left.quantity))
    return { code: 'BILLING_CREDIT_OVER_LINE', lineId: line.id, left: left.quantity, asked }
  if (asked === left.quantity) return { lineId: line.id, ...left }
  const amount = partRounded(line.amount, asked, line.quantity)
  // Money may have been taken off before, so that less is left than the quantity says.
  const part = amountPart(line, isWithin(amount, left.amount) ? amount : left.amount)
  return 'code' in part ? part : { ...part, quantity: asked }
}

/** Whether an amount is more than nothing and at most what is left, on whichever side of zero that is. */
function isWithin(asked: bigint, left: bigint): boolean {
  return left > 0n ? asked > 0n && asked <= left : asked < 0n && asked >= left
}

/** `of × part / whole`, half-up. */
function partRounded(of: bigint, part: bigint, whole: bigint): bigint {
  return roundHalfUp(divide(scaled(of * part), scaled(whole)), 0)
}

function grossOf({ amount, tax }: Pick<Left, 'amount' | 'tax'>): bigint {
  return amount + tax
}

/** What becomes of a credit's money. */
export interface CreditSplit {
  /** Taken from what the invoice still asks for. */
  readonly applied: bigint
  /** Goes back to the payer, as far as payments settled the invoice. */
  readonly refunded: bigint
  /** Goes to the customer's balance. */
  readonly credited: bigint
  /** Goes back to the grants of wallets that paid. */
  readonly returned: bigint
}

/** What stands on an invoice before a credit note. Minor units. */
export interface Standing {
  /** What it still asks for. */
  readonly open: bigint
  /** What payments settled of it. */
  readonly paid: bigint
  /** What the balance paid of it, less what credit notes put there: below nothing where they put more. */
  readonly balance: bigint
  /** What wallets paid of it and did not get back. */
  readonly wallets: bigint
  /** Of that, what they paid for lines of which too little is left to be paid by them. */
  readonly bound: bigint
}

/** Where the money of a credit note is to go: what was paid, and what wallets paid. */
export interface CreditChoice {
  readonly money: CreditMoney
  readonly wallets: CreditWallets
}

/**
 * What wallets paid for the very lines that are given back goes back to them before all. Else what is still owed for the
 * invoice is owed no more first; only what was settled before goes to the customer. Of that, what came as money goes
 * first, to the payer or onto the balance, and then what wallets paid. What is sent back is never more than payments paid
 * and the customer did not get back in another way.
 */
export function splitCredit(
  total: bigint,
  { open, paid, balance, wallets, bound }: Standing,
  choice: CreditChoice,
): CreditSplit {
  const first = choice.wallets === 'grants' ? least(total, least(bound, wallets)) : 0n
  const applied = least(total - first, most(open, 0n))
  const rest = total - applied
  const money = most(paid + balance, 0n)
  const ofWallets = least(least(rest, wallets), most(first, rest - money))
  const ofMoney = rest - ofWallets
  const refunded = choice.money === 'refund' ? least(ofMoney, least(paid, money)) : 0n
  const returned = choice.wallets === 'grants' ? ofWallets : 0n
  return { applied, refunded, credited: rest - refunded - returned, returned }
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

/** The entries of a credit note. */
export function creditTransfers({ applied, refunded, credited, returned }: CreditSplit): Transfer[] {
  const transfers: Transfer[] = [
    // What wallets get back they get from what the customer owes: it is owed no more first.
    { amount: applied + returned, debit: 'credited', credit: 'receivable' },
    { amount: refunded, debit: 'credited', credit: 'refundable' },
    { amount: credited, debit: 'credited', credit: 'balance' },
  ]
  return transfers.filter(({ amount }) => amount > 0n)
}
