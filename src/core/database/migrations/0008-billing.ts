import { blob, int, nullable, table, text } from '../table.ts'

/** What is sold and to whom: metrics, plans with versions and prices, subscriptions, and what an invoice says of its customer. */
const catalog = {
  metrics: table({
    scope: 'everyone',
    columns: {
      id: text(),
      key: text(),
      name: text(),
      unit: text(),
      /** Quantities are integers of 10^-scale of the unit. */
      scale: int(),
      aggregation: text<'count' | 'sum' | 'max' | 'latest'>(),
      excess: text<'refuse' | 'round'>(),
      /** JSON list of properties by which usage is kept apart. */
      group_by: text(),
      active: int(),
      created_at: int(),
    },
    unique: [['key']],
    search: { entity: 'metric', title: 'name', body: ['key', 'unit'] },
  }),
  plans: table({
    scope: 'everyone',
    columns: {
      id: text(),
      key: text(),
      name: text(),
      description: text(),
      active: int(),
      created_at: int(),
    },
    unique: [['key']],
    search: { entity: 'plan', title: 'name', body: ['key', 'description'] },
  }),
  /** Never edited: a change is a new version. */
  plan_versions: table({
    scope: 'everyone',
    columns: {
      id: text(),
      plan_id: text(),
      number: int(),
      interval: text<'week' | 'month' | 'quarter' | 'year'>(),
      alignment: text<'calendar' | 'anniversary'>(),
      trial_days: int(),
      /** JSON list of what the plan allows. */
      entitlements: text(),
      note: text(),
      created_at: int(),
    },
    unique: [['plan_id', 'number']],
  }),
  /** Never edited. */
  prices: table({
    scope: 'everyone',
    columns: {
      id: text(),
      plan_version_id: text(),
      position: int(),
      /** The same in every version and currency of the plan. */
      key: text(),
      name: text(),
      metric_id: nullable(text()),
      currency: text(),
      /** JSON: the charge model with its parameters. */
      charge: text(),
      /** Decimals in the currency's unit. */
      minimum: nullable(text()),
      maximum: nullable(text()),
      due: text<'advance' | 'arrears'>(),
      proration: text<'second' | 'day' | 'day-30' | 'none' | 'full'>(),
    },
    unique: [['plan_version_id', 'currency', 'key']],
  }),
  billing_profiles: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      legal_name: text(),
      /** JSON list of lines. */
      address: text(),
      tax_id: text(),
      /** A decimal fraction; null: the workspace's. */
      tax_rate: nullable(text()),
      payment_days: int(),
      purchase_order: text(),
    },
  }),
  subscriptions: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      plan_id: text(),
      currency: text(),
      interval: text<'week' | 'month' | 'quarter' | 'year'>(),
      alignment: text<'calendar' | 'anniversary'>(),
      started_at: int(),
      anchor_at: int(),
      /** What lies before was billed elsewhere. */
      bill_from: int(),
      ended_at: nullable(int()),
      created_at: int(),
    },
    indexes: [['customer_id']],
  }),
  /** Stretches of a subscription with one plan version, one after the other. */
  subscription_phases: table({
    scope: 'everyone',
    columns: {
      id: text(),
      subscription_id: text(),
      plan_version_id: text(),
      /** Seats. */
      quantity: int(),
      kind: text<'trial' | 'active' | 'paused'>(),
      starts_at: int(),
      ends_at: nullable(int()),
    },
    indexes: [['subscription_id', 'starts_at'], ['plan_version_id']],
  }),
  /** How far a customer is billed. Only the authority writes it. */
  billing_accounts: table({
    scope: 'finance',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      /** Usage and fees are billed up to here; what comes in later for an earlier instant is late. */
      closed_until: nullable(int()),
      /** The earliest instant whose billing changed since it was closed: late usage, a backdated change. */
      rerate_from: nullable(int()),
      /** Counts such changes, so that a close clears only those that it saw. */
      marks: int(),
    },
    indexes: [['closed_until']],
  }),
}

/** Usage: bulk, so that none of it travels in the feed but the receipts of its imports. */
const usage = {
  /** A customer's metric, apart by the values of its grouping keys, under a small number. */
  usage_series: table({
    key: ['number'],
    columns: {
      number: int(),
      customer_id: text(),
      metric_id: text(),
      /** JSON object of grouping keys; `{}` where the metric has none. */
      groups: text(),
    },
    unique: [['customer_id', 'metric_id', 'groups']],
  }),
  /** Never changed. Deduplicated by their id, the key. */
  usage_events: table({
    columns: {
      id: text(),
      series: int(),
      /** In units of the metric's scale. */
      quantity: int(),
      at: int(),
      /** Canonical JSON; empty for none. */
      properties: text(),
      /** The import that it came with, by number; 0 for the API. */
      batch: int(),
    },
    indexes: [['at', 'series']],
  }),
  /** Sums of a series by quarter of an hour, UTC. */
  usage_buckets: table({
    key: ['series', 'at'],
    columns: {
      series: int(),
      /** When the quarter begins. */
      at: int(),
      events: int(),
      sum: int(),
      max: int(),
      /** The quantity of its last event, by time and then by id; 0 and empty where the metric does not ask for it. */
      latest: int(),
      latest_at: int(),
      latest_id: text(),
    },
  }),
  /**
   * Roll-ups that an import stored with its events and that are not added to the buckets yet: those lie by series,
   * and events come by time, so that adding them at once would write a page for each. Whoever reads buckets adds these.
   */
  usage_pending: table({
    key: ['seq'],
    columns: {
      seq: int(),
      /** Roll-ups as bytes; `packed.ts` says how. */
      sums: blob(),
      /** How they are written: short, or long with the ids of the latest. In the row 0: how far they are added up. */
      latest_ids: text(),
    },
  }),
  usage_imports: table({
    scope: 'finance',
    columns: {
      id: text(),
      /** What events name it by. */
      number: int(),
      job_id: nullable(text()),
      file_name: text(),
      digest: nullable(text()),
      size: int(),
      format: text<'csv' | 'jsonl'>(),
      state: text<'reading' | 'stored' | 'failed'>(),
      imported_by: nullable(text()),
      imported_at: int(),
      read: int(),
      stored: int(),
      duplicates: int(),
      refused: int(),
      late: int(),
      first_at: nullable(int()),
      last_at: nullable(int()),
      /** JSON: counts of problems, sums by metric. */
      receipt: text(),
    },
    unique: [['number']],
    indexes: [['imported_at'], ['job_id']],
    search: { entity: 'usage-import', title: 'file_name', body: ['format'] },
  }),
  usage_problems: table({
    key: ['import_id', 'ordinal'],
    columns: {
      import_id: text(),
      ordinal: int(),
      code: text(),
      line: int(),
      field: nullable(text()),
      value: nullable(text()),
    },
  }),
}

