import type { Tx } from '#core/database/store.ts'
import { checkPrice } from '#engines/billing/check-price.ts'
import { checkContract } from '#engines/billing/contracts/check-contract.ts'
import { endOfContract } from '#engines/billing/contracts/contract-term.ts'
import { termsIn } from '#engines/billing/contracts/ramp.ts'
import type { BelowFloor } from '#engines/billing/price-floor.ts'
import type { Price } from '#shared/contract/billing/catalog.ts'
import type { ContractProblem, StoredContract } from '#shared/contract/billing/contracts.ts'
import { refuse } from '#shared/errors.ts'
import { priceOf } from '../catalog/plan-rows.ts'
import { floorOf, knownMetrics, listPrice, withTerms } from '../overrides/set-override.ts'
import { storedContract } from './contract-rows.ts'

/**
 * Refuses a contract that makes no sense by itself, by what it names, or beside another one.
 * @throws Refusal `BILLING_CONTRACT_INVALID`, `BILLING_CONTRACT_NUMBER_TAKEN`, `BILLING_CONTRACT_OVERLAP`
 */
export async function refuseNonsense(tx: Tx, id: string, contract: StoredContract): Promise<void> {
  const fault = checkContract(contract)
  if (fault) invalid(fault.path, fault.reason)
  await refuseUnknown(tx, contract)
  const taken = await tx.db
    .selectFrom('contracts')
    .select('id')
    .where('number', '=', contract.number)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) throw refuse('BILLING_CONTRACT_NUMBER_TAKEN', { number: contract.number })
  if (contract.state === 'active') await refuseOverlap(tx, id, contract)
}

async function refuseUnknown(tx: Tx, { customerId, subscriptionId, currency, terms }: StoredContract) {
  if (subscriptionId !== null) {
    const own = await tx.db
      .selectFrom('subscriptions')
      .select(['customer_id', 'currency'])
      .where('id', '=', subscriptionId)
      .executeTakeFirst()
    if (own?.customer_id !== customerId || own.currency !== currency)
      invalid('subscriptionId', 'subscription')
  }
  const parts = [...terms.volume, ...terms.commitments]
  const unknown = async (table: 'plans' | 'metrics', ids: readonly string[]) =>
    ids.length > 0 &&
    (await tx.db.selectFrom(table).select('id').where('id', 'in', ids).execute()).length !== new Set(ids).size
  const plans = parts.flatMap(one => one.planIds ?? [])
  if (await unknown('plans', plans)) invalid('terms', 'plan')
  const used = parts.flatMap(one => one.metricIds ?? [])
  if (await unknown('metrics', used)) invalid('terms', 'metric')
  const metrics = await knownMetrics(tx)
  for (const [at, phase] of terms.phases.entries())
    for (const [place, one] of phase.prices.entries()) {
      const path = `terms.phases.${at}.prices.${place}`
      const list = await listPrice(tx, { ...one, currency })
      if (!list) return invalid(path, 'price-unknown')
      const problems = checkPrice(withTerms(list, one.terms), metrics)
      const asFee = one.terms.charge && (one.terms.charge.model === 'flat') !== (list.charge.model === 'flat')
      if (asFee || problems.some(problem => problem.reason !== 'metric-inactive'))
        invalid(path, 'price-invalid')
    }
}

async function refuseOverlap(tx: Tx, id: string, wanted: StoredContract): Promise<void> {
  const rows = await tx.db
    .selectFrom('contracts')
    .selectAll()
    .where('customer_id', '=', wanted.customerId)
    .where('currency', '=', wanted.currency)
    .where('state', '=', 'active')
    .where('id', '!=', id)
    .execute()
  const before = (at: bigint, end: bigint | null) => end === null || at < end
  const other = rows
    .map(storedContract)
    .find(
      one =>
        (one.subscriptionId === null ||
          wanted.subscriptionId === null ||
          one.subscriptionId === wanted.subscriptionId) &&
        before(one.from, endOfContract(wanted)) &&
        before(wanted.from, endOfContract(one)),
    )
  if (other) throw refuse('BILLING_CONTRACT_OVERLAP', { number: other.number })
}

/** A price that a phase brings below its floor. */
export interface PriceBelow {
  readonly phase: string
  readonly list: Price
  readonly below: BelowFloor
}

/**
 * The first price that a contract brings below its floor: one that a phase names, or one of the plans that the customer
 * is subscribed to where a phase takes something off all of them. Null where there is none.
 */
export async function firstBelowFloor(tx: Tx, contract: StoredContract): Promise<PriceBelow | null> {
  const { terms, currency } = contract
  const named = terms.phases.flatMap(phase => phase.prices.map(one => one.planId))
  const planIds = [...new Set([...named, ...(await subscribedPlans(tx, contract))])]
  for (const planId of planIds) {
    for (const list of await newestPrices(tx, planId, currency)) {
      if (list.floorPercent === undefined) continue
      for (const phase of terms.phases) {
        const own = termsIn(phase, { planId, priceKey: list.key })
        const below = own === null ? null : floorOf(list, own)
        if (below !== null) return { phase: phase.name, list, below }
      }
    }
  }
  return null
}

async function subscribedPlans(tx: Tx, { customerId, subscriptionId }: StoredContract): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('subscriptions')
    .select(['id', 'plan_id'])
    .where('customer_id', '=', customerId)
    .orderBy('id')
    .execute()
  return rows.filter(row => subscriptionId === null || row.id === subscriptionId).map(row => row.plan_id)
}

async function newestPrices(tx: Tx, planId: string, currency: string): Promise<Price[]> {
  const rows = await tx.db
    .selectFrom('prices as price')
    .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
    .selectAll('price')
    .select('version.number')
    .where('version.plan_id', '=', planId)
    .where('price.currency', '=', currency)
    .orderBy('version.number', 'desc')
    .orderBy('price.position')
    .execute()
  return rows.filter(row => row.number === rows[0]!.number).map(priceOf)
}

function invalid(path: string, reason: ContractProblem): never {
  throw refuse('BILLING_CONTRACT_INVALID', { path, reason })
}
