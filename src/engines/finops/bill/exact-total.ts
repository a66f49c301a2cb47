/**
 * Sums a cost measure three ways, so that the receipt of an import can prove itself: the exact decimals as the
 * file has them, the whole units that are stored, and what rounding took away. Each is summed on its own.
 */
import type { CostScale } from '#shared/currencies.ts'
import { type DecimalCell, decimalText, maxPlaces, tenTo } from './decimal-cell.ts'

/** A sum of integers that makes a bigint only where a double would no longer be exact. */
export type IntegerSum = { low: number; high: bigint }

export function addToSum(sum: IntegerSum, value: number): void {
  const next = sum.low + value
  if (next <= Number.MAX_SAFE_INTEGER && next >= -Number.MAX_SAFE_INTEGER) {
    sum.low = next
  } else {
    sum.high += BigInt(sum.low)
    sum.low = value
  }
}

export function sumValue(sum: IntegerSum): bigint {
  return sum.high + BigInt(sum.low)
}

const emptySum = (): IntegerSum => ({ low: 0, high: 0n })

/** One measure in one currency. Sums of numbers with n places are at index n. */
export type ExactTotal = {
  readonly costScale: CostScale
  readonly exact: (IntegerSum | undefined)[]
  readonly residual: (IntegerSum | undefined)[]
  readonly stored: IntegerSum
  /** Rows that had a value. */
  count: number
}

export function createExactTotal(costScale: CostScale): ExactTotal {
  return { costScale, exact: [], residual: [], stored: emptySum(), count: 0 }
}

/** A cost rounded to its scale, reused. `big` is set, and `mantissa` NaN, where it exceeds 2^53. */
export type StoredCost = {
  mantissa: number
  big: bigint | null
  /** What rounding took away, in units of 10^-residualScale: exact value = stored + residual. */
  residual: number
  residualBig: bigint | null
  residualScale: number
}

export function createStoredCost(): StoredCost {
  return { mantissa: 0, big: null, residual: 0, residualBig: null, residualScale: 0 }
}

const int64Max = 2n ** 63n - 1n
const powers = Array.from({ length: 19 }, (_, n) => 10 ** n)

/**
 * Rounds a decimal half up (half away from zero) to units of 10^-costScale. Returns false where the result does
 * not fit into an int64 (its smallest value, -2^63, counts as not fitting).
 */
export function roundToCost(out: StoredCost, cell: DecimalCell, costScale: CostScale): boolean {
  const shift = costScale - cell.scale
  out.residual = 0
  out.residualBig = null
  out.residualScale = cell.scale
  out.big = null
  if (cell.big === null) {
    if (shift >= 0) {
      const value = cell.mantissa * (powers[shift] as number)
      if (value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER) {
        out.mantissa = value
        return true
      }
    } else if (shift >= -15) {
      const unit = powers[-shift] as number
      let rest = cell.mantissa % unit
      let whole = (cell.mantissa - rest) / unit
      if (rest * 2 >= unit) {
        whole++
        rest -= unit
      } else if (rest * 2 <= -unit) {
        whole--
        rest += unit
      }
      out.mantissa = whole + 0
      out.residual = rest + 0
      return true
    }
  }
  return roundBig(out, cell.big ?? BigInt(cell.mantissa), shift)
}

function roundBig(out: StoredCost, mantissa: bigint, shift: number): boolean {
  let whole: bigint
  if (shift >= 0) {
    whole = mantissa * tenTo(shift)
  } else {
    const unit = tenTo(-shift)
    const size = mantissa < 0n ? -mantissa : mantissa
    const rounded = (size * 2n + unit) / (unit * 2n)
    whole = mantissa < 0n ? -rounded : rounded
    const rest = mantissa - whole * unit
    if (rest <= BigInt(Number.MAX_SAFE_INTEGER) && rest >= -BigInt(Number.MAX_SAFE_INTEGER)) {
      out.residual = Number(rest)
    } else {
      out.residualBig = rest
    }
  }
  if (whole > int64Max || whole < -int64Max) return false
  const small = Number(whole)
  const exact = Number.isSafeInteger(small)
  out.mantissa = exact ? small : Number.NaN
  out.big = exact ? null : whole
  return true
}

function sumAt(sums: (IntegerSum | undefined)[], places: number): IntegerSum {
  return (sums[places] ??= emptySum())
}

/** Adds a number of the file and what became of it. */
export function addToTotal(total: ExactTotal, cell: DecimalCell, cost: StoredCost): void {
  total.count++
  if (cell.big === null) addToSum(sumAt(total.exact, cell.scale), cell.mantissa)
  else sumAt(total.exact, cell.scale).high += cell.big
  if (cost.big === null) addToSum(total.stored, cost.mantissa)
  else total.stored.high += cost.big
  if (cost.residual !== 0) addToSum(sumAt(total.residual, cost.residualScale), cost.residual)
  if (cost.residualBig !== null) sumAt(total.residual, cost.residualScale).high += cost.residualBig
}

/** Adds all of another total of the same currency. */
export function mergeTotal(into: ExactTotal, from: ExactTotal): void {
  into.count += from.count
  into.stored.high += sumValue(from.stored)
  for (const name of ['exact', 'residual'] as const) {
    from[name].forEach((sum, places) => {
      if (sum !== undefined) sumAt(into[name], places).high += sumValue(sum)
    })
  }
}

/** The figures of a receipt, as exact decimal text. */
export type TotalProof = {
  /** Sum of the numbers as the file has them. */
  exact: string
  /** Sum of what is stored, in units of 10^-costScale, and as a decimal. */
  storedUnits: bigint
  stored: string
  /** What rounding took away. */
  residual: string
  /** Whether stored + residual = exact, computed from the three sums. */
  balanced: boolean
  count: number
}

/** Puts sums of different numbers of places together, at `maxPlaces`. */
function weigh(sums: readonly (IntegerSum | undefined)[]): bigint {
  let all = 0n
  sums.forEach((sum, places) => {
    if (sum !== undefined) all += sumValue(sum) * tenTo(maxPlaces - places)
  })
  return all
}

export function proveTotal(total: ExactTotal): TotalProof {
  const exact = weigh(total.exact)
  const residual = weigh(total.residual)
  const storedUnits = sumValue(total.stored)
  return {
    exact: decimalText(exact, maxPlaces),
    storedUnits,
    stored: decimalText(storedUnits, total.costScale),
    residual: decimalText(residual, maxPlaces),
    balanced: storedUnits * tenTo(maxPlaces - total.costScale) + residual === exact,
    count: total.count,
  }
}
