import type { Reader } from '#core/database/store.ts'
import { hasMail } from '#core/notify/plan.ts'
import type { MonthEndFacts } from '#engines/billing/month-end/judge.ts'
import { creditNoteSent, invoiceSent } from '#engines/notify/topics/billing.ts'
import type { CloseRun } from '#shared/contract/billing/close.ts'
import type { Settings } from '#shared/settings.ts'
import { overAt } from '../close/runs.ts'
import { waitingCustomers } from '../contracts/contract-facts.ts'
import { isLocked } from '../corrections/locked.ts'
import { OPEN_STATES } from '../invoices/list-invoices.ts'
import { duePage } from '../subscriptions/note.ts'
import { ledgerFacts } from './ledger-facts.ts'
import { silentMetrics } from './silent-metrics.ts'

const DAY = 86_400_000n
/** Days within which a deadline is near. */
const NEAR = 7n * DAY
const PAGE = 1000

/** The runs of a month that matter to its end. */
export interface MonthRuns {
  /** The newest run, and the newest close and dry run that came to their end. */
  readonly last: CloseRun | null
  readonly closed: CloseRun | null
  readonly dry: CloseRun | null
}

/**
 * What a month comes to at its end, from a few questions of counts each. Nothing here is asked of lines or events,
 * so that it does not grow with them.
 */
export async function monthEndFacts(
  reader: Reader,
  { period, now, settings, runs }: { period: string; now: bigint; settings: Settings; runs: MonthRuns },
): Promise<MonthEndFacts> {
  const over = await overAt(reader, period)
  const until = now < over ? now : over - 1n
  const invoices = await invoiceFacts(reader, period)
  const waiting = await waitingCustomers(reader, period)
  return {
    ...{ over: now >= over, overAt: over, locked: await isLocked(reader, period) },
    imports: await count(
      reader.db
        .selectFrom('usage_imports')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('state', '=', 'reading'),
    ),
    silentMetrics: await silentMetrics(reader, period, now),
    unnoted: await unnoted(reader, until, settings),
    closing: runs.last?.state === 'running' && !runs.last.dryRun,
    closedAt: runs.closed?.finishedAt ?? null,
    dryRunAt: runs.dry?.finishedAt ?? null,
    late: await count(
      reader.db
        .selectFrom('billing_accounts')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('rerate_from', '<', over)
        // Whose contract has no invoice in the month waits, and is not late.
        .$if(waiting.length > 0, query => query.where('customer_id', 'not in', waiting)),
    ),
    unbilled: runs.closed?.report?.problemCount ?? 0,
    ...invoices,
    approvals: await count(
      reader.db
        .selectFrom('approval_requests')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('state', 'in', ['waiting', 'approved'])
        .where('kind', 'like', 'billing.%')
        .where(on => on.or([on('expires_at', 'is', null), on('expires_at', '>', now)])),
    ),
    documents: await documents(reader, period),
    mails: hasMail(settings) ? await mails(reader, period, settings) : null,
    bankLines: await count(
      reader.db
        .selectFrom('bank_lines')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('state', '=', 'open')
        // Dates as text: the last day of any month, and nothing behind it.
        .where('booked_on', '<=', `${period}-31`),
    ),
    payments: await count(
      reader.db
        .selectFrom('payments')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('state', '=', 'succeeded')
        .where('received_at', '<', over)
        .where(eb => eb('amount', '>', eb('allocated', '+', eb.ref('refunded')))),
    ),
    refunds: await count(
      reader.db
        .selectFrom('refunds')
        .select(eb => eb.fn.countAll<bigint>().as('rows'))
        .where('state', 'in', ['waiting', 'sent'])
        .where('created_at', '<', over),
    ),
    disputes: await disputes(reader, now),
    ...(await ledgerFacts(reader)),
    outbox: await outbox(reader),
  }
}

/** The one number of a query that counts. */
export async function count(query: {
  executeTakeFirstOrThrow(): Promise<{ rows: bigint }>
}): Promise<number> {
  return Number((await query.executeTakeFirstOrThrow()).rows)
}

async function unnoted(reader: Reader, until: bigint, settings: Settings): Promise<number> {
  let found = 0
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof duePage>> = await duePage(
      reader,
      { after, limit: PAGE, until },
      settings,
    )
    found += page.subscriptionIds.length
    if (page.looked < PAGE) return found
    after = page.last
  }
}

