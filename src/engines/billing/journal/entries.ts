/** What an amount is booked as. Which account of a ledger that is, is for the chart of accounts to say. */
export const ROLES = [
  'receivables',
  'revenue',
  'discounts',
  'tax',
  'bank',
  'balance',
  'bad-debt',
  'other',
] as const
export type Role = (typeof ROLES)[number]

/** One side of an entry. */
export interface Posting {
  readonly role: Role
  /** Apart within the role: the customer's key, the price's key, the tax rate, the way of a payment. */
  readonly detail: string
  readonly side: 'debit' | 'credit'
  /** Minor units, more than zero. */
  readonly amount: bigint
}

/** A line of a document, in minor units with the signs of the document. */
export interface DocumentLine {
  readonly kind: string
  /** The key of the price, or what it is otherwise called. */
  readonly key: string
  readonly amount: bigint
  readonly tax: bigint
  /** A decimal fraction. */
  readonly taxRate: string
}

/** Something that is booked. */
export type Booked =
  | {
      readonly kind: 'invoice' | 'credit-note' | 'void'
      readonly customer: string
      readonly lines: readonly DocumentLine[]
      /** Of a credit note: what went onto the customer's balance instead of the receivable. */
      readonly toBalance: bigint
    }
  | {
      readonly kind: 'payment' | 'refund'
      readonly customer: string
      readonly amount: bigint
      readonly method: string
      /** Of a refund: it is of the customer's balance. */
      readonly ofBalance?: boolean
    }
  /** Negative where it is taken back. */
  | { readonly kind: 'write-off'; readonly customer: string; readonly amount: bigint }
  | {
      readonly kind: 'balance'
      readonly customer: string
      readonly amount: bigint
      readonly debit: Role
      readonly credit: Role
    }

/**
 * The two sides of what is booked: debits equal credits whatever it is. An invoice debits the receivable and credits
 * revenue by price and tax by rate, discounts stand on the debit side; a credit note has negative lines and so the
 * sides change; a void is the invoice the other way round.
 */
export function postingsOf(booked: Booked): Posting[] {
  const { customer } = booked
  const owed = { role: 'receivables', detail: customer } as const
  switch (booked.kind) {
    case 'payment':
      return sides([{ role: 'bank', detail: booked.method }, booked.amount], [owed, booked.amount])
    case 'refund':
      return sides(
        [booked.ofBalance ? { role: 'balance', detail: customer } : owed, booked.amount],
        [{ role: 'bank', detail: booked.method }, booked.amount],
      )
    case 'write-off':
      return sides([{ role: 'bad-debt', detail: '' }, booked.amount], [owed, booked.amount])
    case 'balance':
      return sides(
        [accountOf(booked.debit, customer), booked.amount],
        [accountOf(booked.credit, customer), booked.amount],
      )
    default:
      return documentPostings(booked)
  }
}

function accountOf(role: Role, customer: string): Pick<Posting, 'role' | 'detail'> {
  return { role, detail: role === 'receivables' || role === 'balance' ? customer : '' }
}

type Signed = readonly [account: Pick<Posting, 'role' | 'detail'>, amount: bigint]

function sides([debit, amount]: Signed, [credit, same]: Signed): Posting[] {
  return merged([
    [debit, amount],
    [credit, -same],
  ])
}

function documentPostings({
  kind,
  customer,
  lines,
  toBalance,
}: Extract<Booked, { lines: unknown }>): Posting[] {
  const sign = kind === 'void' ? -1n : 1n
  const total = lines.reduce((sum, { amount, tax }) => sum + amount + tax, 0n)
  return merged([
    [{ role: 'receivables', detail: customer }, sign * (total + toBalance)],
    [{ role: 'balance', detail: customer }, -toBalance],
    ...lines.flatMap((line): Signed[] => [
      [
        line.kind === 'discount' ? { role: 'discounts', detail: '' } : { role: 'revenue', detail: line.key },
        -sign * line.amount,
      ],
      [{ role: 'tax', detail: line.taxRate }, -sign * line.tax],
    ]),
  ])
}

/** One posting for each account, debits first; what comes to nothing is left out. */
function merged(signed: readonly Signed[]): Posting[] {
  const sums = new Map<string, { readonly account: Signed[0]; sum: bigint }>()
  for (const [account, amount] of signed) {
    const key = `${account.role}/${account.detail}`
    const known = sums.get(key)
    if (known) known.sum += amount
    else sums.set(key, { account, sum: amount })
  }
  const postings = [...sums.values()]
    .filter(({ sum }) => sum !== 0n)
    .map(({ account, sum }): Posting => {
      const side = sum > 0n ? 'debit' : 'credit'
      return { role: account.role, detail: account.detail, side, amount: sum > 0n ? sum : -sum }
    })
  return [
    ...postings.filter(({ side }) => side === 'debit'),
    ...postings.filter(({ side }) => side === 'credit'),
  ]
}

/** The same the other way round: what takes an entry back. */
export function mirrored(postings: readonly Posting[]): Posting[] {
  const turned = postings.map(one => ({ ...one, side: one.side === 'debit' ? 'credit' : 'debit' }) as Posting)
  return [...turned.filter(({ side }) => side === 'debit'), ...turned.filter(({ side }) => side === 'credit')]
}

/** What a side comes to. */
export function sumOf(postings: readonly Posting[], side: Posting['side']): bigint {
  return postings.reduce((sum, one) => (one.side === side ? sum + one.amount : sum), 0n)
}

/** A debit and a credit of one amount. */
export interface Pair {
  readonly debit: Posting
  readonly credit: Posting
  readonly amount: bigint
}

/**
 * An entry as pairs, for ledgers whose rows have an account and a contra account. Debits are used up by credits in
 * their order, so that an entry with one account on a side has a pair for each on the other.
 */
export function pairsOf(postings: readonly Posting[]): Pair[] {
  const pairs: Pair[] = []
  const credits = postings
    .filter(({ side }) => side === 'credit')
    .map(credit => ({ credit, left: credit.amount }))
  for (const debit of postings.filter(({ side }) => side === 'debit')) {
    let left = debit.amount
    for (const one of credits) {
      const amount = one.left < left ? one.left : left
      if (amount === 0n) continue
      pairs.push({ debit, credit: one.credit, amount })
      one.left -= amount
      left -= amount
    }
  }
  return pairs
}
