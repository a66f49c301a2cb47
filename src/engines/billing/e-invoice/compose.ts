/** Categories of VAT in EN 16931 (BT-151, code list UNTDID 5305), as far as we charge them. */
export type TaxCategory = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O'

/** A line of an issued document. Minor units; of a credit note with its signs, which are below zero. */
export interface GivenLine {
  readonly name: string
  readonly kind: string
  /** A decimal, in the unit. */
  readonly quantity: string
  readonly unit: string
  readonly amount: bigint
  readonly tax: bigint
  /** A decimal fraction. */
  readonly taxRate: string
  readonly category: TaxCategory
  /** Why no tax is charged; empty where some is. */
  readonly exemption: string
  readonly service: { readonly from: bigint; readonly to: bigint }
}

export interface ComposedLine {
  readonly name: string
  /** BT-129: below zero where the line takes back. */
  readonly quantity: string
  /** BT-130, code list of UN/ECE recommendation 20. */
  readonly unitCode: string
  /** BT-131. */
  readonly amount: bigint
  /** BT-146, never below zero (BR-27), for `base` units (BT-149): together they give the amount exactly. */
  readonly price: bigint
  readonly base: string
  readonly category: TaxCategory
  readonly percent: string
  readonly service: { readonly from: bigint; readonly to: bigint }
}

/** BG-20: what is taken off the document as a whole. */
export interface Allowance {
  readonly reason: string
  readonly amount: bigint
  readonly category: TaxCategory
  readonly percent: string
}

/** BG-23. */
export interface Breakdown {
  readonly category: TaxCategory
  readonly percent: string
  readonly taxable: bigint
  readonly tax: bigint
  readonly exemption: string
}

/** The figures of an electronic invoice. All of a credit note are turned round: type 381 says that they go back. */
export interface Composed {
  readonly lines: readonly ComposedLine[]
  readonly allowances: readonly Allowance[]
  readonly breakdown: readonly Breakdown[]
  /** BT-106, BT-107, BT-109, BT-110, BT-112. */
  readonly lineTotal: bigint
  readonly allowanceTotal: bigint
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
}

/**
 * The figures of a document by EN 16931, exactly those of its lines. What a coupon takes off is an allowance of the
 * document; another line below zero has a quantity below zero, because a price cannot be. A document must have a
 * line (BR-16), so that one of nothing but discounts has them as lines.
 */
export function compose(kind: 'invoice' | 'credit-note', given: readonly GivenLine[]): Composed {
  const turned = kind === 'invoice' ? given : given.map(turnedRound)
  const isOff = (line: GivenLine) => line.kind === 'discount' && line.amount < 0n
  const onlyOff = turned.every(isOff)
  const lines = onlyOff ? turned : turned.filter(line => !isOff(line))
  const off = onlyOff ? [] : turned.filter(isOff)
  const lineTotal = sumOf(lines, line => line.amount)
  const allowanceTotal = sumOf(off, line => -line.amount)
  const tax = sumOf(turned, line => line.tax)
  const net = lineTotal - allowanceTotal
  return {
    lines: lines.map(composedLine),
    allowances: off.map(line => ({
      ...{ reason: line.name, amount: -line.amount, category: line.category },
      percent: percentOf(line.taxRate),
    })),
    breakdown: breakdownOf(turned),
    ...{ lineTotal, allowanceTotal, net, tax, total: net + tax },
  }
}

function turnedRound(line: GivenLine): GivenLine {
  return { ...line, amount: -line.amount, tax: -line.tax }
}

function sumOf(lines: readonly GivenLine[], of: (line: GivenLine) => bigint): bigint {
  return lines.reduce((sum, line) => sum + of(line), 0n)
}

function composedLine(line: GivenLine): ComposedLine {
  const { amount } = line
  const counted = line.quantity.replace('-', '')
  const base = /[1-9]/.test(counted) ? counted : '1'
  return {
    ...{ name: line.name, unitCode: UNIT_CODES[line.unit.toLowerCase()] ?? 'C62' },
    quantity: amount < 0n ? `-${base}` : base,
    ...{ amount, price: amount < 0n ? -amount : amount, base },
    ...{ category: line.category, percent: percentOf(line.taxRate), service: line.service },
  }
}

/** Tax by category and rate, in the order in which the lines have them. */
function breakdownOf(lines: readonly GivenLine[]): Breakdown[] {
  const groups = Map.groupBy(lines, line => `${line.category} ${percentOf(line.taxRate)}`)
  return [...groups.values()].map(some => ({
    ...{ category: some[0]!.category, percent: percentOf(some[0]!.taxRate) },
    ...{ taxable: sumOf(some, line => line.amount), tax: sumOf(some, line => line.tax) },
    exemption: some.find(line => line.exemption !== '')?.exemption ?? '',
  }))
}

/** A decimal fraction as percent, exactly: `0.055` is `5.5`. */
export function percentOf(fraction: string): string {
  const [whole = '0', part = ''] = fraction.split('.')
  const digits = part.padEnd(2, '0')
  const rest = digits.slice(2).replace(/0+$/, '')
  const percent = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  return rest === '' ? percent : `${percent}.${rest}`
}

/** Units that have a code of their own; what is counted otherwise is counted by one. */
const UNIT_CODES: Readonly<Record<string, string>> = {
  ...{ second: 'SEC', seconds: 'SEC', minute: 'MIN', minutes: 'MIN', min: 'MIN' },
  ...{ hour: 'HUR', hours: 'HUR', h: 'HUR', day: 'DAY', days: 'DAY' },
  ...{ month: 'MON', months: 'MON', year: 'ANN', years: 'ANN' },
  ...{ byte: 'AD', bytes: 'AD', kb: '2P', mb: '4L', gb: 'E34', tb: 'E35', kwh: 'KWH' },
}
