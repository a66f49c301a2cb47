import { z } from 'zod'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { scheduleKind, TryAgainAt } from '#core/workspace/schedules/schedule-kind.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { billsFor, nextBillingDay } from '#engines/billing/billing-day.ts'
import * as states from '#engines/billing/invoice-states.ts'
import { type Automation, automation as leaf } from '#shared/contract/billing/automation.ts'
import { invoices } from '#shared/contract/billing/invoices.ts'
import { payments } from '#shared/contract/billing/payments.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { closeJob } from '../close/close-job.ts'
import { monthIn } from '../close/month.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { noteInvoice } from '../invoices/history.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import { reviewedOf, settle } from '../invoices/review.ts'
import { automationFor, automationOf, automations, EVERYBODY, NO_AUTOMATION } from './automation-rows.ts'

export const getAutomation = answer(leaf.get, async ({ reader, input, now }) => {
  const { customerId = EVERYBODY } = input
  const all = await automations(reader)
  const automation = all.get(customerId) ?? all.get(EVERYBODY) ?? NO_AUTOMATION
  const zone =
    customerId === EVERYBODY
      ? (await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()).zone
      : (await getCustomer(reader, customerId)).zone
  return {
    automation,
    own: all.has(customerId),
    nextAt: automation.enabled ? nextBillingDay(automation.billingDay, now, zone) : null,
  }
})

export const setAutomation = handle(leaf.set, async ({ tx, input, actor, now, undoWith }) => {
  const { customerId, automation } = input
  if (customerId !== undefined) await getCustomer(tx, customerId)
  const id = customerId ?? EVERYBODY
  const row = await tx.db
    .selectFrom('billing_automation')
    .selectAll()
    .where('customer_id', '=', id)
    .executeTakeFirst()
  await tx.db.deleteFrom('billing_automation').where('customer_id', '=', id).execute()
  const values = automation && { customer_id: id, ...columnsOf(automation) }
  if (values)
    await tx.db
      .insertInto('billing_automation')
      .values({ ...values, changed_by: byWhom(actor), changed_at: now })
      .execute()
  undoWith(leaf.set, { ...input, automation: row ? automationOf(row) : null }, [
    leaves('billing_automation', { customer_id: id }, values),
  ])
  return { customerId: customerId ?? null }
})

function columnsOf(automation: Automation) {
  return {
    enabled: automation.enabled ? 1n : 0n,
    billing_day: BigInt(automation.billingDay),
    include_usage: automation.includeUsage ? 1n : 0n,
    auto_payment: automation.autoPayment ? 1n : 0n,
    send_notifications: automation.sendNotifications ? 1n : 0n,
  }
}

/** Who is billed now, by the month that they are billed for and by whether their usage is. */
async function dueCustomers(session: Pick<Reader | Tx, 'db'>, at: bigint) {
  const all = await automations(session)
  const everybody = all.get(EVERYBODY) ?? NO_AUTOMATION
  const rows = await (session.db as Reader['db'])
    .selectFrom('customers as customer')
    .innerJoin('subscriptions as subscription', 'subscription.customer_id', 'customer.id')
    .leftJoin('billing_accounts as account', 'account.customer_id', 'customer.id')
    .select(eb => [
      'customer.id',
      'customer.zone',
      'account.closed_until',
      eb.fn.min('subscription.started_at').as('started_at'),
    ])
    .groupBy(['customer.id', 'customer.zone', 'account.closed_until'])
    .orderBy('customer.id')
    .execute()
  const due = new Map<string, { period: string; includeUsage: boolean; customerIds: string[] }>()
  for (const row of rows) {
    const { enabled, billingDay, includeUsage } = all.get(row.id) ?? everybody
    if (!enabled) continue
    const period = billsFor(billingDay, at, row.zone)
    const end = monthIn(period, row.zone).to
    if (BigInt(row.started_at) > end || (row.closed_until !== null && row.closed_until >= end)) continue
    const key = `${period}/${includeUsage}`
    const group = due.get(key)
    if (group) group.customerIds.push(row.id)
    else due.set(key, { period, includeUsage, customerIds: [row.id] })
  }
  return [...due.values()].sort((a, b) => (a.period < b.period ? -1 : 1))
}

