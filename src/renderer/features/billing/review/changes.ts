import type { Full, Row } from './types.ts'

/** What is different in an invoice that changed after somebody saw it; amounts in minor units. */
export interface Difference {
  readonly name: string
  readonly before: bigint | null
  readonly now: bigint | null
}

/** An invoice as a person saw it: its row, and its lines where they had been shown. */
export type Seen = Pick<Row, 'total'> & { readonly lineItems?: Full['lineItems'] | undefined }

/** The lines, by name, whose amounts differ. Empty where the lines had not been shown. */
export function differencesOf(seen: Seen, now: Full): readonly Difference[] {
  if (seen.lineItems === undefined) return []
  const sums = (lines: Full['lineItems']) => {
    const byName = new Map<string, bigint>()
    for (const { name, amount } of lines) byName.set(name, (byName.get(name) ?? 0n) + amount)
    return byName
  }
  const [before, after] = [sums(seen.lineItems), sums(now.lineItems)]
  return [...new Set([...after.keys(), ...before.keys()])]
    .map(name => ({ name, before: before.get(name) ?? null, now: after.get(name) ?? null }))
    .filter(difference => difference.before !== difference.now)
}
