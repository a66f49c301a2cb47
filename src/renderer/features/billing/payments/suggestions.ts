import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'

const { bank } = contract.billing
type Line = OutputOf<typeof bank.lines>['lines'][number]
type Suggestion = Line['suggestions'][number]

/** From here on a suggestion may be taken together with others. */
export const SURE = 90

/** Takes a line for what was suggested. */
export async function acceptSuggestion(
  // biome-ignore lint/suspicious/noExplicitAny: the two commands differ in what they take and give
  run: (leaf: any, input: any) => Promise<unknown>,
  line: Line,
  { kind, customerId, allocations, rowId }: Suggestion,
): Promise<void> {
  if (kind === 'payment') {
    const parts = allocations.map(({ invoiceId, amount }) => ({ invoiceId, amount }))
    await run(bank.match, { lineId: line.id, customerId, allocations: parts })
  } else await run(bank.matchOutgoing, { lineId: line.id, kind, rowId })
}
