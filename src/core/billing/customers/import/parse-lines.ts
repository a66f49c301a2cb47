import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import { BillingProfile, type CustomerProblem, CustomerWords } from '#shared/contract/billing/customers.ts'
import { Alignment, Key } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { isZone } from '#shared/zones.ts'
import type { FileLine } from './read-file.ts'

export interface LineProblem {
  readonly line: number
  readonly column: string | null
  readonly value: string | null
  readonly code: CustomerProblem
  readonly reason: string
}

type Profile = z.infer<typeof BillingProfile>

/** What a file says of a customer: only what it says. */
export interface SaidCustomer {
  readonly line: number
  readonly key: string
  readonly words: Partial<Record<'name' | 'email' | 'country' | 'currency' | 'zone', string>>
  readonly profile: Partial<Profile>
  readonly subscriptions: SaidSubscription[]
}

export interface SaidSubscription {
  readonly line: number
  /** The plan's key. */
  readonly plan: string
  readonly quantity?: bigint | undefined
  readonly at: bigint
  readonly anchorAt?: bigint | undefined
  readonly billFrom?: bigint | undefined
  readonly trialDays?: number | undefined
  readonly alignment?: z.infer<typeof Alignment> | undefined
}

const NAMES = ['name', 'email', 'country', 'currency', 'zone'] as const
const PROFILE: Readonly<Record<string, keyof Profile>> = {
  legal_name: 'legalName',
  address: 'address',
  tax_id: 'taxId',
  tax_rate: 'taxRate',
  payment_days: 'paymentDays',
  purchase_order: 'purchaseOrder',
}
const OF_CUSTOMER = ['key', ...NAMES, ...Object.keys(PROFILE)]
const OF_SUBSCRIPTION = [
  'plan',
  'seats',
  'started_at',
  'anchor_at',
  'bill_from',
  'trial_days',
  'alignment',
] as const

/**
 * The customers of a file with their subscriptions. Lines of one key are one customer, who has a subscription
 * for each line that names a plan.
 * @param zone of the workspace, in which days are read of a customer whose zone is not said
 */
export function parseLines(lines: readonly FileLine[], zone: string, say: (problem: LineProblem) => void) {
  const customers = new Map<string, SaidCustomer>()
  const unknown = new Set<string>()
  for (const one of lines) {
    const at = (column: string | null, code: CustomerProblem, reason: string, words = one.words) =>
      say({ line: one.line, column, value: column ? (words.get(column) ?? null) : null, code, reason })
    if (one.fault !== undefined) {
      at(null, 'unreadable', one.fault)
      continue
    }
    const known: readonly string[] = [...OF_CUSTOMER, ...OF_SUBSCRIPTION]
    for (const column of one.words.keys())
      if (!known.includes(column) && !unknown.has(column)) {
        unknown.add(column)
        at(column, 'unknown-column', `there is no column ${column}; there are ${known.join(', ')}`)
      }
    const said = customerOf(one, at)
    if (!said) continue
    const before = customers.get(said.key)
    if (before) contradictions(before, said, at)
    const customer = before ?? said
    if (!before) customers.set(said.key, said)
    const placed = customer.words.zone && isZone(customer.words.zone) ? customer.words.zone : zone
    const listed = [...(one.words.has('plan') ? [one.words] : []), ...(one.subscriptions ?? [])]
    if (!one.words.has('plan'))
      for (const column of OF_SUBSCRIPTION)
        if (one.words.has(column)) at(column, 'invalid', 'a plan is missing')
    for (const words of listed) {
      const subscription = subscriptionOf(one.line, words, placed, (column, code, reason) =>
        at(column, code, reason, words),
      )
      if (subscription) customer.subscriptions.push(subscription)
    }
  }
  return [...customers.values()]
}

type At = (column: string | null, code: CustomerProblem, reason: string) => void

function customerOf({ line, words }: FileLine, at: At): SaidCustomer | null {
  const key = words.get('key')
  if (key === undefined) {
    at('key', 'invalid', 'a key is missing')
    return null
  }
  const parsed = Key.safeParse(key)
  if (!parsed.success) {
    at('key', 'invalid', parsed.error.issues[0]!.message)
    return null
  }
  const said: SaidCustomer = { line, key, words: {}, profile: {}, subscriptions: [] }
  for (const name of NAMES) {
    const value = words.get(name)
    if (value === undefined) continue
    const outcome = CustomerWords.shape[name].safeParse(value)
    if (!outcome.success) at(name, 'invalid', outcome.error.issues[0]!.message)
    else if (name === 'currency' && !findCurrency(value))
      at(name, 'unknown-currency', `${value} is not a currency of ISO 4217`)
    else if (name === 'zone' && !isZone(value)) at(name, 'unknown-zone', `${value} is not a time zone`)
    else said.words[name] = value
  }
  for (const [column, member] of Object.entries(PROFILE)) {
    const value = words.get(column)
    if (value === undefined) continue
    const typed = member === 'address' ? value.split('|').map(part => part.trim()) : value
    const outcome = BillingProfile.shape[member].safeParse(member === 'paymentDays' ? Number(value) : typed)
    if (outcome.success) Object.assign(said.profile, { [member]: outcome.data })
    else at(column, 'invalid', outcome.error.issues[0]!.message)
  }
  return said
}

function contradictions(first: SaidCustomer, later: SaidCustomer, at: At): void {
  const differs = (a: unknown, b: unknown) => b !== undefined && JSON.stringify(a) !== JSON.stringify(b)
  for (const name of NAMES)
    if (differs(first.words[name], later.words[name]))
      at(name, 'contradicts', `line ${first.line} says something else of this customer`)
  for (const [column, member] of Object.entries(PROFILE))
    if (differs(first.profile[member], later.profile[member]))
      at(column, 'contradicts', `line ${first.line} says something else of this customer`)
}

function subscriptionOf(
  line: number,
  words: ReadonlyMap<string, string>,
  zone: string,
  at: At,
): SaidSubscription | null {
  let fine = true
  const fail = (column: string, reason: string) => {
    fine = false
    at(column, 'invalid', reason)
    return undefined
  }
  const plan = words.get('plan')
  if (plan === undefined) fail('plan', 'a plan is missing')
  const instant = (column: string) => {
    const value = words.get(column)
    if (value === undefined) return undefined
    return instantOf(value, zone) ?? fail(column, 'a day such as 2026-01-31, or an instant with its offset')
  }
  const whole = (column: string, least: number, most: number) => {
    const value = words.get(column)
    if (value === undefined) return undefined
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    return number >= least && number <= most ? number : fail(column, `a number from ${least} to ${most}`)
  }
  const started = instant('started_at')
  if (!words.has('started_at')) fail('started_at', 'the beginning is missing')
  const seats = whole('seats', 1, 1_000_000)
  const alignment = words.get('alignment')
  const aligned = Alignment.safeParse(alignment)
  if (alignment !== undefined && !aligned.success) fail('alignment', 'calendar or anniversary')
  const [anchorAt, billFrom] = [instant('anchor_at'), instant('bill_from')]
  const trialDays = whole('trial_days', 0, 365)
  if (!fine || plan === undefined || started === undefined) return null
  return {
    ...{ line, plan, at: started, anchorAt, billFrom, trialDays },
    quantity: seats === undefined ? undefined : BigInt(seats),
    alignment: aligned.success ? aligned.data : undefined,
  }
}

/** A day begins when it does in the zone; an instant says its own offset. */
function instantOf(text: string, zone: string): bigint | null {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text))
      return BigInt(Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds)
    return BigInt(Temporal.Instant.from(text).epochMilliseconds)
  } catch {
    return null
  }
}
