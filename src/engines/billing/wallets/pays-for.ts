import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import type { Grant, Part } from './grants.ts'

/** What of a line decides whether a grant is for it. */
export interface LineFacts {
  /** The plan that its price is of; null where it is of none, such as a charge of its own. */
  readonly planId: string | null
  /** What is measured; null for a fee. */
  readonly metricId: string | null
  /** The key of its price: with the plan it names the product in whatever version. */
  readonly key: string
}

/** A line that is to be paid. */
export interface PayableLine extends LineFacts {
  /** With tax, in minor units; below nothing where it gives money back. */
  readonly amount: bigint
}

/** Whether something that is limited is for a line: it names its plan, its metric or its product. */
export function isFor(paysFor: PaysFor, { planId, metricId, key }: LineFacts): boolean {
  if (metricId !== null && paysFor.metricIds.includes(metricId)) return true
  if (planId === null) return false
  return (
    paysFor.planIds.includes(planId) ||
    paysFor.products.some(product => product.planId === planId && product.key === key)
  )
}

/** Whether a grant can pay a line: each of its limits, its own and its wallet's, is for it. Without limits it can. */
export function covers({ paysFor }: Pick<Grant, 'paysFor'>, line: LineFacts): boolean {
  return paysFor.every(one => isFor(one, line))
}

/** How narrow a grant is: 0 for products alone, 1 for metrics, 2 for plans, 3 for everything. The narrower limit counts. */
export function widthOf({ paysFor }: Pick<Grant, 'paysFor'>): number {
  return Math.min(3, ...paysFor.map(one => (one.planIds.length > 0 ? 2 : one.metricIds.length > 0 ? 1 : 0)))
}

/** What a hold is for: a metric, or nothing in particular, which only grants without limits can be used for. */
export function forMetric(grants: Iterable<Grant>, metricId: string | null): Grant[] {
  return [...grants].filter(grant => covers(grant, { planId: null, metricId, key: '' }))
}

/**
 * The parts that an invoice is paid with. Each grant, in the order given, pays as much as it can of the lines that it
 * is for, and none pays less because of which of its lines an earlier one paid: that is changed where it lets a later
 * one pay more. So the sum is the most that these grants can pay, no line is paid more than it asks for, and nothing is
 * paid that a grant is not for. (Augmenting paths from grants to lines: what a grant pays in sum is never taken back.)
 *
 * Lines of the same plan, metric and product count together, so that a discount lowers what it was taken off.
 * @param grants in the order of use, each with what is left of it
 * @param most what is to be paid of the invoice at all, in minor units
 */
export function payLines(grants: readonly Grant[], lines: Iterable<PayableLine>, most: bigint): Part[] {
  const kinds = [...kindsOf(lines)].filter(({ amount }) => amount > 0n)
  const left = kinds.map(({ amount }) => amount)
  const open = grants.map(grant => kinds.map(kind => covers(grant, kind)))
  const paid = grants.map(() => kinds.map(() => 0n))
  let rest = most
  const parts: Part[] = []
  for (const [index, grant] of grants.entries()) {
    const wanted = least(grant.rest, rest)
    let amount = 0n
    while (amount < wanted) {
      const path = pathFrom(index, open, paid, left)
      if (path === null) break
      amount += follow(path, paid, left, wanted - amount)
    }
    rest -= amount
    if (amount > 0n) parts.push({ grantId: grant.id, amount })
  }
  return parts
}

/** Lines by what decides who can pay them. */
function kindsOf(lines: Iterable<PayableLine>): Iterable<PayableLine> {
  const kinds = new Map<string, PayableLine>()
  for (const line of lines) {
    const id = JSON.stringify([line.planId, line.metricId, line.key])
    kinds.set(id, { ...line, amount: line.amount + (kinds.get(id)?.amount ?? 0n) })
  }
  return kinds.values()
}

/** A grant pays a kind of lines; from the second on, instead of the grant before it, which pays something else. */
interface Step {
  readonly grant: number
  readonly kind: number
}

/** The shortest way from a grant to a kind of lines that is not paid yet; null where there is none. */
function pathFrom(
  start: number,
  open: readonly (readonly boolean[])[],
  paid: readonly (readonly bigint[])[],
  left: readonly bigint[],
): Step[] | null {
  const cameBy = new Map<number, Step>()
  const tookFrom = new Map<number, number>()
  const queue = [start]
  const seen = new Set(queue)
  for (const grant of queue) {
    for (const [kind, may] of open[grant]!.entries()) {
      if (!may || cameBy.has(kind)) continue
      cameBy.set(kind, { grant, kind })
      if (left[kind]! > 0n) return backFrom(kind, start, cameBy, tookFrom)
      for (const [other, own] of paid.entries()) {
        if (own[kind]! <= 0n || seen.has(other)) continue
        seen.add(other)
        tookFrom.set(other, kind)
        queue.push(other)
      }
    }
  }
  return null
}

function backFrom(
  kind: number,
  start: number,
  cameBy: ReadonlyMap<number, Step>,
  tookFrom: ReadonlyMap<number, number>,
): Step[] {
  const path: Step[] = []
  let step = cameBy.get(kind)!
  path.unshift(step)
  while (step.grant !== start) {
    step = cameBy.get(tookFrom.get(step.grant)!)!
    path.unshift(step)
  }
  return path
}

/** Moves along a path as much as fits. @returns how much more its first grant pays */
function follow(path: readonly Step[], paid: bigint[][], left: bigint[], wanted: bigint): bigint {
  const last = path.at(-1)!
  let amount = least(wanted, left[last.kind]!)
  for (const [index, { kind }] of path.slice(0, -1).entries())
    amount = least(amount, paid[path[index + 1]!.grant]![kind]!)
  for (const [index, { grant, kind }] of path.entries()) {
    paid[grant]![kind] = paid[grant]![kind]! + amount
    const next = path[index + 1]
    if (next) paid[next.grant]![kind] = paid[next.grant]![kind]! - amount
  }
  left[last.kind] = left[last.kind]! - amount
  return amount
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
