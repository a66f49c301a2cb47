import { type Exact, exactOf, exactText } from '../exact.ts'
import { aboveFree, type ChargeOf, type EventFacts, PLAIN_PART, type Priced } from './priced.ts'

/** What the events say themselves that they cost, above the free amount. Without events there is nothing to add up. */
export function priceDynamic(
  { free = '0' }: ChargeOf<'dynamic'>,
  quantity: Exact,
  { measured }: EventFacts,
): Priced {
  const own = measured?.model === 'dynamic' ? measured.amount : '0'
  const exact = aboveFree(exactOf(own), free)
  const amount = exactText(exact)
  const part = { ...PLAIN_PART, quantity: exactText(quantity), events: 'own' as const, amount }
  return { exact, formula: free === '0' ? own : `max(0, ${own} − ${free})`, parts: [part] }
}
