/** What a provider tells: see `ProviderOutcome` of the contract. */
export type ToldState = 'pending' | 'needs-action' | 'succeeded' | 'failed' | 'returned'

/**
 * What follows for a payment from what its provider tells. Providers tell things twice and in another order than
 * they happened, so each is judged by where the payment stands: a failure that is told after the success is one of
 * an earlier try, and only `returned` takes money back that came.
 * - `note`: it is under way, and nothing more;
 * - `settle`, `fail`, `take-back`: as the words say;
 * - `nothing`: it is known already, or overtaken.
 */
export function paymentDeed(
  state: 'pending' | 'succeeded' | 'failed' | 'reversed',
  told: ToldState,
): 'note' | 'settle' | 'fail' | 'take-back' | 'nothing' {
  if (state === 'pending')
    return told === 'succeeded' ? 'settle' : told === 'failed' || told === 'returned' ? 'fail' : 'note'
  if (state === 'failed') return told === 'succeeded' ? 'settle' : 'nothing'
  if (state === 'succeeded') return told === 'returned' ? 'take-back' : 'nothing'
  return 'nothing'
}
