import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import {
  type ChargedItem,
  type CommitmentPeriod,
  commitmentPeriods,
  countedIn,
  outcomeOf,
} from '#engines/billing/contracts/commitments.ts'
import { commitmentItem } from '#engines/billing/contracts/contract-item.ts'
import { chargedItems } from '#engines/billing/contracts/contract-lines.ts'
import type { BilledItem } from '#engines/billing/model.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Commitment, ContractFacts } from '#shared/contract/billing/contract-facts.ts'
import {
  type CommitmentProgress,
  contracts as leaf,
  type StoredContract,
} from '#shared/contract/billing/contracts.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { workspaceLeast } from '../arrangements/arrangement-rows.ts'
import { createDrafting } from '../close/drafting.ts'
import { billedLines, customersToBill, pricesOfVersions } from '../close/facts.ts'
import { usageOfRequests } from '../close/quantities.ts'
import { historyOf } from '../close/windows.ts'
import { taxWorld } from '../tax/tax-world.ts'
import { factsOf } from './contract-facts.ts'
import { type ContractRow, getContract, shownContracts } from './contract-rows.ts'

/** A contract with what it said before and how far its commitments are. */
export function showContract(environment: EnvironmentSettings) {
  return answer(leaf.get, async ({ reader, input, now }) => {
    const row = await getContract(reader, input.contractId)
    const versions = await reader.db
      .selectFrom('contract_versions')
      .selectAll()
      .where('contract_id', '=', row.id)
      .orderBy('number', 'desc')
      .execute()
    return {
      contract: (await shownContracts(reader, [row], now))[0]!,
      progress: row.state === 'draft' ? [] : await progressOf(reader, environment, row, now),
      versions: versions.map(one => ({
        ...{ number: Number(one.number), contract: fromCanonical<StoredContract>(one.content) },
        ...{ reason: one.reason, changedBy: one.changed_by, changedAt: one.changed_at },
      })),
    }
  })
}

/** Names no close: nothing of what is thought is stored. */
const NO_RUN = '00000000-0000-7000-8000-000000000000'

/** What commitments come to, up to the periods that run: what is billed, and what a close of this month would bill. */
async function progressOf(
  reader: Reader,
  environment: EnvironmentSettings,
  row: ContractRow,
  now: bigint,
): Promise<CommitmentProgress[]> {
  const contract = factsOf(row, [])
  if (contract.terms.commitments.length === 0) return []
  const { zone } = await reader.db
    .selectFrom('customers')
    .select('zone')
    .where('id', '=', row.customer_id)
    .executeTakeFirstOrThrow()
  const period = zoned(now, zone).toPlainDate().toPlainYearMonth().toString()
  const settings = await readSettings(reader, environment)
  const plans = new Map<string, string>()
  const drafting = createDrafting({
    ...{ runId: NO_RUN, period, taxRate: settings['billing.taxRate'], always: true },
    tax: await taxWorld(reader, environment),
    least: workspaceLeast(settings),
    prices: async ids => {
      const found = await pricesOfVersions(reader, ids)
      for (const version of found.versions) for (const { id } of version.prices) plans.set(id, version.planId)
      return found
    },
    quantities: async requests => ({ quantities: await usageOfRequests(reader, requests) }),
    billed: subscriptions => billedLines(reader, subscriptions),
  })
  const only = [row.customer_id]
  const { customers } = await customersToBill(reader, { after: null, limit: 1, period, only })
  const loaded = await drafting.load(customers)
  const [result] = drafting.rate(loaded)
  const history = historyOf(customers[0]!, loaded.history)
  const drafted = result!.drafts
    .filter(draft => draft.invoice.currency === contract.currency)
    .flatMap(draft => draft.lines)
  const lines = drafted.map(line => ({
    ...{ item: line.item, subscriptionId: line.subscription_id, priceId: line.price_id },
    ...{ metricId: line.metric_id, amount: line.amount, kind: line.kind },
    service: { from: line.service_from, to: line.service_to },
  }))
  const own = [...history.values()].filter(one => one.currency === contract.currency)
  const items = [
    ...chargedItems(
      own,
      lines.filter(line => line.kind !== 'one-off'),
    ).values(),
  ]
  const planOf = (priceId: string) => plans.get(priceId) ?? null
  return contract.terms.commitments.flatMap(commitment =>
    commitmentPeriods(contract, commitment, zone, now, true).map(one =>
      progressIn(contract, commitment, one, { items, history, now, planOf }),
    ),
  )
}

function progressIn(
  contract: ContractFacts,
  commitment: Commitment,
  { number, span, committed }: CommitmentPeriod,
  {
    items,
    history,
    now,
    planOf,
  }: {
    readonly items: readonly ChargedItem[]
    readonly history: ReadonlyMap<string, BilledItem>
    readonly now: bigint
    readonly planOf: (priceId: string) => string | null
  },
): CommitmentProgress {
  const counted = countedIn(items, contract, commitment, span, planOf)
  const over = span.to <= now
  const projected = over ? counted : atPace(items, contract, commitment, span, now, planOf)
  const { shortfall } = outcomeOf(commitment, committed, projected)
  const billed = history.get(commitmentItem(contract.id, commitment.key, 'true-up', number))?.amount ?? 0n
  const { key, name } = commitment
  return { key, name, ...span, committed, counted, projected, shortfall, billed, over }
}

/** What a period will come to if it goes on as it did: usage counts up to now, fees by their time. */
function atPace(
  items: readonly ChargedItem[],
  contract: ContractFacts,
  commitment: Commitment,
  span: { readonly from: bigint; readonly to: bigint },
  now: bigint,
  planOf: (priceId: string) => string | null,
): bigint {
  const elapsed = now - span.from
  if (elapsed <= 0n) return 0n
  const upToNow = items.map(one =>
    one.metricId !== null && one.service.from < now && one.service.to > now
      ? { ...one, service: { from: one.service.from, to: now } }
      : one,
  )
  const used = countedIn(upToNow, contract, commitment, { from: span.from, to: now }, planOf)
  return (used * (span.to - span.from)) / elapsed
}
