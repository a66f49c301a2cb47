import { divide, type Exact, exactOf, exactText, multiply, roundHalfUp, scaled } from '../exact.ts'

/** What one unit of a currency was worth in another on a day. */
export interface KnownRate {
  readonly base: string
  readonly quote: string
  /** `2026-10-30`. */
  readonly day: string
  /** A decimal of more than zero. */
  readonly rate: string
  readonly source: string
}

/** A rate that was found, and from where. */
export interface FoundRate {
  /** Units of the second currency for one of the first: a decimal, or a fraction where that has no end. */
  readonly rate: string
  /** Of the oldest rate that it is made of. */
  readonly day: string
  /** Each rate that it is made of, as it was published. */
  readonly parts: readonly KnownRate[]
}

/** Through which two currencies without a rate of their own are converted: what the ECB publishes rates against. */
const PIVOT = 'EUR'
const DAY = 86_400_000

/**
 * The rate of a day: that of the day itself, else the latest before it, which is no more than so many days old. The
 * rate of the pair comes first, then that of the other way round, then both against the euro. Null where there is none.
 */
export function findRate(
  rates: readonly KnownRate[],
  asked: {
    readonly from: string
    readonly to: string
    readonly day: string
    /** How old a rate may be. */
    readonly within: number
  },
): FoundRate | null {
  const { from, to, day } = asked
  if (from === to) return { rate: '1', day, parts: [] }
  const own = between(rates, asked)
  if (own) return shown(own)
  if (from === PIVOT || to === PIVOT) return null
  const first = between(rates, { ...asked, to: PIVOT })
  const second = between(rates, { ...asked, from: PIVOT })
  if (!first || !second) return null
  return shown({ exact: multiply(first.exact, second.exact), parts: [...first.parts, ...second.parts] })
}

/** Minor units of one currency in those of another, half-up once. */
export function convert(
  amount: bigint,
  rate: string,
  places: { readonly from: number; readonly to: number },
): bigint {
  const [over = '1', under = '1'] = rate.split('/')
  const exact = divide(multiply(scaled(amount, places.from), exactOf(over)), exactOf(under))
  return roundHalfUp(exact, places.to)
}

interface Made {
  readonly exact: Exact
  readonly parts: readonly KnownRate[]
}

function shown({ exact, parts }: Made): FoundRate {
  const day = parts.reduce((oldest, part) => (part.day < oldest ? part.day : oldest), parts[0]!.day)
  return { rate: exactText(exact), day, parts }
}

/** The rate of a pair, by itself or the other way round: the newer one, by itself where both are of one day. */
function between(
  rates: readonly KnownRate[],
  { from, to, day, within }: { from: string; to: string; day: string; within: number },
): Made | null {
  const first = new Date(Date.parse(day) - within * DAY).toISOString().slice(0, 10)
  const newest = (base: string, quote: string) =>
    rates
      .filter(one => one.base === base && one.quote === quote && one.day <= day && one.day >= first)
      .reduce<KnownRate | null>((last, one) => (last === null || one.day > last.day ? one : last), null)
  const own = newest(from, to)
  const back = newest(to, from)
  if (own && (!back || own.day >= back.day)) return { exact: exactOf(own.rate), parts: [own] }
  return back ? { exact: divide(scaled(1n), exactOf(back.rate)), parts: [back] } : null
}
