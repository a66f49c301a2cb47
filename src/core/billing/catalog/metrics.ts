import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { checkMetric } from '#engines/billing/check-metric.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { metrics as leaf, type Metric } from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'

export const listMetrics = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db.selectFrom('metrics').selectAll().orderBy('name').orderBy('id').execute()
  return { metrics: rows.map(metricOf) }
})

/** Adds a metric. What it measures is fixed from here on: undoing it only takes it out of use. */
export const createMetric = handle(leaf.create, async ({ tx, input, ids, now, undoWith }) => {
  const { key } = input
  const fault = checkMetric(input)
  if (fault) throw refuse('BILLING_METRIC_INVALID', { metric: key, ...fault })
  const taken = await tx.db.selectFrom('metrics').select('id').where('key', '=', key).executeTakeFirst()
  if (taken) throw refuse('BILLING_KEY_TAKEN', { key })
  const row = metricRow(ids.next(), { ...input, active: true }, now)
  await tx.db.insertInto('metrics').values(row).execute()
  undoWith(leaf.setActive, { metricId: row.id, active: false }, [
    leaves('metrics', { id: row.id }, { active: 1n }),
  ])
  return metricOf(row)
})

export const editMetric = handle(leaf.edit, async ({ input: { metricId, ...words }, tx, undoWith }) => {
  const before = await write(tx, metricId, words)
  const { name, unit } = before
  undoWith(leaf.edit, { metricId, name, unit }, [leaves('metrics', { id: metricId }, words)])
  return metricOf({ ...before, ...words })
})

/** An inactive metric takes no events; what came in stays. */
export const setMetricActive = handle(leaf.setActive, async ({ input, tx, undoWith }) => {
  const change = { active: input.active ? 1n : 0n }
  const before = await write(tx, input.metricId, change)
  undoWith(leaf.setActive, { metricId: before.id, active: before.active !== 0n }, [
    leaves('metrics', { id: before.id }, change),
  ])
  return metricOf({ ...before, ...change })
})

export const metricHandlers = {
  list: listMetrics,
  create: createMetric,
  edit: editMetric,
  setActive: setMetricActive,
}

async function write(
  tx: CommandCall<unknown>['tx'],
  id: string,
  change: Partial<Pick<Row<'metrics'>, 'name' | 'unit' | 'active'>>,
): Promise<Row<'metrics'>> {
  const before = await getMetric(tx, id)
  await tx.db.updateTable('metrics').set(change).where('id', '=', id).execute()
  return before
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getMetric(tx: Pick<Tx, 'db'>, id: string): Promise<Row<'metrics'>> {
  const row = await tx.db.selectFrom('metrics').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'metric', id })
  return row
}

/** A metric as the contract shows it. */
export function metricOf({ id, key, name, unit, aggregation, excess, ...row }: Row<'metrics'>): Metric {
  return {
    ...{ id, key, name, unit, aggregation, excess },
    scale: Number(row.scale),
    groupBy: fromCanonical<string[]>(row.group_by),
    ...measureOf(row),
    active: row.active !== 0n,
  }
}

/** How a metric's quantities are made, besides its aggregation. */
export function measureOf(
  row: Pick<Row<'metrics'>, 'property' | 'rounding' | 'places' | 'carries'>,
): Pick<Metric, 'property' | 'rounding' | 'carries'> {
  return {
    property: row.property,
    rounding: row.rounding === null ? null : { mode: row.rounding, places: Number(row.places!) },
    carries: row.carries !== 0n,
  }
}

/** The row of a metric. */
export function metricRow(id: string, metric: Omit<Metric, 'id'>, createdAt: bigint): Row<'metrics'> {
  const { key, name, unit, aggregation, excess, property, rounding } = metric
  return {
    ...{ id, key, name, unit, aggregation, excess, property },
    scale: BigInt(metric.scale),
    group_by: canonicalJson(metric.groupBy),
    rounding: rounding?.mode ?? null,
    places: rounding ? BigInt(rounding.places) : null,
    carries: metric.carries ? 1n : 0n,
    active: metric.active ? 1n : 0n,
    created_at: createdAt,
  }
}