export function runAutomation(environment: EnvironmentSettings) {
  return handle(leaf.run, async ({ tx, input, actor, now, receivedAt, ids, enqueue }) => {
    const { at = receivedAt } = input
    const running = await tx.db
      .selectFrom('jobs as job')
      .innerJoin('close_runs as run', 'run.job_id', 'job.id')
      .select(['run.id', 'run.period'])
      .where('job.state', 'in', ['queued', 'running'])
      .executeTakeFirst()
    if (running) throw refuse('BILLING_CLOSE_RUNNING', { runId: running.id, period: running.period })
    const settings = await readSettings(reading(tx), environment)
    const jobIds: string[] = []
    let customers = 0
    for (const { period, includeUsage, customerIds } of await dueCustomers(
      tx,
      at < receivedAt ? at : receivedAt,
    )) {
      const runId = ids.next()
      const jobId = await enqueue(closeJob, {
        ...{ runId, period, dryRun: false, taxRate: settings['billing.taxRate'] },
        automatic: { only: customerIds, withoutUsage: !includeUsage },
      })
      await tx.db
        .insertInto('close_runs')
        .values({
          ...{ id: runId, job_id: jobId, period, dry_run: 0n, state: 'running' },
          ...{ requested_by: byWhom(actor), started_at: now, finished_at: null, report: null },
        })
        .execute()
      jobIds.push(jobId)
      customers += customerIds.length
    }
    return { customers, jobIds }
  })
}

/** What nobody has to look at: drafts without a doubt that ask for money. */
export const cleanDrafts = answer(leaf.clean, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('invoices')
    .select(['id', 'digest'])
    .where('run_id', '=', input.runId)
    .where('state', '=', 'draft')
    .where('kind', '=', 'invoice')
    .where('doubts', '=', '[]')
    .orderBy('id')
    .execute()
  return { invoices: rows }
})

export const issueClean = handle(leaf.issue, async call => {
  const { tx, input, now, run } = call
  const before = await getInvoice(tx, input.invoiceId)
  const { state, approvedAt } = settle(states.approve(reviewedOf(before), '', input.digest, now))
  await tx.db
    .updateTable('invoices')
    .set({ state, approved_by: null, approved_at: approvedAt, reviewed_at: now })
    .where('id', '=', before.id)
    .execute()
  await noteInvoice(call, before.id, 'billing.automation.issue', null)
  const { number, total, currency } = await run(invoices.issue, input)
  const { autoPayment } = await automationFor(tx, before.customer_id)
  if (autoPayment && total > 0n) {
    const asked = { customerId: before.customer_id, currency, amount: total, invoiceIds: [before.id] }
    await run(payments.request, { ...asked, method: 'card', reference: number! })
  }
  return { number }
})

/** Another close takes seconds to minutes. */
const AFTER_ANOTHER = 60_000n

/** Bills each customer on its billing day: a daily look at who is due. What it missed is billed at the next. */
export const automationSchedule = scheduleKind<Record<string, never>>({
  name: 'billing.automation.run',
  input: z.strictObject({}),
  roles: ['analyst'],
  async run({ plannedAt, command, now }) {
    try {
      const { customers, jobIds } = await command(leaf.run, { at: plannedAt })
      return { over: true, summary: { customers, closes: jobIds.length } }
    } catch (error) {
      if (isRefusal(error) && error.code === 'BILLING_CLOSE_RUNNING')
        throw new TryAgainAt(now() + AFTER_ANOTHER, { code: error.code, data: error.data })
      throw error
    }
  },
})

export const automationHandlers = (environment: EnvironmentSettings) => ({
  get: getAutomation,
  set: setAutomation,
  run: runAutomation(environment),
  clean: cleanDrafts,
  issue: issueClean,
})
