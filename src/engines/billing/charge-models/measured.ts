import type { MeasuredEvents } from '#shared/contract/billing/close-facts.ts'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { add, compare, type Exact, exactOf, exactText, isZero, multiply, subtract, ZERO } from '../exact.ts'

/** An event as a charge sees it. */
export interface ChargedEvent {
  /** In the metric's unit. */
  readonly quantity: Exact
  readonly properties: Readonly<Record<string, string>>
}

/** Takes events in their order, by time and then by id, and says what they come to. */
export interface Measurer {
  take(event: ChargedEvent): void
  result(): MeasuredEvents
}

/** An amount that an event may carry: a decimal that is not negative. */
const AMOUNT = /^\d{1,18}(\.\d{1,12})?$/
const HUNDREDTH = exactOf('0.01')

/** Whether a charge cannot be rated from sums: which event is free, dear or cheap is not in them. */
export function needsEvents(charge: Charge): boolean {
  if (charge.model === 'dynamic') return true
  if (charge.model !== 'percentage') return false
  const { freeEvents, freeAmount, fixed, minimumPerEvent, maximumPerEvent } = charge
  if (freeEvents !== null || minimumPerEvent !== null || maximumPerEvent !== null) return true
  return freeAmount !== null && !isZero(exactOf(fixed))
}

/** Whether an event says what it costs, where the charge leaves that to events. */
export function isPriced(charge: Charge, properties: ChargedEvent['properties']): boolean {
  return charge.model !== 'dynamic' || AMOUNT.test(properties[charge.property] ?? '')
}

/** Measures events for a charge; null where it is rated from sums. */
export function measurer(charge: Charge): Measurer | null {
  if (!needsEvents(charge)) return null
  if (charge.model === 'dynamic') return dynamicEvents(charge)
  return charge.model === 'percentage' ? percentageEvents(charge) : null
}

function dynamicEvents(charge: Extract<Charge, { model: 'dynamic' }>): Measurer {
  const { property, per } = charge
  let amount = ZERO
  let unpriced = 0
  return {
    take({ quantity, properties }) {
      if (!isPriced(charge, properties)) {
        unpriced++
        return
      }
      const own = exactOf(properties[property]!)
      const sum = per === 'event' ? own : multiply(own, quantity)
      if (compare(sum, ZERO) > 0) amount = add(amount, sum)
    },
    result: () => ({ model: 'dynamic', amount: exactText(amount), unpriced }),
  }
}

/**
 * The allowance ends with its last free event or where its free amount is used up, whichever comes first; the
 * event in which the amount is used up is charged for what lies above it. What an event costs is its percentage
 * and its fixed fee, raised to the least and lowered to the most.
 */
function percentageEvents(charge: Extract<Charge, { model: 'percentage' }>): Measurer {
  const { freeEvents, percent } = charge
  const part = multiply(exactOf(percent), HUNDREDTH)
  const fixed = exactOf(charge.fixed)
  const freeAmount = charge.freeAmount === null ? null : exactOf(charge.freeAmount)
  const least = charge.minimumPerEvent === null ? null : exactOf(charge.minimumPerEvent)
  const most = charge.maximumPerEvent === null ? null : exactOf(charge.maximumPerEvent)
  const hasAllowance = freeEvents !== null || freeAmount !== null
  let seen = 0
  let given = ZERO
  let over = !hasAllowance
  let charged = 0
  let amount = ZERO
  const raised = { events: 0, by: ZERO }
  const lowered = { events: 0, by: ZERO }

  /** How much of an event is charged; null where it is free. */
  function chargedOf(value: Exact): Exact | null {
    if (over) return value
    if (freeEvents !== null && seen > freeEvents) {
      over = true
      return value
    }
    given = add(given, value)
    if (freeAmount === null || compare(given, freeAmount) <= 0) return null
    over = true
    return subtract(given, freeAmount)
  }

  return {
    take({ quantity }) {
      seen++
      const base = chargedOf(compare(quantity, ZERO) > 0 ? quantity : ZERO)
      if (base === null) return
      charged++
      amount = add(amount, base)
      const cost = add(multiply(base, part), fixed)
      const limited = least !== null && compare(cost, least) < 0 ? least : cost
      const settled = most !== null && compare(limited, most) > 0 ? most : limited
      const order = compare(settled, cost)
      if (order === 0) return
      const into = order > 0 ? raised : lowered
      into.events++
      into.by = add(into.by, order > 0 ? subtract(settled, cost) : subtract(cost, settled))
    },
    result: () => ({
      model: 'percentage',
      charged,
      amount: exactText(amount),
      raised: { events: raised.events, by: exactText(raised.by) },
      lowered: { events: lowered.events, by: exactText(lowered.by) },
    }),
  }
}
