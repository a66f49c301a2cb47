import { firstDay } from '../days.ts'
import type { DemoBilling } from './billing.ts'
import { instantAt } from './span.ts'

/** A coupon of the demo's company, and who got it when. */
export interface DemoCoupon {
  readonly code: string
  readonly name: string
  readonly off:
    | { readonly kind: 'percent'; readonly percent: string }
    | { readonly kind: 'amount'; readonly amount: bigint; readonly currency: string }
  readonly months: number | null
  /** The key of the one metric that it is for. */
  readonly metric: string | null
  readonly archived: boolean
  readonly given: readonly { readonly customer: string; readonly from: bigint }[]
}

/** So many closed months, the newest among them, have coupons. */
const MONTHS = 3
/** Every so many of the customers got one, from the given place on. */
const CALLS = { every: 13, place: 5 }
const CASH = { every: 17, place: 3 }

/**
 * The demo's coupons: one for who signed up lately, one over an amount, one for a metric, and one that is archived and
 * that nobody has. Customers are taken in the order of their keys.
 */
export function demoCoupons({ span, subscriptions }: DemoBilling): DemoCoupon[] {
  const first = span.closed.at(-MONTHS)!
  const begin = instantAt(firstDay(first), 'UTC', 12)
  const all = [...subscriptions.values()]
    .filter(one => one.endedAt === null && one.plan !== 'free')
    .sort((a, b) => (a.customer < b.customer ? -1 : 1))
  const given = (some: typeof all) =>
    some.map(({ customer, startedAt }) => ({ customer, from: startedAt > begin ? startedAt : begin }))
  const each = ({ every, place }: { every: number; place: number }) =>
    all.filter((_, index) => index % every === place)
  return [
    {
      ...{ code: 'WELCOME-25', name: 'A quarter off the first three months', months: 3, metric: null },
      ...{ off: { kind: 'percent', percent: '25' }, archived: false },
      given: given(all.filter(one => one.startedAt >= begin)),
    },
    {
      ...{ code: 'STARTUP-50', name: 'Start-up programme', months: 6, metric: null, archived: false },
      off: { kind: 'amount', amount: 5000n, currency: 'USD' },
      given: given(each(CASH).filter(one => one.currency === 'USD')),
    },
    {
      ...{ code: 'CALLS-10', name: 'Partners: a tenth off API calls', months: null, metric: 'api-calls' },
      ...{ off: { kind: 'percent', percent: '10' }, archived: false },
      given: given(each(CALLS)),
    },
    {
      ...{ code: 'SPRING-15', name: 'Spring campaign', months: 1, metric: null, archived: true, given: [] },
      off: { kind: 'percent', percent: '15' },
    },
  ]
}
