import type { ContractTerms } from '#shared/contract/billing/contract-facts.ts'
import type { DemoCompany } from '../company.ts'
import type { DemoCustomer } from '../customers.ts'
import { firstDay, type Month, monthPlus } from '../days.ts'
import type { DemoBilling } from './billing.ts'
import { instantAt } from './span.ts'

/** A contract of the demo's company. Instants are milliseconds since the epoch. */
export interface DemoContract {
  /** The customer's key. */
  readonly customer: string
  readonly number: string
  readonly name: string
  readonly currency: string
  readonly state: 'draft' | 'active'
  readonly from: bigint
  readonly until: bigint | null
  readonly renewMonths: number | null
  readonly noticeDays: number
  readonly paymentDays: number | null
  readonly terms: ContractTerms
  readonly notes: string
}

const NOTHING: ContractTerms = { phases: [], volume: [], commitments: [], minimum: null }
const OWN = { planIds: null, metricIds: null }
const TERM = { from: null, to: null, prorate: true, ...OWN }

/** Days as the customer has them, by months before and after the open one. */
interface Dates {
  at(months: number): bigint
  readonly year: string
}

type Agreed = (dates: Dates) => Omit<DemoContract, 'customer' | 'currency'>

/** What was agreed with an Enterprise customer of each of these currencies, the one that has been there longest first. */
const AGREED: readonly { readonly currency: string; readonly agreed: Agreed }[] = [
  {
    currency: 'USD',
    agreed: ({ at, year }) => ({
      ...{ number: `C-${year}-001`, name: 'Three years, dearer from year to year', state: 'active' },
      ...{ from: at(-10), until: at(26), renewMonths: 12, noticeDays: 90, paymentDays: 45 },
      terms: {
        ...NOTHING,
        phases: [
          { name: 'First year', from: at(-10), to: at(2), discountPercent: '20', prices: [] },
          { name: 'Second year', from: at(2), to: at(14), discountPercent: '10', prices: [] },
        ],
      },
      notes: 'The third year is at the prices of the list. Signed by both sides; the paper is with Legal.',
    }),
  },
  {
    currency: 'EUR',
    agreed: ({ at, year }) => ({
      ...{ number: `C-${year}-002`, name: 'Quarterly commitment', state: 'active' },
      ...{ from: at(-9), until: at(15), renewMonths: null, noticeDays: 0, paymentDays: 30 },
      terms: {
        ...NOTHING,
        commitments: [
          {
            ...{ key: 'platform', name: 'Platform', amount: 13_500_000n, every: 'quarter' },
            ...{ alignment: 'contract', overagePercent: '-10', ...TERM },
          },
        ],
      },
      notes: 'What a quarter falls short of is billed with its last month.',
    }),
  },
  {
    currency: 'USD',
    agreed: ({ at, year }) => ({
      ...{ number: `C-${year}-003`, name: 'Yearly commitment of usage', state: 'active' },
      ...{ from: at(-6), until: at(6), renewMonths: 12, noticeDays: 60, paymentDays: null },
      terms: {
        ...NOTHING,
        commitments: [
          {
            ...{ key: 'year', name: 'All services', amount: 15_000_000n, every: 'year' },
            ...{ alignment: 'contract', overagePercent: '-15', ...TERM },
          },
        ],
      },
      notes: '',
    }),
  },
  {
    currency: 'GBP',
    agreed: ({ at, year }) => ({
      ...{ number: `C-${year}-004`, name: 'Volume discount with a minimum', state: 'active' },
      ...{ from: at(-8), until: null, renewMonths: null, noticeDays: 0, paymentDays: 30 },
      terms: {
        ...NOTHING,
        volume: [
          {
            ...{ name: 'By spend of the month', basis: 'spend', mode: 'graduated', ...OWN },
            tiers: [
              { upTo: '2500', percent: '0' },
              { upTo: '5000', percent: '5' },
              { upTo: null, percent: '12' },
            ],
          },
        ],
        minimum: 200_000n,
      },
      notes: '',
    }),
  },
  {
    currency: 'JPY',
    agreed: ({ at, year }) => ({
      ...{ number: `C-${year}-005`, name: 'Renewal on new terms', state: 'draft' },
      ...{ from: at(2), until: at(26), renewMonths: null, noticeDays: 0, paymentDays: 60 },
      terms: {
        ...NOTHING,
        phases: [{ name: 'Both years', from: at(2), to: null, discountPercent: '12.5', prices: [] }],
        commitments: [
          {
            ...{ key: 'year', name: 'All services', amount: 6_000_000n, every: 'year' },
            ...{ alignment: 'contract', overagePercent: null, ...TERM },
          },
        ],
      },
      notes: 'Waits for the answer of their purchasing department.',
    }),
  },
]

/** Contracts with customers who are there from before the first month, stay, and have no part in the open month. */
export function demoContracts(
  { customers }: Pick<DemoCompany, 'customers'>,
  { span, subscriptions, cast }: Pick<DemoBilling, 'span' | 'subscriptions' | 'cast'>,
): DemoContract[] {
  const taken = new Set<string>()
  const fits = ({ key, tier, churnDay, signupDay }: DemoCustomer) =>
    tier === 'enterprise' &&
    churnDay === null &&
    signupDay < span.start - 45 &&
    !cast.has(key) &&
    !taken.has(key) &&
    subscriptions.get(key)!.phases.every(({ kind }) => kind !== 'paused')
  return AGREED.flatMap(({ currency, agreed }) => {
    const customer = customers.find(one => one.currency === currency && fits(one))
    if (!customer) return []
    taken.add(customer.key)
    const month = (months: number): Month => monthPlus(span.open, months)
    const at = (months: number) => instantAt(firstDay(month(months)), customer.timeZone)
    return [{ customer: customer.key, currency, ...agreed({ at, year: span.open.slice(0, 4) }) }]
  })
}
