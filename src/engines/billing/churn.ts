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

/** The moves of several customers together. */
export function addMoves(all: Iterable<MrrMoves>): MrrMoves {
  const sum = { ...NONE } as { -readonly [K in keyof MrrMoves]: bigint }
  for (const moves of all) for (const name of Object.keys(sum) as (keyof MrrMoves)[]) sum[name] += moves[name]
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
}

/** The usual rates of a month. */
export function ratesOf(moves: MrrMoves): ChurnRates {
  const lost = moves.churn + moves.contraction
  return {
    gross: share(lost, moves.start),
    net: share(lost - moves.expansion - moves.reactivation, moves.start),
    quickRatio: share(moves.new + moves.expansion, lost),
  }
}

const PLACES = 4

function share(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null
  const scale = 10n ** BigInt(PLACES)
  // Half away from zero, as everywhere.
  const twice = 2n * part * scale
  const rounded = (twice < 0n ? twice - whole : twice + whole) / (2n * whole)
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(PLACES + 1, '0')
  return `${rounded < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`
}
