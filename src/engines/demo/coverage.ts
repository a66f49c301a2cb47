import type { BillContext } from './bills.ts'
import { covers } from './commitments.ts'
import { type Amount, amountOf, type Micro, type Price, perMille, priceOf } from './decimal.ts'
import type { Commitment, Stream } from './model.ts'

/** The part of a day's use that a commitment pays for. */
export interface Covered {
  commitment: Commitment
  quantity: Micro
  /** The commitment's cost that this part carries. */
  effective: Amount
  /** What it takes of the commitment, in 10^-18 of the commitment's unit. */
  taken: Amount
}

/** What is left of each commitment on each day of a month; use takes from it in the order of the streams. */
export interface Coverage {
  commitments: readonly Commitment[]
  /** By commitment and day of the month: what is left, in 10^-18 of the commitment's unit. */
  left: Amount[][]
}

/** The commitments that are alive in a month, whole. */
export function coverageOf({ company, account, start, end }: BillContext): Coverage {
  const commitments = company.commitments.filter(
    item => item.account === account && item.from < end && item.to > start,
  )
  return {
    commitments,
    left: commitments.map(item =>
      Array.from({ length: end - start }, () => BigInt(item.perDay) * 1_000_000_000_000n),
    ),
  }
}

/**
 * Takes what commitments pay of a day's use of a stream. A commitment of machines pays by the unit; one of
 * spending pays at its discounted price until its dollars of the day are used up, to the last of them, so that
 * what is used and what is unused always add up to what was paid.
 */
export function cover(
  coverage: Coverage,
  stream: Stream,
  day: number,
  dayOfMonth: number,
  quantity: Micro,
): Covered | null {
  for (let i = 0; i < coverage.commitments.length; i++) {
    const commitment = coverage.commitments[i]!
    if (!covers(commitment, stream.sku, stream.region?.id ?? null, day)) continue
    const left = coverage.left[i]![dayOfMonth]!
    if (left === 0n) continue
    const covered =
      commitment.category === 'Usage'
        ? byUnit(commitment, left, quantity)
        : bySpend(commitment, left, stream, quantity)
    coverage.left[i]![dayOfMonth] = left - covered.taken
    return covered
  }
  return null
}

function byUnit(commitment: Commitment, left: Amount, quantity: Micro): Covered {
  const units = Number(left / 1_000_000_000_000n)
  const used = Math.min(units, quantity)
  return {
    commitment,
    quantity: used,
    effective: amountOf(commitment.rate, used),
    taken: BigInt(used) * 1_000_000_000_000n,
  }
}

function bySpend(commitment: Commitment, left: Amount, stream: Stream, quantity: Micro): Covered {
  const price = spendPrice(stream)
  const whole = amountOf(price, quantity)
  if (whole <= left) return { commitment, quantity, effective: whole, taken: whole }
  const step = 10n ** BigInt(6 - stream.sku.places)
  const used = Number((left / price / step) * step)
  return { commitment, quantity: used, effective: left, taken: left }
}

/** The price of a SKU under a commitment of spending. */
function spendPrice(stream: Stream): Price {
  return perMille(
    perMille(priceOf(stream.sku.prices[0]!.price), stream.region!.factor),
    stream.sku.committed!,
  )
}
