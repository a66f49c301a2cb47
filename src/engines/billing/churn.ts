/** What recurs by the month at the two ends of a span, of one customer in one currency. Minor units. */
export interface MrrSpan {
  readonly start: bigint
  readonly end: bigint
  /** Something recurred at some time before the span. */
  readonly before: boolean
}

/** How recurring revenue moved: start + new + reactivation + expansion - contraction - churn = end. */
export interface MrrMoves {
  readonly start: bigint
  readonly new: bigint
  readonly reactivation: bigint
  readonly expansion: bigint
  readonly contraction: bigint
  readonly churn: bigint
  readonly end: bigint
}

const NONE: MrrMoves = {
  ...{ start: 0n, new: 0n, reactivation: 0n, expansion: 0n, contraction: 0n, churn: 0n, end: 0n },
}

/**
 * How the recurring revenue of one customer moved. All subscriptions of the customer count together, so that one that
 * ends while another lives is a contraction.
 */
export function movesOf({ start, end, before }: MrrSpan): MrrMoves {
  const moves = { ...NONE, start, end }
  if (start === 0n && end > 0n) return before ? { ...moves, reactivation: end } : { ...moves, new: end }
  if (end === 0n) return { ...moves, churn: start }
  return end > start ? { ...moves, expansion: end - start } : { ...moves, contraction: start - end }
}

/**
 * How a part of what recurs of a customer moved, such as what recurs on one plan. What comes from or goes to another
 * part of the same customer is an expansion or a contraction: new, churn and reactivation are of the customer.
 *
 * @param whole of the customer, all parts together
 */
export function movesOfPart(part: Pick<MrrSpan, 'start' | 'end'>, whole: MrrSpan): MrrMoves {
  const { start, end } = part
  const moves = { ...NONE, start, end }
  if (start === 0n && whole.start > 0n) return { ...moves, expansion: end }
  if (end === 0n && whole.end > 0n) return { ...moves, contraction: start }
  return movesOf({ start, end, before: whole.before })
}

/** The moves of several customers together. */
export function addMoves(all: Iterable<MrrMoves>): MrrMoves {
  const sum = { ...NONE } as { -readonly [K in keyof MrrMoves]: bigint }
  const names = Object.keys(sum) as (keyof MrrMoves)[]
  for (const moves of all) for (const name of names) if (moves[name] !== 0n) sum[name] += moves[name]
  return sum
}

/** Shares as decimals of four places; null where there is nothing to divide by. */
export interface ChurnRates {
  /** What was lost of what there was: (churn + contraction) / start. */
  readonly gross: string | null
  /** The same less what was won of those who were there: expansion and reactivation. */
  readonly net: string | null
  /** (new + expansion) / (churn + contraction). */
  readonly quickRatio: string | null
  /** Revenue that was kept, of what there was: 1 - net, and 1 - gross. */
  readonly nrr: string | null
  readonly grr: string | null
}

/** The usual rates of a month. */
export function ratesOf(moves: MrrMoves): ChurnRates {
  const lost = moves.churn + moves.contraction
  return {
    gross: share(lost, moves.start),
    net: share(lost - moves.expansion - moves.reactivation, moves.start),
    quickRatio: share(moves.new + moves.expansion, lost),
    nrr: share(moves.start - lost + moves.expansion + moves.reactivation, moves.start),
    grr: share(moves.start - lost, moves.start),
  }
}

const PLACES = 4

/** How customers came and went in a month: those of whom something recurs. */
export interface LogoMoves {
  readonly customers: {
    readonly start: number
    readonly new: number
    readonly reactivation: number
    readonly churn: number
    readonly end: number
  }
  /** Those who left, by those of the start; null where there was nobody. */
  readonly logoChurn: string | null
}

/** Counts customers by their moves. */
export function logosOf(all: Iterable<MrrMoves>): LogoMoves {
  const customers = { start: 0, new: 0, reactivation: 0, churn: 0, end: 0 }
  for (const moves of all)
    for (const name of Object.keys(customers) as (keyof typeof customers)[])
      if (moves[name] > 0n) customers[name] += 1
  return { customers, logoChurn: share(BigInt(customers.churn), BigInt(customers.start)) }
}

/** A part of a whole as a decimal of four places, half away from zero; null of nothing. */
export function share(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null
  const scale = 10n ** BigInt(PLACES)
  // Half away from zero, as everywhere.
  const twice = 2n * part * scale
  const rounded = (twice < 0n ? twice - whole : twice + whole) / (2n * whole)
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(PLACES + 1, '0')
  return `${rounded < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`
}
