import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { type CloseReport, type CloseRun, close as leaf } from '#shared/contract/billing/close.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { demandOpenPeriod } from '../corrections/locked.ts'
import { closeJob } from './close-job.ts'
import { monthIn } from './month.ts'

type Session = Pick<Reader | Tx, 'db'>
const dbOf = (session: Session) => session.db as Reader['db']

const selectRuns = (session: Session) =>
  dbOf(session)
    .selectFrom('close_runs as run')
    .leftJoin('jobs as job', 'job.id', 'run.job_id')
    .selectAll('run')
    .select('job.state as job_state')

/** A run as the contract shows it. One whose job was cancelled before it began did not come to an end. */
function runOf(row: Row<'close_runs'> & { job_state: Row<'jobs'>['state'] | null }): CloseRun {
  const over = row.job_state === 'cancelled' || row.job_state === 'failed'
  const state = row.state === 'running' && over ? 'failed' : row.state
  return {
    id: row.id,
    jobId: row.job_id,
    period: row.period,
    dryRun: row.dry_run !== 0n,
    state,
    requestedBy: row.requested_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    // While it is under way the report is a count of what was stored so far.
    report: state === 'done' && row.report !== null ? fromCanonical<CloseReport>(row.report) : null,
  }
}

/** The newest run of a month, of those that are a dry run or not and have a state; null for none. */
export async function newestRun(
  session: Session,
  period: string,
  wanted: { readonly dryRun?: boolean; readonly state?: CloseRun['state'] },
): Promise<CloseRun | null> {
  let query = selectRuns(session).where('run.period', '=', period)
  if (wanted.dryRun !== undefined) query = query.where('run.dry_run', '=', wanted.dryRun ? 1n : 0n)
  if (wanted.state !== undefined) query = query.where('run.state', '=', wanted.state)
  const row = await query
    .orderBy('run.started_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? runOf(row) : null
}

/** When a month is over for everybody who is billed: in the zone where it ends last. */
export async function overAt(session: Session, period: string): Promise<bigint> {
  const rows = await dbOf(session)
    .selectFrom('customers as customer')
    .innerJoin('subscriptions as subscription', 'subscription.customer_id', 'customer.id')
    .select('customer.zone')
    .distinct()
    .execute()
  const ends = rows.map(row => monthIn(period, row.zone).to)
  return ends.reduce((last, end) => (end > last ? end : last), monthIn(period, 'UTC').to)
}

/** The close that is queued or under way, where there is one. */
export async function runningClose(session: Session): Promise<{ id: string; period: string } | undefined> {
  return dbOf(session)
    .selectFrom('jobs as job')
    .innerJoin('close_runs as run', 'run.job_id', 'job.id')
    .select(['run.id', 'run.period'])
    .where('job.state', 'in', ['queued', 'running'])
    .executeTakeFirst()
}

/**
 * Starts a close. Whether the month is over is for the authority's clock to say, never for that of the device:
 * who closes a month early bills usage that is still to come.
 */
export function startClose(environment: EnvironmentSettings) {
  return handle(leaf.start, async ({ tx, input, actor, now, receivedAt, ids, enqueue }) => {
    const { period, dryRun } = input
    const over = await overAt(tx, period)
    if (receivedAt < over) throw refuse('BILLING_PERIOD_OPEN', { period, overAt: over })
    // A dry run stores nothing but its report.
    if (!dryRun) await demandOpenPeriod(tx, period)
    const running = await runningClose(tx)
    if (running) throw refuse('BILLING_CLOSE_RUNNING', { runId: running.id, period: running.period })
    const settings = await readSettings(reading(tx), environment)
    const runId = ids.next()
    const jobId = await enqueue(closeJob, { runId, period, dryRun, taxRate: settings['billing.taxRate'] })
    await tx.db
      .insertInto('close_runs')
      .values({
        ...{ id: runId, job_id: jobId, period, dry_run: dryRun ? 1n : 0n, state: 'running' },
        ...{ requested_by: byWhom(actor), started_at: now, finished_at: null, report: null },
      })
      .execute()
    return { runId, jobId }
  })
}

export const closeRuns = answer(leaf.runs, async ({ reader, input }) => {
  const rows = await selectRuns(reader)
    .orderBy('run.started_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(input.limit)
    .offset(input.offset)
    .execute()
  return { runs: rows.map(runOf) }
})

export const getClose = answer(leaf.get, async ({ reader, input }) => {
  const row = await selectRuns(reader).where('run.id', '=', input.runId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'close', id: input.runId })
  return runOf(row)
})

export const closeReadiness = answer(leaf.readiness, async ({ reader, input, now }) => {
  const { period } = input
  const month = monthIn(period, 'UTC')
  const over = await overAt(reader, period)
  const { customers } = await reader.db
    .selectFrom('customers')
    .select(eb => eb.fn.countAll<bigint>().as('customers'))
    .executeTakeFirstOrThrow()
  const { subscriptions } = await reader.db
    .selectFrom('subscriptions')
    .select(eb => eb.fn.countAll<bigint>().as('subscriptions'))
    .where('started_at', '<', over)
    .where(on => on.or([on('ended_at', 'is', null), on('ended_at', '>', month.from)]))
    .executeTakeFirstOrThrow()
  const usage = await reader.db
    .selectFrom('usage_events')
    .select(eb => [eb.fn.countAll<bigint>().as('events'), eb.fn.max('at').as('last')])
    .where('at', '>=', month.from)
    .where('at', '<', month.to)
    .executeTakeFirstOrThrow()
  const { late } = await reader.db
    .selectFrom('billing_accounts')
    .select(eb => eb.fn.countAll<bigint>().as('late'))
    .where('rerate_from', 'is not', null)
    .executeTakeFirstOrThrow()
  const drafts = await reader.db
    .selectFrom('invoices')
    .select(eb => ['state', eb.fn.countAll<bigint>().as('count')])
    .where('period', '=', period)
    .groupBy('state')
    .orderBy('state')
    .execute()
  const lastRun = await newestRun(reader, period, {})
  const { closed } = await reader.db
    .selectFrom('close_runs')
    .select(eb => eb.fn.max('finished_at').as('closed'))
    .where('period', '=', period)
    .where('dry_run', '=', 0n)
    .where('state', '=', 'done')
    .executeTakeFirstOrThrow()
  return {
    ...{ period, over: now >= over, overAt: over, customers: Number(customers) },
    subscriptions: Number(subscriptions),
    events: Number(usage.events),
    lastUsageAt: usage.last === null ? null : BigInt(usage.last),
    lateCustomers: Number(late),
    drafts: drafts.map(row => ({ state: row.state, count: Number(row.count) })),
    closedAt: closed === null ? null : BigInt(closed),
    lastRun,
  }
})