async function invoiceFacts(reader: Reader, period: string) {
  const rows = await reader.db
    .selectFrom('invoices')
    .select(eb => [
      'state',
      'kind',
      eb.case().when('doubt_weight', '>', 0n).then(eb.lit(1)).else(eb.lit(0)).end().as('doubtful'),
      eb.case().when('assignee', 'is', null).then(eb.lit(1)).else(eb.lit(0)).end().as('unassigned'),
      eb.fn.countAll<bigint>().as('rows'),
    ])
    .where('period', '=', period)
    .groupBy(['state', 'kind', 'doubtful', 'unassigned'])
    .execute()
  const of = (test: (row: (typeof rows)[number]) => boolean) =>
    rows.reduce((sum, row) => sum + (test(row) ? Number(row.rows) : 0), 0)
  const is = (state: string) => (row: (typeof rows)[number]) => row.kind === 'invoice' && row.state === state
  const draft = is('draft')
  const open: readonly string[] = OPEN_STATES
  return {
    drafts: {
      count: of(draft),
      doubtful: of(row => draft(row) && Number(row.doubtful) === 1),
      unassigned: of(row => draft(row) && Number(row.unassigned) === 1),
    },
    held: of(is('held')),
    approved: of(is('approved')),
    creditNotes: of(row => row.kind === 'credit-note' && open.includes(row.state)),
    issued: of(row => ISSUED.includes(row.state as 'issued')),
  }
}

const ISSUED = ['issued', 'paid', 'uncollectible'] as const

async function documents(reader: Reader, period: string) {
  const rows = await reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('effects as effect', 'effect.id', 'invoice.effect_id')
    .select(eb => [
      eb.case().when('effect.state', '=', 'failed').then(eb.lit(1)).else(eb.lit(0)).end().as('failed'),
      eb.fn.countAll<bigint>().as('rows'),
    ])
    .where('invoice.period', '=', period)
    .where('invoice.state', 'in', ISSUED)
    .where('invoice.document_id', 'is', null)
    .groupBy('failed')
    .execute()
  const of = (failed: number) => Number(rows.find(row => Number(row.failed) === failed)?.rows ?? 0)
  return { making: of(0), failed: of(1) }
}

const UNDER_WAY: ReadonlySet<string> = new Set(['waiting', 'held', 'sending'])

/** What became of the mails of issued invoices whose customers get theirs by e-mail. */
async function mails(reader: Reader, period: string, settings: Settings) {
  const rows = await reader.db
    .selectFrom('invoices as invoice')
    .leftJoin('customer_messages as messages', 'messages.customer_id', 'invoice.customer_id')
    .leftJoin('notifications as notification', on =>
      on
        .onRef('notification.row_id', '=', 'invoice.id')
        .on('notification.entity', '=', 'invoice')
        .on('notification.topic', 'in', [invoiceSent.id, creditNoteSent.id]),
    )
    .leftJoin('deliveries as delivery', on =>
      on.onRef('delivery.notification_id', '=', 'notification.id').on('delivery.customer_id', 'is not', null),
    )
    .select(['invoice.id', 'messages.send_invoices', 'delivery.state'])
    .where('invoice.period', '=', period)
    .where('invoice.state', 'in', ISSUED)
    .execute()
  const found = { unsent: 0, underWay: 0, failed: 0 }
  for (const [first, ...more] of Map.groupBy(rows, row => row.id).values()) {
    const wanted =
      first!.send_invoices === null ? settings['billing.sendInvoices'] : first!.send_invoices !== 0n
    if (!wanted) continue
    const states = [first!, ...more].flatMap(({ state }) => state ?? [])
    if (states.includes('sent')) continue
    if (states.some(state => UNDER_WAY.has(state))) found.underWay++
    else if (states.length > 0) found.failed++
    else found.unsent++
  }
  return found
}

async function disputes(reader: Reader, now: bigint) {
  const rows = await reader.db
    .selectFrom('disputes')
    .select(['title', 'deadline_at', 'invoice_id'])
    .where('state', '=', 'open')
    .where('deadline_at', '<', now + NEAR)
    .orderBy('deadline_at')
    .orderBy('id')
    .execute()
  const [first] = rows
  return {
    ...{ near: rows.length, titles: rows.map(row => row.title) },
    ...{ deadlineAt: first?.deadline_at ?? null, invoiceId: first?.invoice_id ?? null },
  }
}

async function outbox(reader: Reader) {
  const rows = await reader.db
    .selectFrom('outbox')
    .select(eb => ['state', eb.fn.countAll<bigint>().as('rows')])
    .groupBy('state')
    .execute()
  const of = (review: boolean) =>
    rows.reduce((sum, row) => sum + ((row.state === 'review') === review ? Number(row.rows) : 0), 0)
  return { waiting: of(false), review: of(true) }
}
