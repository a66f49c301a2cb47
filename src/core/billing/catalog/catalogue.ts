import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { checkMetric } from '#engines/billing/check-metric.ts'
import { canonicalJson } from '#shared/canonical.ts'
import {
  type Catalogue,
  plans as leaf,
  type Metric,
  type PlanVersion,
} from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'
import { billedAfterwards } from './check-version.ts'
import { metricOf, metricRow } from './metrics.ts'
import { loadVersions } from './plan-rows.ts'
import { insertVersion } from './plan-versions.ts'
import { insertPlan } from './plans.ts'
import { type Added, undoAdding } from './restore-catalogue.ts'

type MetricWords = Catalogue['metrics'][number]
type PlanWords = Catalogue['plans'][number]
type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>

/** What was added so far, to be taken back by an undo. */
interface Adding extends Added {
  readonly metrics: Row<'metrics'>[]
  readonly plans: Row<'plans'>[]
  readonly versions: PlanVersion[]
}

export interface Taken {
  readonly metrics: number
  readonly plans: number
  readonly versions: number
  readonly unchanged: number
  readonly added: Added
}

export const exportCatalogue = answer(leaf.export, async ({ reader }) => {
  const metrics = await metricsOf(reader)
  const keys = new Map(metrics.map(metric => [metric.id, metric.key]))
  const rows = await reader.db.selectFrom('plans').selectAll().orderBy('key').execute()
  const newest = new Map(
    (await loadVersions(reader, { newestOnly: true })).map(version => [version.planId, version]),
  )
  return {
    format: 'quarterdeck-catalogue-1' as const,
    metrics: metrics.map(({ id: _, ...words }) => words),
    plans: rows.flatMap(({ id, key, name, description, active }) => {
      const version = newest.get(id)
      return version
        ? [{ key, name, description, active: active !== 0n, version: versionWords(version, keys) }]
        : []
    }),
  }
})

export const importCatalogue = handle(leaf.import, async ({ input, ...call }) => {
  const { added, ...taken } = await takeCatalogue(call, input)
  undoAdding(call, added)
  return taken
})

/**
 * Brings metrics and plans in by their keys. What is the same already stays; another content of a plan becomes
 * its next version.
 */
export async function takeCatalogue(
  call: Call,
  catalogue: Pick<Catalogue, 'metrics' | 'plans'>,
): Promise<Taken> {
  const { tx } = call
  const added: Adding = { metrics: [], plans: [], versions: [] }
  for (const words of catalogue.metrics) await takeMetric(call, words, added)
  const known = await metricsOf(tx)
  const taken = { plans: 0, versions: 0, unchanged: 0 }
  for (const words of catalogue.plans) taken[await takePlan(call, words, known, added)]++
  return { metrics: added.metrics.length, ...taken, added }
}

async function takeMetric({ tx, ids, now }: Call, words: MetricWords, added: Adding): Promise<void> {
  const row = await tx.db.selectFrom('metrics').selectAll().where('key', '=', words.key).executeTakeFirst()
  if (!row) {
    const fault = checkMetric(words)
    if (fault) throw refuse('BILLING_METRIC_INVALID', { metric: words.key, ...fault })
    const made = metricRow(ids.next(), words, now)
    await tx.db.insertInto('metrics').values(made).execute()
    added.metrics.push(made)
    return
  }
  const values = metricRow(row.id, words, now)
  const fixed = [
    ...(['scale', 'aggregation', 'excess', 'group_by'] as const),
    ...(['property', 'rounding', 'places', 'carries'] as const),
  ]
  if (fixed.some(column => row[column] !== values[column]))
    throw refuse('BILLING_METRIC_DIFFERS', { metric: words.key })
}

async function takePlan(
  call: Call,
  words: PlanWords,
  metrics: readonly Metric[],
  added: Adding,
): Promise<'plans' | 'versions' | 'unchanged'> {
  const { tx, ids, now } = call
  const { key, name, description, active } = words
  const found = await tx.db.selectFrom('plans').select('id').where('key', '=', key).executeTakeFirst()
  const planId = found?.id ?? ids.next()
  if (!found) {
    const row = { id: planId, key, name, description, active: active ? 1n : 0n, created_at: now }
    await insertPlan(tx, row)
    added.plans.push(row)
  }
  const [newest] = found ? await loadVersions(tx, { planId, newestOnly: true }) : []
  const keys = new Map(metrics.map(metric => [metric.id, metric.key]))
  const wanted = { ...words.version, prices: words.version.prices.map(billedAfterwards) }
  if (newest && canonicalJson(versionWords(newest, keys)) === canonicalJson(wanted)) return 'unchanged'
  const idOf = new Map(metrics.map(metric => [metric.key, metric.id]))
  const prices = words.version.prices.map(({ metric, ...price }) => {
    if (metric === null) return { ...price, metricId: null }
    const metricId = idOf.get(metric)
    if (metricId === undefined) throw refuse('BILLING_METRIC_UNKNOWN', { metric })
    return { ...price, metricId }
  })
  added.versions.push(await insertVersion(tx, { ...words.version, planId, prices }, ids, now))
  return found ? 'versions' : 'plans'
}

/** A version by keys, as a document holds it. */
function versionWords(version: PlanVersion, keys: ReadonlyMap<string, string>): PlanWords['version'] {
  const { interval, alignment, trialDays, note, prices, entitlements } = version
  return {
    ...{ interval, alignment, trialDays, note, entitlements },
    prices: prices.map(({ id: _, metricId, ...price }) => ({
      ...price,
      metric: metricId === null ? null : keys.get(metricId)!,
    })),
  }
}

async function metricsOf(session: Pick<Reader | Tx, 'db'>): Promise<Metric[]> {
  const rows = await (session.db as Reader['db']).selectFrom('metrics').selectAll().orderBy('key').execute()
  return rows.map(metricOf)
}
