import { int, nullable, table, text } from '../table.ts'
import { tables as billing } from './0008-billing.ts'

/** What roll-ups cannot hold of usage: bulk, so that none of it travels in the feed. */
const usage = {
  /**
   * The quantity from an instant on, of series whose level counts (weighted sums, metrics that carry over): of the
   * events of one instant the last by id.
   */
  usage_levels: table({
    key: ['series', 'at'],
    columns: { series: int(), at: int(), level: int(), id: text() },
  }),
  /** Values of the property that a metric counts, by quarter of an hour, each once. */
  usage_values: table({
    key: ['series', 'at', 'value'],
    columns: { series: int(), at: int(), value: text() },
  }),
}

/** What a customer may use beside its plan, and what came of watching it. */
const quotas = {
  /** What holds for one customer instead of its plan: a limit, thresholds, or both. */
  quotas: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      metric_id: text(),
      /** `plan`: the plan's limit holds, and only the thresholds are its own. */
      allowance: text<'plan' | 'limit' | 'unlimited'>(),
      /** A decimal in the metric's unit; null but for `limit`. */
      limit: nullable(text()),
      enforcement: text<'soft' | 'hard'>(),
      /** JSON list of percents; null: the workspace's. */
      thresholds: nullable(text()),
      note: text(),
      created_by: nullable(text()),
      created_at: int(),
      changed_at: int(),
    },
    unique: [['customer_id', 'metric_id']],
  }),
  /** That a threshold was reached: once in each period. Only the authority writes it. */
  quota_alerts: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      metric_id: text(),
      /** The period of the allowance. */
      period_from: int(),
      period_to: int(),
      /** Percent of the limit. */
      threshold: int(),
      kind: text<'warning' | 'breach'>(),
      /** Decimals in the metric's unit, as they were when it was found. */
      limit: text(),
      used: text(),
      scan_id: text(),
      at: int(),
    },
    unique: [['customer_id', 'metric_id', 'period_from', 'threshold', 'kind']],
    indexes: [['at'], ['scan_id']],
  }),
  /**
   * How far customers are with what they may use, as the last scan found it: what a list of all of them shows. Made anew
   * by each scan on the authority, which desks ask.
   */
  quota_readings: table({
    key: ['customer_id', 'metric_id'],
    columns: {
      customer_id: text(),
      metric_id: text(),
      period_from: int(),
      period_to: int(),
      /** Decimals in the metric's unit. */
      limit: nullable(text()),
      used: text(),
      projected: nullable(text()),
      enforcement: text<'soft' | 'hard'>(),
      /** Whole percent of the limit, rounded down; null where there is no limit, or one of zero. */
      percent: nullable(int()),
      /** The highest threshold that is reached, in percent; 0 for none. */
      reached: int(),
      /** When the limit is reached, as it goes; null where it is not within the period. */
      breach_at: nullable(int()),
      at: int(),
      scan_id: text(),
    },
    indexes: [['scan_id'], ['reached']],
  }),
  quota_scans: table({
    scope: 'everyone',
    columns: {
      id: text(),
      job_id: text(),
      dry_run: int(),
      state: text<'running' | 'done' | 'failed'>(),
      requested_by: nullable(text()),
      started_at: int(),
      finished_at: nullable(int()),
      /** JSON of its counts and, of a dry run, of what it would have told; null until it is done. */
      report: nullable(text()),
    },
    indexes: [['started_at'], ['job_id']],
  }),
  /** What ops has to look after: one for each customer, metric and period that went over its limit. */
  quota_tasks: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      metric_id: text(),
      period_from: int(),
      period_to: int(),
      limit: text(),
      used: text(),
      state: text<'open' | 'acknowledged' | 'resolved'>(),
      assignee: nullable(text()),
      note: text(),
      created_at: int(),
      /** Who changed its state last, and when. */
      changed_by: nullable(text()),
      changed_at: int(),
    },
    unique: [['customer_id', 'metric_id', 'period_from']],
    indexes: [['state', 'created_at']],
  }),
}

export const tables = { ...usage, ...quotas }

const { aggregation: _, ...columns } = billing.metrics.columns

/** Metrics with what further aggregations ask for. */
export const changed = {
  metrics: table({
    scope: 'everyone',
    columns: {
      ...columns,
      aggregation: text<
        'count' | 'sum' | 'max' | 'min' | 'average' | 'latest' | 'unique-count' | 'weighted-sum'
      >(),
      /** Whose different values are counted, by `unique-count`. */
      property: nullable(text()),
      /** How a period's quantity is rounded, and to how many places; null: half-up to the scale. */
      rounding: nullable(text<'round' | 'ceil' | 'floor'>()),
      places: nullable(int()),
      /** Whether what was there when a period began counts in it. */
      carries: int(),
    },
    unique: [['key']],
    search: { entity: 'metric', title: 'name', body: ['key', 'unit'] },
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const [text, int] = kind === 'sqlite' ? ['TEXT', 'INTEGER'] : ['text COLLATE "C"', 'bigint']
  return [
    `ALTER TABLE metrics ADD COLUMN property ${text}`,
    `ALTER TABLE metrics ADD COLUMN rounding ${text}`,
    `ALTER TABLE metrics ADD COLUMN places ${int}`,
    `ALTER TABLE metrics ADD COLUMN carries ${int} NOT NULL DEFAULT 0`,
  ]
}
