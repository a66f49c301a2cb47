import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { Problem, StagedFile } from '../finops-imports.ts'
import type { Aggregation } from './catalog.ts'
import { DecimalText } from './values.ts'

const WRITERS = ['analyst', 'ops'] as const

/** Text that comes back as it went in: half of a surrogate pair is no character, and no database keeps it. */
const kept = (most: number) =>
  z
    .string()
    .max(most)
    .refine(text => text.isWellFormed(), 'half of a character')

/** One measured fact, as it comes in. Idempotent by its id. */
export const UsageEvent = z.object({
  id: kept(200).min(1),
  /** The customer's key or id. */
  customer: z.string().min(1).max(64),
  /** The metric's key. */
  metric: z.string().min(1).max(64),
  /** In the metric's unit; 1 where nothing is said. */
  quantity: DecimalText.default('1'),
  at: Instant,
  properties: z.record(kept(60), kept(500)).default({}),
})
export type UsageEvent = z.infer<typeof UsageEvent>

/** Why an event cannot be taken. */
export const EventProblem = z.enum([
  /** The id is known with other content, in the store or in the same delivery. */
  'conflict',
  'unknown-customer',
  'unknown-metric',
  /** More places than the metric's scale, of a metric that refuses them. */
  'scale',
  /** Larger than can be stored. */
  'range',
  /** Further ahead of the authority's clock than the workspace allows: a day, where it says nothing. */
  'future',
  /** Before the year 2000, or older than the workspace allows. */
  'too-old',
  /** Without the property whose different values the metric counts. */
  'property-missing',
  /** It would lead over a hard limit of the customer. */
  'over-limit',
])
export type EventProblem = z.infer<typeof EventProblem>

/** Events of a metric, and the exact sum of their quantities as a decimal in its unit. */
const MetricSum = z.object({ metric: z.string(), events: z.number().int(), quantity: z.string() })

export const UsageImport = z.object({
  id: Uuid,
  jobId: Uuid.nullable(),
  fileName: z.string(),
  digest: Digest.nullable(),
  size: z.bigint(),
  format: z.enum(['csv', 'jsonl']),
  state: z.enum(['reading', 'stored', 'failed']),
  importedBy: z.string().nullable(),
  importedAt: Instant,
  read: z.bigint(),
  stored: z.bigint(),
  /** Known already with the same content. */
  duplicates: z.bigint(),
  refused: z.bigint(),
  /** Of those stored: belong to a period that was closed before, and become adjustments. */
  late: z.bigint(),
  /** First and last instant of what was stored. */
  span: z.object({ from: Instant, to: Instant }).nullable(),
  problemCounts: z.array(z.object({ code: EventProblem.or(z.string()), count: z.number().int() })),
  /** By metric: events and the exact sum of their quantities, in the file's good rows and of what was stored. */
  metrics: z.array(MetricSum.extend({ storedEvents: z.number().int(), stored: z.string() })),
})
export type UsageImport = z.infer<typeof UsageImport>

const UsageGroup = z.object({
  /** Of the property; null for events without it. */
  value: z.string().nullable(),
  events: z.number().int(),
  /** In the metric's unit; null where a group alone has none. */
  quantity: z.string().nullable(),
  /** Events with a `status`, and those of them that failed. */
  judged: z.number().int(),
  failed: z.number().int(),
  /** Of events with a `latency`, in milliseconds. */
  latency: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
})

/** A hard limit of a customer in its present period, in units of the metric's scale, with what was used of it. */
export interface KnownLimit {
  readonly limit: {
    readonly customerId: string
    readonly metricId: string
    readonly metric: string
    readonly aggregation: Aggregation
    readonly scale: number
    readonly addsUp: boolean
    readonly limit: bigint
    readonly from: bigint
    readonly to: bigint
  }
  readonly used: bigint
}

