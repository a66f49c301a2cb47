import { z } from 'zod'
import { EVERYONE } from '../permissions.ts'
import { command, Instant, query, Uuid } from './define.ts'

export const Measure = z.enum(['billed', 'effective', 'list', 'contracted', 'quantity'])
export const Grain = z.enum(['hour', 'day', 'week', 'month', 'none'])
export const NAMED_DIMENSIONS = [
  'provider',
  'service',
  'account',
  'region',
  'charge-category',
  'resource',
  'department',
  'project',
  'user',
  'customer',
] as const
/** A named dimension, a tag (`tag:team`) or any text column by its name (`column:SkuId`). */
export const Dimension = z.union([
  z.enum(NAMED_DIMENSIONS),
  z.templateLiteral(['tag:', z.string().min(1)]),
  z.templateLiteral(['column:', z.string().min(1)]),
])
export type Dimension = z.infer<typeof Dimension>

/** A half-open span of instants. */
export const Period = z.object({ from: Instant, to: Instant }).refine(({ from, to }) => from < to, {
  message: 'a period ends after it begins',
})

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/)
/** Conditions on every line, combined by and; several values of one condition are combined by or. */
export const Filter = z.union([
  z.object({
    dimension: Dimension,
    op: z.enum(['is', 'is-not', 'contains']),
    values: z.array(z.string()).min(1),
  }),
  z.object({ dimension: Dimension, op: z.enum(['is-empty', 'is-not-empty']) }),
  z.object({ measure: Measure, min: decimal.nullable(), max: decimal.nullable() }),
])
export type Filter = z.infer<typeof Filter>

/** What both the explorer and its lists of lines are confined to. */
const Slice = z.object({ period: Period, filters: z.array(Filter).max(50).default([]) })

export const ExploreInput = Slice.extend({
  measure: Measure,
  by: z.array(Dimension).max(2),
  grain: Grain,
  zone: z.string(),
  compare: z.enum(['none', 'length', 'calendar']).default('none'),
  /** Rows for each currency and unit; what is left is one more row. */
  top: z.number().int().min(1).max(10_000).default(50),
})

/** Amounts are integers of 10^-scale of the currency's or quantity's unit. */
export const ExploreRow = z.object({
  /** One per dimension, null where a line has none; null altogether in the row of the rest. */
  keys: z.array(z.string().nullable()).nullable(),
  currency: z.string().nullable(),
  unit: z.string().nullable(),
  scale: z.number().int(),
  amounts: z.array(z.bigint()),
  total: z.bigint(),
  previous: z.array(z.bigint()).nullable(),
  previousTotal: z.bigint().nullable(),
  lines: z.number().int(),
  merged: z.number().int(),
})
export type ExploreRow = z.infer<typeof ExploreRow>

export const ExploreOutput = z.object({
  buckets: z.array(z.object({ from: Instant, to: Instant })),
  previousBuckets: z.array(z.object({ from: Instant, to: Instant })).nullable(),
  rows: z.array(ExploreRow),
  /** One for each currency and unit: the sum of its rows. */
  totals: z.array(ExploreRow),
  source: z.enum(['roll-ups', 'segments']),
  /** How long the core took, in milliseconds. */
  took: z.number(),
})

/** One cost line in a list: its place in the store and the columns asked for, as text. */
export const CostLine = z.object({
  /** `batch/segment/row`: stable as long as the batch is published. */
  id: z.string(),
  values: z.record(z.string(), z.string().nullable()),
})

/** What an export wrote: the job's result. */
export const Exported = z.object({
  fileId: z.string(),
  name: z.string(),
  rows: z.number().int(),
  size: z.number().int(),
})
export type Exported = z.infer<typeof Exported>

/** On a desk: the server has content that this needs, of these billing periods, and this machine has not. */
const notHere = {
  SYNC_NOT_HERE: {
    data: z.object({ kind: z.enum(['cost.sums', 'cost.lines']), from: Instant, to: Instant }),
  },
}

