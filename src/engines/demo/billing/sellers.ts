import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import type { DemoCustomer } from '../customers.ts'
import { isoDay } from '../days.ts'
import { randomOf } from '../random.ts'
import type { BillingSpan } from './span.ts'
import { US_STATES } from './tax-rules.ts'

/** A company of the demo that bills. All of it is made up, numbers and accounts too. */
export interface DemoSeller {
  readonly key: 'us' | 'eu'
  readonly name: string
  readonly address: readonly string[]
  readonly country: string
  readonly taxId: string
  /** Other countries whose tax it collects. */
  readonly registrations: readonly { readonly country: string; readonly number: string }[]
  readonly bankName: string
  readonly iban: string
  readonly bic: string
  readonly currency: string
  readonly invoicePrefix: string
  readonly creditNotePrefix: string
}

/** The first one bills whom no other does, and goes on with the numbers that there were. */
export const SELLERS: readonly DemoSeller[] = [
  {
    ...{ key: 'us', name: 'Fathomline, Inc.', country: 'US', taxId: 'US 00-0000000', currency: 'USD' },
    address: ['1 Sounding Way, Suite 400', 'Portland, ME 04101'],
    registrations: [{ country: 'JP', number: 'T9000471000000' }],
    ...{ bankName: 'First Harbor Bank', iban: '', bic: '' },
    ...{ invoicePrefix: 'INV', creditNotePrefix: 'CN' },
  },
  {
    ...{ key: 'eu', name: 'Fathomline Europe GmbH', country: 'DE', currency: 'EUR' },
    address: ['Lotsenstieg 4', '20459 Hamburg'],
    taxId: 'DE900047106',
    registrations: [{ country: 'GB', number: 'GB900471114' }],
    ...{ bankName: 'Hafenbank', iban: demoIban('DE', '200000000004711001'), bic: 'HAFBDEHHXXX' },
    ...{ invoicePrefix: 'EU', creditNotePrefix: 'EUCN' },
  },
]

/** What collects direct debits for the European company: its creditor identifier. */
export const CREDITOR_ID = checked('DE', '00ZZZ09999999999', id => id.slice(5))

/** An account number of a country with its check digits, for digits that no bank has. */
export function demoIban(country: string, account: string): string {
  return checked(country, `00${account}`, id => id.slice(2))
}

/** Fills in the two check digits of ISO 7064, MOD 97-10, which an account and a creditor identifier have alike. */
function checked(country: string, rest: string, counted: (rest: string) => string): string {
  const digits = [...`${counted(rest)}${country}00`].map(sign => Number.parseInt(sign, 36)).join('')
  const check = 98n - (BigInt(digits) % 97n)
  return `${country}${String(check).padStart(2, '0')}${rest.slice(2)}`
}

/** Countries whose customers the European company bills. */
const EUROPE: ReadonlySet<string> = new Set(['DE', 'FR', 'NL', 'ES', 'IT', 'SE', 'PL', 'GR', 'GB', 'UA'])

/** So many customers in Germany pay by direct debit. */
const DEBTORS = 8

/** Keys of the customers who pay by direct debit: those that pay something, stay, and have been there longest. */
export function debtorsOf(customers: readonly DemoCustomer[]): readonly string[] {
  return customers
    .filter(({ country, tier, churnDay }) => country === 'DE' && tier !== 'free' && churnDay === null)
    .slice(0, DEBTORS)
    .map(one => one.key)
}

/** What decides about the tax of a customer, besides its country and its tax number. */
export interface DemoTaxFacts {
  readonly seller: DemoSeller['key']
  /** Of the United States: where it is. */
  readonly region: string
  /** What was found out of its VAT number, and on which day; null where nobody asked. */
  readonly check: { readonly state: 'valid' | 'invalid'; readonly on: string } | null
  readonly certificate: DemoCertificate | null
}

export interface DemoCertificate {
  readonly number: string
  readonly reason: string
  readonly validFrom: string
}

/** Of the numbers that are asked for, so many of a thousand are of nobody, and so many are not asked for yet. */
const INVALID = 30
const UNASKED = 50

/** Who bills each customer and what is known of it for tax, by its key. */
export function taxFactsOf(
  seed: string,
  customers: readonly DemoCustomer[],
  profiles: ReadonlyMap<string, { readonly taxId: string }>,
  span: Pick<BillingSpan, 'start'>,
): ReadonlyMap<string, DemoTaxFacts> {
  let exempt = false
  return new Map(
    customers.map(one => {
      const random = randomOf(`${seed}/billing/tax/${one.key}`)
      const { country, signupDay } = one
      const region = country === 'US' ? regionOf(seed, one.key) : ''
      // One of them resells what it buys.
      const certificate = !exempt && region === 'NY' ? resale(span) : null
      exempt ||= certificate !== null
      const chance = random.below(1000)
      const state = chance < INVALID ? ('invalid' as const) : ('valid' as const)
      const number = readVatNumber(profiles.get(one.key)!.taxId, country)
      const asked = EUROPE.has(country) && country !== 'GB' && number.ok && chance < 1000 - UNASKED
      const facts: DemoTaxFacts = {
        ...{ seller: EUROPE.has(country) ? 'eu' : 'us', region, certificate },
        check: asked ? { state, on: isoDay(Math.max(signupDay, span.start)) } : null,
      }
      return [one.key, facts]
    }),
  )
}

/** The state that a customer of the United States is in. */
export function regionOf(seed: string, key: string): string {
  return randomOf(`${seed}/billing/region/${key}`).pick(US_STATES).region
}

function resale({ start }: Pick<BillingSpan, 'start'>): DemoCertificate {
  const validFrom = `${isoDay(start).slice(0, 4)}-01-01`
  return { number: 'ST-120-004711', reason: 'Bought for resale', validFrom }
}
