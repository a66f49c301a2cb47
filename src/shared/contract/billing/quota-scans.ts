import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { DecimalText, Key, Span } from './values.ts'

const WRITERS = ['analyst', 'ops'] as const

/** A threshold that a customer's usage has reached. */
export const QuotaAlert = z.object({
  customerId: Uuid,
  metricId: Uuid,
  period: Span,
  /** Percent of the limit. */
  threshold: z.number().int(),
  kind: z.enum(['warning', 'breach']),
  limit: DecimalText,
  used: DecimalText,
})
export type QuotaAlert = z.infer<typeof QuotaAlert>

const ShownAlert = QuotaAlert.extend({ customer: z.string(), metric: Key, unit: z.string() })

export const ScanReport = z.object({
  customers: z.number().int(),
  /** Customers' metrics with a limit that were looked at. */
  quotas: z.number().int(),
  /** Of these: at a warning, and at a breach. */
  warnings: z.number().int(),
  breaches: z.number().int(),
  /** Thresholds that nobody was told of before, in this period. */
  fresh: z.number().int(),
  tasks: z.number().int(),
  /** Of a dry run: what it would have told, the first hundred. */
  wouldTell: z.array(ShownAlert),
})
export type ScanReport = z.infer<typeof ScanReport>

export const QuotaScan = z.object({
  id: Uuid,
  jobId: Uuid,
  dryRun: z.boolean(),
  state: z.enum(['running', 'done', 'failed']),
  requestedBy: z.string().nullable(),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
  report: ScanReport.nullable(),
})
export type QuotaScan = z.infer<typeof QuotaScan>

export const quotaScans = {
  /** Looks at the usage of all customers, and tells of what went over a threshold. */
  start: command('billing.quota.scan.start', { roles: WRITERS, authorityOnly: true })
    .input(z.object({ dryRun: z.boolean().default(false) }))
    .output(z.object({ scanId: Uuid, jobId: Uuid }))
    .errors({ BILLING_SCAN_RUNNING: { data: z.object({ scanId: Uuid }) } }),
  list: query('billing.quota.scan.list', { roles: EVERYONE })
    .input(z.object({ limit: z.number().int().min(1).max(500).default(100) }))
    .output(z.object({ scans: z.array(QuotaScan) })),
  get: query('billing.quota.scan.get', { roles: EVERYONE })
    .input(z.object({ scanId: Uuid }))
    .output(QuotaScan.extend({ alerts: z.array(ShownAlert) })),
  /** What a page of customers used of what they may: asked by the job. */
  look: query('billing.quota.scan.look', { roles: [], internal: true, heavy: true })
    .input(z.object({ after: Uuid.nullable(), limit: z.number().int() }))
    .output(z.custom<ScanPage>()),
  /** Tells of thresholds that are reached for the first time in their period, and makes tasks of breaches. */
  raise: command('billing.quota.scan.raise', { roles: [], internal: true, authorityOnly: true })
    .input(
      z.object({
        scanId: Uuid,
        alerts: z.array(QuotaAlert).max(500),
        /** Whether each is told by itself; of very many only their number is, at the end. */
        each: z.boolean(),
      }),
    )
    .output(z.object({ fresh: z.number().int(), tasks: z.number().int() })),
  /** Tells once how much a scan found that found very much. */
  summarise: command('billing.quota.scan.summarise', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ scanId: Uuid, breaches: z.number().int(), warnings: z.number().int() }))
    .output(z.object({})),
}

/** What the scan reads of a customer's metric. */
export interface ScanReading {
  readonly customerId: string
  readonly metricId: string
  readonly period: Span
  readonly limit: string | null
  readonly used: string
  readonly projected: string | null
  readonly enforcement: 'soft' | 'hard'
  readonly percent: number | null
  /** All thresholds that are reached, from the lowest. */
  readonly reached: readonly { readonly threshold: number; readonly kind: 'warning' | 'breach' }[]
  readonly breachAt: bigint | null
}

export interface ScanPage {
  readonly readings: readonly ScanReading[]
  readonly customers: number
  /** The last customer of the page; null where none follows. */
  readonly next: string | null
}

/** A breach that somebody has to look after. */
export const QuotaTask = z.object({
  id: Uuid,
  customerId: Uuid,
  customer: z.string(),
  metricId: Uuid,
  metric: Key,
  unit: z.string(),
  period: Span,
  limit: DecimalText,
  used: DecimalText,
  state: z.enum(['open', 'acknowledged', 'resolved']),
  assignee: z.object({ id: Uuid, name: z.string() }).nullable(),
  note: z.string(),
  createdAt: Instant,
  changedAt: Instant,
})
export type QuotaTask = z.infer<typeof QuotaTask>

export const quotaTasks = {
  list: query('billing.quota.task.list', { roles: EVERYONE })
    .input(
      z.object({
        states: z.array(QuotaTask.shape.state).optional(),
        customerId: Uuid.optional(),
        limit: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.object({ tasks: z.array(QuotaTask) })),
  /** Somebody has seen it, or dealt with it; or it is open again. */
  setState: command('billing.quota.task.setState', { roles: WRITERS })
    .input(
      z.object({
        taskId: Uuid,
        state: QuotaTask.shape.state,
        note: z.string().max(500).optional(),
      }),
    )
    .output(z.object({ taskId: Uuid, state: QuotaTask.shape.state })),
  assign: command('billing.quota.task.assign', { roles: WRITERS })
    .input(z.object({ taskId: Uuid, personId: Uuid.nullable() }))
    .output(z.object({ taskId: Uuid })),
}
