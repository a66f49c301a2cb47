/**
 * Spreads an amount by weights, by largest remainder: the parts add up to it, and none is over its weight where the
 * amount is not over their sum.
 * @param weights not below zero, one of them more
 */
export function spread(amount: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n)
  const parts = weights.map(weight => (amount * weight) / sum)
  let rest = amount - parts.reduce((a, b) => a + b, 0n)
  const order = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of order) {
    if (rest === 0n) break
    parts[index]! += 1n
    rest -= 1n
  }
  return parts
}