/** Closing and invoicing. */
const invoicing = {
  close_runs: table({
    scope: 'finance',
    columns: {
      id: text(),
      job_id: text(),
      /** `2026-10`. */
      period: text(),
      dry_run: int(),
      state: text<'running' | 'done' | 'failed'>(),
      requested_by: nullable(text()),
      started_at: int(),
      finished_at: nullable(int()),
      /** JSON; null until it is done. */
      report: nullable(text()),
    },
    indexes: [['period', 'started_at'], ['job_id']],
  }),
  invoices: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      /** The customer's name, plan names and the number: what search finds it by. */
      title: text(),
      plan: text(),
      /** The close that made it. */
      run_id: text(),
      period: text(),
      period_from: int(),
      period_to: int(),
      zone: text(),
      currency: text(),
      state: text<'draft' | 'held' | 'approved' | 'issued' | 'paid' | 'uncollectible' | 'void'>(),
      kind: text<'invoice' | 'credit-note'>(),
      number: nullable(text()),
      net: int(),
      tax: int(),
      total: int(),
      lines: int(),
      /** The customer's invoice before it, in the same currency. */
      previous_id: nullable(text()),
      previous_total: nullable(int()),
      /** JSON list, and how much they weigh: doubtful ones come first. */
      doubts: text(),
      doubt_weight: int(),
      digest: text(),
      assignee: nullable(text()),
      note: nullable(text()),
      approved_by: nullable(text()),
      approved_at: nullable(int()),
      issued_at: nullable(int()),
      due_at: nullable(int()),
      /** JSON of what the document says of customer and workspace, fixed at issue. */
      parties: nullable(text()),
      document_id: nullable(text()),
      document_digest: nullable(text()),
      /** The effect that makes the document, from the issue on. */
      effect_id: nullable(text()),
      /** When somebody last decided something about it: what changes afterwards was not seen. */
      reviewed_at: nullable(int()),
      created_at: int(),
    },
    unique: [['number']],
    indexes: [['period', 'state'], ['customer_id', 'period'], ['state', 'period'], ['run_id']],
    search: { entity: 'invoice', title: 'title', body: ['note'] },
  }),
  /** What later invoices of the customer are compared with, apart from what lists read. None of void ones. */
  invoice_summaries: table({
    scope: 'finance',
    key: ['customer_id', 'currency', 'period', 'invoice_id'],
    columns: {
      customer_id: text(),
      currency: text(),
      period: text(),
      invoice_id: text(),
      plan: text(),
      total: int(),
      /** JSON: by price key what was billed. */
      summary: text(),
    },
  }),
  /**
   * What happened to an invoice, one row for each command or close. The command log says it too, but cannot be
   * asked by invoice, and is not on a connected desk.
   */
  invoice_history: table({
    scope: 'finance',
    key: ['invoice_id', 'command_id'],
    columns: {
      invoice_id: text(),
      /** The command, or the close that made it or added to it. */
      command_id: text(),
      /** From 1, in the order in which it happened. */
      number: int(),
      command: text(),
      by: nullable(text()),
      at: int(),
      note: nullable(text()),
    },
  }),
  /** What is billed; append-only from the issue on. One item is billed once: its corrections have further ordinals. */
  invoice_lines: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      position: int(),
      kind: text<'fee' | 'usage' | 'adjustment' | 'credit'>(),
      /** Subscription, price and service: the thing that is billed. */
      item: text(),
      ordinal: int(),
      subscription_id: text(),
      price_id: text(),
      price_key: text(),
      name: text(),
      metric_id: nullable(text()),
      service_from: int(),
      service_to: int(),
      /** In units of the metric's scale, seats for a fee. */
      quantity: int(),
      scale: int(),
      unit: text(),
      /** Before rounding: a decimal or a fraction. */
      exact: text(),
      amount: int(),
      tax_rate: text(),
      tax: int(),
      /** JSON list of rating steps. */
      steps: text(),
    },
    unique: [['item', 'ordinal']],
    // The lines of an invoice stand side by side by their ids, which are the invoice's with their position.
    indexes: [['subscription_id', 'service_to']],
  }),
  /** The next number of each series of documents. Counted in the transaction that gives the number. */
  number_series: table({
    scope: 'finance',
    key: ['series'],
    columns: { series: text(), next: int() },
  }),
}

export const tables = { ...catalog, ...usage, ...invoicing }
