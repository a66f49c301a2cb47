/** What the page of payments is made of. */
export const PARTS = ['open', 'payments', 'refunds', 'debits', 'bank', 'accounts'] as const
export type Part = (typeof PARTS)[number]

/**
 * Which part an address shows: `?view=refunds`. What is opened says it too, so that `?refund=ID` alone leads there, and
 * `?part=` is what addresses of before say.
 */
export function partOf(params: URLSearchParams): Part {
  if (params.has('payment')) return 'payments'
  if (params.has('refund')) return 'refunds'
  if (params.has('debit')) return 'debits'
  const named = params.get('view') ?? params.get('part')
  return PARTS.find(one => one === named) ?? 'open'
}
