import type { MeasuredEvents } from '#shared/contract/billing/close-facts.ts'
import {
  add,
  divide,
  type Exact,
  exactOf,
  exactText,
  isZero,
  multiply,
  scaled,
  subtract,
  ZERO,
} from '../exact.ts'
import {
  aboveFree,
  type ChargeOf,
  type EventFacts,
  PLAIN_PART,
  type Priced,
  type PricePart,
} from './priced.ts'

type Measured = Extract<MeasuredEvents, { model: 'percentage' }>

/**
 * A part of an amount and a fee for each event:
 * `amount × percent + events × fixed + what cheap events were raised by − what dear ones were lowered by`.
 * Where the price has neither free events nor limits for each event, the sum and the number of events decide;
 * otherwise each event stands for itself (`measured.ts`).
 */
export function pricePercentage(
  charge: ChargeOf<'percentage'>,
  quantity: Exact,
  { events, measured }: EventFacts,
): Priced {
  const { percent, fixed } = charge
  const all = measured?.model === 'percentage' ? measured : fromSums(charge, quantity, events)
  const base = exactOf(all.amount)
  const share = divide(multiply(base, exactOf(percent)), HUNDRED)
  const parts: PricePart[] = [{ ...PLAIN_PART, quantity: all.amount, percent, amount: exactText(share) }]
  const terms = [`${all.amount} × ${percent}%`]
  let exact = share
  if (!isZero(exactOf(fixed)) && all.charged > 0) {
    const fees = multiply(scaled(BigInt(all.charged)), exactOf(fixed))
    exact = add(exact, fees)
    terms.push(`+ ${all.charged} × ${fixed}`)
    parts.push({
      ...PLAIN_PART,
      ...{ quantity: String(all.charged), unit: fixed, events: 'fixed', amount: exactText(fees) },
    })
  }
  for (const limited of ['raised', 'lowered'] as const) {
    const { events: count, by } = all[limited]
    if (count === 0) continue
    const change = limited === 'raised' ? exactOf(by) : subtract(ZERO, exactOf(by))
    exact = add(exact, change)
    terms.push(`${limited === 'raised' ? '+' : '−'} ${by}`)
    parts.push({ ...PLAIN_PART, quantity: String(count), events: limited, amount: exactText(change) })
  }
  return { exact, formula: terms.join(' '), parts }
}

const HUNDRED = scaled(100n)

/** What is charged as sums say it; a quantity of which nobody counted the events is one. */
function fromSums(charge: ChargeOf<'percentage'>, quantity: Exact, events: number | null): Measured {
  const nothing = { events: 0, by: '0' }
  return {
    model: 'percentage',
    charged: events ?? (isZero(quantity) ? 0 : 1),
    amount: exactText(aboveFree(quantity, charge.freeAmount ?? '0')),
    ...{ raised: nothing, lowered: nothing },
  }
}
