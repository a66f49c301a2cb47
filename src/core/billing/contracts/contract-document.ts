import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import { compare, exactOf, moneyText, roundHalfUp, scaled } from '#engines/billing/exact.ts'
import { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import type { contracts, StoredContract } from '#shared/contract/billing/contracts.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'

type Said = z.input<NonNullable<(typeof contracts.create)['~orpc']['inputSchema']>>

/** What a document calls by its key and a contract by its id. */
export interface Keyed {
  readonly id: string
  readonly key: string
}

/** The plans and metrics of a workspace. */
export interface KnownKeys {
  readonly plans: readonly Keyed[]
  readonly metrics: readonly Keyed[]
}

/** Of which plans and metrics something is, by keys or by ids. */
interface Only {
  readonly plans?: readonly string[] | null | undefined
  readonly metrics?: readonly string[] | null | undefined
  readonly planIds: string[] | null
  readonly metricIds: string[] | null
}

/**
 * What a document of a contract says, as the contract takes it.
 * @param zone the customer's, in which its days begin
 * @throws Refusal `WORKSPACE_BAD_INPUT` for an amount with more places than the currency has, and for a plan or metric
 *   that is named by key and by id, or not at all; `WORKSPACE_NOT_FOUND` for a key that there is not
 */
export function contractSaid(
  { customer: _, ...document }: ContractDocument,
  customerId: string,
  zone: string,
  known: KnownKeys,
): Said {
  const { terms, from, until } = document
  const instant = (day: string) =>
    BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
  const end = (day: string | null | undefined) => (day == null ? null : instant(day))
  const minor = (amount: string, path: string) => minorOf(amount, document.currency, path)
  const only = <T extends Only>({ plans, metrics, ...one }: T, path: string) => ({
    ...one,
    planIds: idsOf('plan', known.plans, plans, one.planIds, `${path}.plans`),
    metricIds: idsOf('metric', known.metrics, metrics, one.metricIds, `${path}.metrics`),
  })
  return {
    ...document,
    ...{ customerId, from: instant(from), until: end(until) },
    terms: {
      ...terms,
      phases: (terms.phases ?? []).map((one, index) => ({
        ...one,
        ...{ from: instant(one.from), to: end(one.to) },
        prices: (one.prices ?? []).map(({ plan, planId, ...price }, place) => {
          const path = `terms.phases.${index}.prices.${place}.plan`
          const [id] = idsOf('plan', known.plans, plan && [plan], planId ? [planId] : null, path) ?? []
          if (id === undefined) throw eitherOr(path)
          return { ...price, planId: id }
        }),
      })),
      volume: (terms.volume ?? []).map((one, index) => only(one, `terms.volume.${index}`)),
      commitments: (terms.commitments ?? []).map((one, index) => ({
        ...only(one, `terms.commitments.${index}`),
        amount: minor(one.amount, `terms.commitments.${index}.amount`),
        ...{ from: end(one.from), to: end(one.to) },
      })),
      minimum: terms.minimum == null ? null : minor(terms.minimum, 'terms.minimum'),
    },
  }
}

/** The ids of what is named by keys, or the ids that were given; null where neither is. */
function idsOf(
  entity: 'plan' | 'metric',
  known: readonly Keyed[],
  keys: readonly string[] | '' | null | undefined,
  ids: string[] | null,
  path: string,
): string[] | null {
  if (!keys) return ids
  if (ids !== null) throw eitherOr(path)
  return keys.map(key => {
    const found = known.find(one => one.key === key)
    if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity, id: key })
    return found.id
  })
}

function eitherOr(path: string) {
  return refuse('WORKSPACE_BAD_INPUT', { issues: [{ path, message: 'by key or by id, one of the two' }] })
}

/** Minor units of an amount that has no more places than its currency. */
function minorOf(amount: string, currency: string, path: string): bigint {
  const places = findCurrency(currency)?.minorDigits ?? 2
  const minor = roundHalfUp(exactOf(amount), places)
  if (compare(scaled(minor, places), exactOf(amount)) !== 0)
    throw refuse('WORKSPACE_BAD_INPUT', {
      issues: [{ path, message: `${currency} has ${places} decimal places` }],
    })
  return minor
}

/** Of a contract, what its document says. */
type Stored = Omit<StoredContract, 'customerId' | 'version' | 'reason' | 'changedBy' | 'changedAt'>

/**
 * A contract as a document that makes the same one anew: the customer, plans and metrics by their keys. What of it is no
 * day's beginning in the customer's zone is told as the day that it lies in.
 *
 * @param zone the customer's
 */
export function documentOf(
  contract: Stored,
  customer: string,
  zone: string,
  known: KnownKeys,
): ContractDocument {
  const { number, name, subscriptionId, currency, renewMonths, noticeDays, paymentDays, notes } = contract
  const { phases, volume, commitments, minimum, cycle } = contract.terms
  const places = findCurrency(currency)?.minorDigits ?? 2
  const day = (at: bigint) =>
    Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone).toPlainDate().toString()
  const end = (at: bigint | null) => (at === null ? null : day(at))
  // What is no longer known by a key keeps its id.
  const keyOf = (of: readonly Keyed[], id: string) => of.find(one => one.id === id)?.key
  const only = ({ planIds, metricIds }: Pick<Only, 'planIds' | 'metricIds'>) => ({
    ...named('plans', 'planIds', known.plans, planIds),
    ...named('metrics', 'metricIds', known.metrics, metricIds),
  })
  return ContractDocument.parse({
    ...{ customer, number, name, currency, from: day(contract.from), until: end(contract.until) },
    ...{ subscriptionId, renewMonths, noticeDays, paymentDays, notes },
    terms: {
      phases: phases.map(({ prices, ...one }) => ({
        ...one,
        ...{ from: day(one.from), to: end(one.to) },
        prices: prices.map(({ planId, ...price }) => {
          const plan = keyOf(known.plans, planId)
          return { ...(plan === undefined ? { planId } : { plan }), ...price }
        }),
      })),
      volume: volume.map(({ planIds, metricIds, ...one }) => ({ ...one, ...only({ planIds, metricIds }) })),
      commitments: commitments.map(({ planIds, metricIds, ...one }) => ({
        ...one,
        ...only({ planIds, metricIds }),
        amount: moneyText(one.amount, places),
        ...{ from: end(one.from), to: end(one.to) },
      })),
      minimum: minimum === null ? null : moneyText(minimum, places),
      cycle: cycle ?? null,
    },
  })
}

/** By keys, or by ids where one of them has none. */
function named(
  keys: 'plans' | 'metrics',
  ids: 'planIds' | 'metricIds',
  known: readonly Keyed[],
  all: readonly string[] | null,
) {
  if (all === null) return {}
  const found = all.map(id => known.find(one => one.id === id)?.key)
  return found.includes(undefined) ? { [ids]: all } : { [keys]: found }
}
