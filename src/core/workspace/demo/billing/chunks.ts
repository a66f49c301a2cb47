import { markCustomers } from '#core/billing/close/mark.ts'
import { usageChunks } from '#core/billing/usage/imports/chunks.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobContext, JobFacts } from '#core/jobs/job.ts'
import { keepCorrections } from '../books/corrections.ts'
import { keepDebits } from '../books/debits.ts'
import { countWaiting, keepJournal } from '../books/journal.ts'
import { keepStatement } from '../books/statements.ts'
import { keepWallets } from '../books/wallets.ts'
import { keepWaysToPay } from '../books/ways-to-pay.ts'
import { storePastDunning } from './past-dunning.ts'
import { knownCatalogue, storeMetrics, storeVersion } from './store-catalogue.ts'
import { storeContracts } from './store-contracts.ts'
import { storeCoupons } from './store-coupons.ts'
import { beginMonth, endMonth, storeMonth } from './store-month.ts'
import { storeOneOffs } from './store-one-offs.ts'
import { storeSellers } from './store-sellers.ts'
import { storeSubscriptions } from './store-subscriptions.ts'
import { numberSeries, storeUsage } from './store-usage.ts'

/** What the demo is made from. */
export interface DemoInput {
  readonly seed: string
  /** `YYYY-MM`. */
  readonly endMonth: string
  /** The last day of that month that there are data of; without it the month is over. */
  readonly lastDay?: number
}

export type DemoContext = JobContext<DemoInput>

const mark = (tx: Tx, { period, after, limit }: { period: string; after: string | null; limit: number }) =>
  markCustomers(tx, period, after, limit)

/** Who may close and approve, and customers by their keys. */
async function people(tx: Tx): Promise<{ analysts: string[]; customers: [key: string, id: string][] }> {
  const rows = await tx.db.selectFrom('people').select(['id', 'roles']).orderBy('name').execute()
  const customers = await tx.db.selectFrom('customers').select(['id', 'key']).execute()
  return {
    analysts: rows.filter(row => row.roles.includes('"analyst"')).map(row => row.id),
    customers: customers.map(({ key, id }) => [key, id]),
  }
}

/** What the writer does for the demo's billing, each in one short transaction. */
const ownChunks = {
  'billing.people': people,
  'billing.storeMetrics': storeMetrics,
  'billing.storeVersion': storeVersion,
  'billing.catalogue': knownCatalogue,
  'billing.storeSellers': storeSellers,
  'billing.storeSubscriptions': storeSubscriptions,
  'billing.storeContracts': storeContracts,
  'billing.storeCoupons': storeCoupons,
  'billing.numberSeries': numberSeries,
  'billing.storeUsage': storeUsage,
  'billing.beginMonth': beginMonth,
  'billing.mark': mark,
  'billing.storeMonth': storeMonth,
  'billing.endMonth': endMonth,
  'billing.storePastDunning': storePastDunning,
  'billing.storeOneOffs': storeOneOffs,
  'books.wallets': keepWallets,
  'books.waysToPay': keepWaysToPay,
  'books.debits': keepDebits,
  'books.corrections': keepCorrections,
  'books.statement': keepStatement,
  'books.journal': keepJournal,
  'books.waiting': countWaiting,
}
type Own = typeof ownChunks

/** Chunks of the import of usage carry this before their names: those of bills have the same names. */
export const USAGE_PREFIX = 'usage.'

export const billingChunks: Readonly<
  Record<string, (tx: Tx, data: never, job: JobFacts) => Promise<unknown>>
> = {
  ...ownChunks,
  ...Object.fromEntries(
    Object.entries(usageChunks).map(([name, chunk]) => [`${USAGE_PREFIX}${name}`, chunk]),
  ),
}

/** Submits one of the demo's own chunks, with its types. */
export function submitterOf(context: DemoContext) {
  return <K extends keyof Own>(name: K, data: DataOf<K>) =>
    context.submit(name, data) as Promise<Awaited<ReturnType<Own[K]>>>
}
type DataOf<K extends keyof Own> =
  Parameters<Own[K]> extends [unknown, infer Data, ...unknown[]] ? Data : null
export type Submit = ReturnType<typeof submitterOf>
