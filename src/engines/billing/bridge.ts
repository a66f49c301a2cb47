import type { z } from 'zod'
import type { BridgePart } from '#shared/contract/billing/invoices.ts'
import { powerOfTen, roundHalfUp } from './exact.ts'
import { totalsOf } from './invoice-totals.ts'
import type { GeneratedLine } from './model.ts'

export type Part = z.infer<typeof BridgePart>

/** A line as a bridge needs it. */
export type BridgedLine = Pick<
  GeneratedLine,
  'kind' | 'priceKey' | 'name' | 'quantity' | 'scale' | 'amount' | 'tax'
> & {
  /** What its price asks: two versions of a price that ask the same have the same text. */
  readonly terms: string
  /** It is for a part of its billing period only: among its steps is one of proration. */
  readonly prorated: boolean
}

/** All lines of one price on one invoice, without corrections. */
interface Side {
  readonly name: string
  readonly amount: bigint
  readonly quantity: bigint
  readonly scale: number
  readonly terms: ReadonlySet<string>
  readonly prorated: boolean
}

/**
 * Why the total differs from the one before, in minor units; the parts add up to the difference exactly.
 *
 * - `one-off`: corrections what is charged once and what coupons took off, by price, and prices of which one side was for a part of a period.
 * - `new`, `gone`: prices that are on one side only, after the corrections.
 * - `volume`: the change of the quantity at what a unit cost on average before, rounded half-up.
 * - `price` or `mix`: the rest. It is `price` where the price asks something else now, and `mix` where it asks
 *   the same: tiers, free units, minima.
 * - `tax`: the change of all taxes.
 *
 * Parts of zero are left out. They are in the order of the lines, now before then.
 */
export function bridgeOf(before: readonly BridgedLine[], now: readonly BridgedLine[]): Part[] {
  const parts: Part[] = []
  const add = (
    cause: Part['cause'],
    name: string | null,
    amount: bigint,
    sides: [bigint | null, bigint | null],
  ) => {
    if (amount !== 0n) parts.push({ cause, name, amount, before: sides[0], now: sides[1] })
  }

  const old = regular(before)
  const current = regular(now)
  for (const key of new Set([...current.keys(), ...old.keys()])) {
    const a = old.get(key)
    const b = current.get(key)
    const { name } = (b ?? a)!
    const amounts: [bigint | null, bigint | null] = [a?.amount ?? null, b?.amount ?? null]
    const difference = (b?.amount ?? 0n) - (a?.amount ?? 0n)
    if (a?.prorated || b?.prorated) add('one-off', name, difference, amounts)
    else if (a === undefined) add('new', name, difference, amounts)
    else if (b === undefined) add('gone', name, difference, amounts)
    else {
      const volume = volumeOf(a, b)
      const samePrice = [...b.terms].every(terms => a.terms.has(terms))
      add('volume', name, volume, amounts)
      add(samePrice ? 'mix' : 'price', name, difference - volume, amounts)
    }
  }

  const oldCorrections = corrections(before)
  const newCorrections = corrections(now)
  for (const name of new Set([...newCorrections.keys(), ...oldCorrections.keys()])) {
    const [a, b] = [oldCorrections.get(name) ?? null, newCorrections.get(name) ?? null]
    add('one-off', name, (b ?? 0n) - (a ?? 0n), [a, b])
  }

  const [oldTax, newTax] = [totalsOf(before).tax, totalsOf(now).tax]
  add('tax', null, newTax - oldTax, [oldTax, newTax])
  return parts
}

/** What the change of the quantity makes at the average price before; all of it where nothing cost anything. */
function volumeOf(a: Side, b: Side): bigint {
  const scale = Math.max(a.scale, b.scale)
  const from = a.quantity * powerOfTen(scale - a.scale)
  const to = b.quantity * powerOfTen(scale - b.scale)
  if (from === 0n) return to === 0n ? 0n : b.amount - a.amount
  const sign = from < 0n ? -1n : 1n
  return roundHalfUp({ units: sign * (to - from) * a.amount, places: 0, over: sign * from }, 0)
}

function regular(lines: readonly BridgedLine[]): Map<string, Side> {
  const sides = new Map<string, Side>()
  for (const line of lines) {
    if (isCorrection(line)) continue
    const before = sides.get(line.priceKey)
    const scale = Math.max(before?.scale ?? 0, line.scale)
    sides.set(line.priceKey, {
      name: line.name,
      amount: (before?.amount ?? 0n) + line.amount,
      quantity:
        (before === undefined ? 0n : before.quantity * powerOfTen(scale - before.scale)) +
        line.quantity * powerOfTen(scale - line.scale),
      scale,
      terms: new Set([...(before?.terms ?? []), line.terms]),
      prorated: (before?.prorated ?? false) || line.prorated,
    })
  }
  return sides
}

/** Corrections by the name of their price. */
function corrections(lines: readonly BridgedLine[]): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const line of lines)
    if (isCorrection(line)) sums.set(line.name, (sums.get(line.name) ?? 0n) + line.amount)
  return sums
}

function isCorrection({ kind }: BridgedLine): boolean {
  return kind === 'adjustment' || kind === 'credit' || kind === 'discount' || kind === 'one-off'
}