export const costs = {
  /** Adds a measure up by at most two dimensions over time. */
  explore: query('finops.costs.explore', { roles: EVERYONE, heavy: true })
    .input(ExploreInput)
    .output(ExploreOutput)
    .errors({
      ...notHere,
      FINOPS_UNKNOWN_COLUMN: { data: z.object({ column: z.string() }) },
      /** The period has more hours, days, weeks or months than an answer has columns. */
      FINOPS_TOO_MANY_BUCKETS: { data: z.object({ grain: Grain, most: z.number().int() }) },
    }),

  /** The lines behind a slice, sorted and paged. */
  lines: query('finops.costs.lines', { roles: EVERYONE, heavy: true })
    .input(
      Slice.extend({
        columns: z.array(z.string()).max(40).optional(),
        sort: z
          .object({ column: z.string(), descending: z.boolean() })
          .default({ column: 'EffectiveCost', descending: true }),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(
      z.object({
        lines: z.array(CostLine),
        /** Lines in the slice altogether. */
        count: z.number().int(),
      }),
    )
    .errors({
      ...notHere,
      FINOPS_UNKNOWN_COLUMN: { data: z.object({ column: z.string() }) },
    }),

  /** The lines of a slice in the order of the store, a few thousand at a time: for exports and scripts. */
  scan: query('finops.costs.scan', { roles: EVERYONE, heavy: true })
    .input(
      Slice.extend({
        /** Every column that a line of the slice may have, where left out. */
        columns: z.array(z.string()).max(200).optional(),
        /** The `next` of the page before. */
        cursor: z.string().optional(),
      }),
    )
    .output(
      z.object({
        columns: z.array(z.object({ name: z.string(), kind: z.enum(['text', 'number', 'instant']) })),
        /** Cells as text, in the order of the columns: decimals exact, instants as ISO 8601 in UTC. */
        rows: z.array(z.array(z.string().nullable())),
        next: z.string().nullable(),
        /** Segments of the slice that are done, and how many there are. */
        done: z.number().int(),
        total: z.number().int(),
      }),
    )
    .errors({ ...notHere, FINOPS_UNKNOWN_COLUMN: { data: z.object({ column: z.string() }) } }),

  /** One line with every column that its file had, and where it came from. */
  line: query('finops.costs.line', { roles: EVERYONE, heavy: true })
    .input(z.object({ id: z.string() }))
    .output(
      z.object({
        id: z.string(),
        columns: z.array(z.object({ name: z.string(), value: z.string().nullable(), known: z.boolean() })),
        importId: Uuid,
        fileName: z.string(),
      }),
    ),

  /** What one can group and filter by: the named dimensions that occur, tag keys, text columns. */
  dimensions: query('finops.costs.dimensions', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({ dimensions: z.array(z.object({ id: Dimension, column: z.string(), used: z.boolean() })) }),
    ),

  /** The values of a dimension within a period, the largest first: suggestions for filters. */
  values: query('finops.costs.values', { roles: EVERYONE, heavy: true })
    .input(
      z.object({
        dimension: Dimension,
        period: Period.optional(),
        search: z.string().default(''),
        limit: z.number().int().min(1).max(500).default(50),
      }),
    )
    .output(
      z.object({ values: z.array(z.object({ value: z.string().nullable(), lines: z.number().int() })) }),
    )
    .errors(notHere),

  /** What is there: which providers and periods, in which currencies, from which imports. */
  freshness: query('finops.costs.freshness', { roles: EVERYONE })
    .input(z.object({}))
    .output(
      z.object({
        from: Instant.nullable(),
        to: Instant.nullable(),
        lines: z.bigint(),
        currencies: z.array(z.string()),
        sources: z.array(
          z.object({
            source: z.string(),
            account: z.string().nullable(),
            period: z.object({ from: Instant, to: Instant }),
            lines: z.bigint(),
            publishedAt: Instant,
            importId: Uuid,
          }),
        ),
      }),
    ),

  /** Writes what a page shows to a file, as a job. The file's name comes with its handle. */
  export: command('finops.costs.export', { roles: EVERYONE, local: true, files: true })
    .input(
      z.object({
        /** The handle of the place that a host made for it: chosen in a dialog, or kept for a download. */
        fileId: z.string(),
        format: z.enum(['csv', 'xlsx']),
        what: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('explore'), query: ExploreInput }),
          z.object({
            kind: z.literal('lines'),
            query: Slice,
            columns: z.array(z.string()).max(200).optional(),
          }),
        ]),
      }),
    )
    /** The job's result is `Exported`. */
    .output(z.object({ jobId: Uuid })),
}