export const usage = {
  /** Events by the API of the core: all of them or none. The same event again is not counted twice. */
  record: command('billing.usage.record', { roles: WRITERS, authorityOnly: true, realData: true })
    .input(z.object({ events: z.array(UsageEvent).min(1).max(1000) }))
    .output(
      z.object({
        stored: z.number().int(),
        duplicates: z.number().int(),
        late: z.number().int(),
        /** Which of them, by their places among those given; left out where none is a duplicate or late. */
        places: z
          .object({ duplicates: z.array(z.number().int()), late: z.array(z.number().int()) })
          .optional(),
      }),
    )
    .errors({
      BILLING_USAGE_REFUSED: {
        data: z.object({
          events: z.array(
            z.object({
              id: z.string(),
              problem: EventProblem,
              /** The hard limit that refuses it, what was used of it, and when it begins anew. */
              quota: z
                .object({
                  customerId: Uuid,
                  metric: z.string(),
                  limit: DecimalText,
                  used: DecimalText,
                  resetsAt: Instant,
                })
                .optional(),
            }),
          ),
        }),
      },
    }),

  /** Looks at a staged file of events: columns, first rows, customers, metrics, problems. */
  inspect: service('billing.usage.inspect', { roles: WRITERS, files: true })
    .input(z.object({ fileId: z.string() }))
    .output(
      z.object({
        file: StagedFile,
        format: z.enum(['csv', 'jsonl']),
        /** Whether the whole file was read, or only its beginning. */
        complete: z.boolean(),
        rows: z.number().int(),
        customers: z.number().int(),
        metrics: z.array(MetricSum),
        span: z.object({ from: Instant, to: Instant }).nullable(),
        first: z.array(z.record(z.string(), z.string())),
        problems: z.array(Problem),
        problemCount: z.number().int(),
      }),
    )
    .errors({
      BILLING_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      BILLING_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
    }),
  /** Brings a file of events in, as a job. Its result is a UsageImport's id; what was refused is on its receipt. */
  import: command('billing.usage.import', {
    roles: WRITERS,
    authorityOnly: true,
    realData: true,
    files: true,
  })
    .input(
      z.object({
        fileId: z.string(),
        fileName: z.string().min(1).max(255),
        /** `all-or-nothing`: one refused row and nothing comes in. */
        mode: z.enum(['all-or-nothing', 'good-rows']),
        /** Somebody saw that it goes into a demo workspace, among made-up customers, and wants that. */
        intoDemo: z.boolean().default(false),
      }),
    )
    .output(z.object({ jobId: Uuid }))
    .errors({
      BILLING_INTO_DEMO: { data: z.object({ name: z.string() }) },
      BILLING_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      BILLING_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
      BILLING_ROWS_REFUSED: { data: z.object({ importId: Uuid, refused: z.number().int() }) },
      /** The file changed while it was read, or since a crash interrupted the import. */
      BILLING_FILE_CHANGED: { data: z.object({}) },
    }),
  imports: {
    list: query('billing.usage.imports.list', { roles: EVERYONE })
      .input(
        z.object({
          offset: z.number().int().min(0).default(0),
          limit: z.number().int().min(1).max(500).default(100),
        }),
      )
      .output(z.object({ imports: z.array(UsageImport) })),
    get: query('billing.usage.imports.get', { roles: EVERYONE })
      .input(z.object({ importId: Uuid }))
      .output(UsageImport),
    problems: query('billing.usage.imports.problems', { roles: EVERYONE })
      .input(
        z.object({
          importId: Uuid,
          offset: z.number().int().min(0).default(0),
          limit: z.number().int().min(1).max(5000).default(500),
        }),
      )
      .output(z.object({ problems: z.array(Problem), count: z.number().int() })),
  },

  /** Hard limits of those of these customers that have any, with what was used: asked by an import. */
  limits: query('billing.usage.limits', { roles: [], internal: true })
    .input(z.object({ customerIds: z.array(Uuid).max(10_000) }))
    .output(z.object({ limits: z.array(z.custom<KnownLimit>()) })),

  /** Usage of a metric by a property of its events, with error rate and latency where events have them. */
  analytics: query('billing.usage.analytics', { roles: EVERYONE, heavy: true, remote: true })
    .input(
      z.object({
        metricId: Uuid,
        /** Absent: of all customers. */
        customerId: Uuid.optional(),
        from: Instant,
        to: Instant,
        /**
         * The property: `user`, `team`, `resource`, `department`, `project`, `status`, or any other. Absent: the
         * first of these that events of the span have, or else the first that they have.
         */
        by: kept(60).min(1).optional(),
      }),
    )
    .output(
      z.object({
        /** The property of the groups; null where none was asked for and no event has any. */
        by: z.string().nullable(),
        groups: z.array(UsageGroup),
        /** How many there are; the thousand largest are listed. */
        groupCount: z.number().int(),
        total: UsageGroup,
        /** All properties that events of the span have. */
        properties: z.array(z.string()),
        /** False where there are more events than one question reads. */
        complete: z.boolean(),
      }),
    ),

  /** What a customer used of each metric in a span, as its metrics add up. */
  totals: query('billing.usage.totals', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid, from: Instant, to: Instant }))
    .output(
      z.object({
        totals: z.array(z.object({ metricId: Uuid, quantity: DecimalText, events: z.number().int() })),
      }),
    ),

  /** Usage of a customer by day or quarter of an hour, from roll-ups. Quantities in the metric's unit. */
  series: query('billing.usage.series', { roles: EVERYONE })
    .input(
      z.object({
        customerId: Uuid,
        metricId: Uuid.optional(),
        from: Instant,
        to: Instant,
        grain: z.enum(['quarter-hour', 'day']).default('day'),
      }),
    )
    .output(
      z.object({
        points: z.array(
          z.object({ metricId: Uuid, at: Instant, quantity: DecimalText, events: z.number().int() }),
        ),
      }),
    ),
  /** The events behind a quantity, in order of time, a page at a time. */
  events: query('billing.usage.events', { roles: EVERYONE })
    .input(
      z.object({
        customerId: Uuid,
        metricId: Uuid,
        from: Instant,
        to: Instant,
        /** Where the page before ended. */
        after: z.object({ at: Instant, id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(
      z.object({
        events: z.array(
          z.object({
            id: z.string(),
            at: Instant,
            quantity: DecimalText,
            properties: z.record(z.string(), z.string()),
            importId: Uuid.nullable(),
          }),
        ),
        more: z.boolean(),
      }),
    ),
}
