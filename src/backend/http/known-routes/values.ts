import { z } from 'zod'
import { Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { Asking } from '../asking.ts'
import { int64 } from '../rest/input.ts'
import { ask } from './known-route.ts'

const ISO = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

/** An instant of ISO 8601 or of JSON; what is none is left as it is. */
export function instantOf(value: unknown): unknown {
  const iso = typeof value === 'string' && value.charAt(4) === '-' ? ISO.exec(value) : null
  if (!iso) return int64(value)
  // Date.parse takes the 30th of February for the 2nd of March.
  const last = new Date(Date.UTC(Number(iso[1]), Number(iso[2]), 0)).getUTCDate()
  const at = Date.parse(iso[0])
  return Number.isNaN(at) || Number(iso[3]) > last ? value : BigInt(at)
}

/**
 * An instant as earlier systems send it: ISO 8601 with an offset, or milliseconds since the epoch as a number or
 * as digits.
 */
export const When = z.preprocess(
  instantOf,
  z.bigint('an instant such as 2026-11-21T09:00:00Z, or milliseconds since the epoch'),
)

/** A count as JSON carries it. */
export const Count = z.preprocess(int64, z.bigint())

export const Paged = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(500).optional(),
}

/** A span; the present month of UTC where nothing is said. */
export const SpanQuery = { from: When.optional(), to: When.optional() }

export function spanOf(query: { from?: bigint | undefined; to?: bigint | undefined }, now: number) {
  const day = new Date(now)
  const begin = BigInt(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1))
  const { from = begin, to = BigInt(now) } = query
  if (from >= to)
    throw refuse('WORKSPACE_BAD_INPUT', { issues: [{ path: 'to', message: 'a span ends after it begins' }] })
  return { from, to }
}

const UUID = z.uuid()

/** @throws Refusal `WORKSPACE_NOT_FOUND` for what cannot be an id */
export function idOf(text: string | undefined, entity: string): string {
  const id = UUID.safeParse(text)
  if (!id.success) throw refuse('WORKSPACE_NOT_FOUND', { entity, id: String(text).slice(0, 64) })
  return id.data
}

/** The id of a customer that is named by id or by key. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function customerOf(request: { asking: Asking }, name: string | undefined): Promise<string> {
  const id = UUID.safeParse(name)
  if (id.success) return id.data
  const key = Key.safeParse(name)
  if (key.success) {
    const { customerId } = await ask(request, contract.billing.customer.find, { key: key.data })
    if (customerId !== null) return customerId
  }
  throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: String(name).slice(0, 64) })
}

/** A plan that is named by id or by key. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function planOf(request: { asking: Asking }, name: string | undefined) {
  const { plans } = await ask(request, contract.billing.plan.list, undefined)
  const plan = plans.find(one => one.id === name || one.key === name)
  if (!plan) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'plan', id: String(name).slice(0, 64) })
  return plan
}

/** The sum of decimals, exactly. */
export function sumOf(decimals: readonly string[]): string {
  const places = Math.max(0, ...decimals.map(text => text.split('.')[1]?.length ?? 0))
  const units = decimals.reduce((sum, text) => {
    const [whole = '0', rest = ''] = text.split('.')
    return sum + BigInt(whole + rest.padEnd(places, '0'))
  }, 0n)
  if (places === 0) return units.toString()
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '')
  return units < 0n ? `-${text}` : text
}

/** Whether one decimal is less than another. */
export function isLess(one: string, other: string): boolean {
  const difference = sumOf([one, other.startsWith('-') ? other.slice(1) : `-${other}`])
  return difference.startsWith('-')
}
