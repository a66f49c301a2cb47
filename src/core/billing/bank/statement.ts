import { canonicalJson } from '#shared/canonical.ts'
import type { StatementLine } from '#shared/contract/billing/bank.ts'
import { digestOf } from '#shared/ids.ts'

/** A line as a file says it. */
export type ReadLine = Omit<StatementLine, 'fingerprint'> & {
  /** What the bank calls it; empty where the file does not say. */
  readonly bank: string
}

/** A statement as a file says it. */
export interface ReadStatement {
  readonly format: 'camt.053' | 'csv'
  /** The account's number; empty where the file does not say. */
  readonly account: string
  readonly currency: string
  readonly statement: string
  readonly opening: bigint | null
  readonly closing: bigint | null
  /** How many lines are only announced. */
  readonly pending: number
  readonly lines: readonly ReadLine[]
}

/**
 * Lines with what makes each the same in another file of the same days: all that the bank says of it, and the
 * how-manieth of such lines it is, because two transfers may be alike in everything.
 */
export function fingerprinted(lines: readonly ReadLine[]): StatementLine[] {
  const seen = new Map<string, number>()
  return lines.map(({ bank, ...line }) => {
    const same = canonicalJson([
      ...['quarterdeck/bank-line/1', bank, line.bookedOn, line.amount, line.currency],
      ...[line.name, line.iban, line.text, line.reference],
    ])
    const ordinal = seen.get(same) ?? 0
    seen.set(same, ordinal + 1)
    return { ...line, fingerprint: digestOf(`${same} ${ordinal}`) }
  })
}
