import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { contactsOf } from '#core/notify/addresses.ts'
import { notify } from '#core/notify/notify.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { stepsDue } from '#engines/billing/dunning/next-steps.ts'
import * as topics from '#engines/notify/topics/dunning.ts'
import { type DunningAhead, type DunningMessage, dunning as leaf } from '#shared/contract/billing/dunning.ts'
import type { MethodKind } from '#shared/contract/billing/payment-methods.ts'
import { type PaymentMethod, payments } from '#shared/contract/billing/payments.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { noteInvoice } from '../invoices/history.ts'
import { getInvoice, linesOf } from '../invoices/invoice-rows.ts'
import { defaultMethod } from '../payment-methods/method-rows.ts'
import { carryOut, nextNumber, zoneOf } from '../subscriptions/life.ts'
import { refreshStandings } from '../subscriptions/standings.ts'
import { getSubscription } from '../subscriptions/subscription-rows.ts'
import { dunningFacts, type Facts } from './dunning-facts.ts'

type Call = CommandCall<unknown>

/**
 * Does what is due of one invoice. What is due is decided here, in the transaction that does it, so that a run
 * that comes twice does nothing the second time.
 */
export function doSteps(environment: EnvironmentSettings) {
  return handle(leaf.step, async call => {
    const { tx, input, receivedAt: now } = call
    const [facts] = await dunningFacts(reading(tx), input, now)
    if (!facts?.campaign) return { steps: 0 }
    const due = stepsDue(facts.campaign.terms, facts.subject, now)
    for (const step of due) await doStep(call, facts, step, environment)
    if (due.length > 0)
      await noteInvoice(call, facts.invoice.invoiceId, 'billing.dunning.step', due.map(said).join(' · '))
    return { steps: due.length }
  })
}

/** What the history of the invoice says of a step. */
function said({ track, days, message, retry, task, action }: DunningAhead): string {
  const parts = [
    message,
    retry ? 'retry' : null,
    task === '' ? null : task,
    action === 'leave' ? null : action,
  ]
  return `${track} +${days}: ${parts.filter(part => part !== null).join(', ')}`
}

async function doStep(
  call: Call,
  facts: Facts,
  step: DunningAhead,
  environment: EnvironmentSettings,
): Promise<void> {
  const { tx, ids, receivedAt } = call
  const { invoice, subject } = facts
  const campaign = facts.campaign!
  const amount = subject.open - subject.disputed
  const recipients = step.message === null ? 0 : await tell(call, facts, step.message, amount, environment)
  const paymentId = step.retry ? await retry(call, facts, amount) : null
  if (step.task !== '') await giveTask(call, facts, step.task)
  await tx.db
    .insertInto('dunning_steps')
    .values({
      ...{ id: ids.next(), invoice_id: invoice.invoiceId, customer_id: invoice.customerId },
      ...{ campaign_id: campaign.id, campaign: campaign.name, version: BigInt(campaign.version) },
      ...{ track: step.track, days: BigInt(step.days), message: step.message, task: step.task },
      ...{ recipients: BigInt(recipients), payment_id: paymentId, action: step.action },
      ...{ amount, at: receivedAt },
    })
    .execute()
  if (step.action === 'cancel') await cancelSubscriptions(call, invoice.invoiceId)
  if (step.action === 'mark-unpaid') await refreshStandings(tx, [invoice.customerId])
}

const TOPICS = {
  reminder: topics.invoiceReminder,
  urgent: topics.invoiceOverdue,
  'final-notice': topics.finalNotice,
  'payment-failed': topics.paymentFailed,
} as const satisfies Record<DunningMessage, unknown>

/** Writes to the customer's billing contacts, with the invoice. Gives to how many addresses. */
async function tell(
  call: Call,
  { invoice, subject }: Facts,
  message: DunningMessage,
  amount: bigint,
  environment: EnvironmentSettings,
): Promise<number> {
  const settings = await readSettings(reading(call.tx), environment)
  const to = await contactsOf(reading(call.tx), invoice.customerId, settings)
  if (to.length === 0) return 0
  const { document_id, effect_id } = await getInvoice(call.tx, invoice.invoiceId)
  const documented = document_id !== null || effect_id !== null
  await notify(call, {
    topic: TOPICS[message],
    to,
    params: {
      ...{ number: invoice.number, customer: invoice.customer },
      amount: { amount, currency: invoice.currency },
      dueOn: zoned(invoice.dueAt, subject.zone).toPlainDate().toString(),
      company: settings['billing.legalName'] || settings['workspace.name'] || '',
    },
    onceKey: `dunning:${invoice.invoiceId}:${message}:${call.commandId}`,
    about: { entity: 'invoice', id: invoice.invoiceId },
    link: `/billing/invoices?invoice=${invoice.invoiceId}`,
    documents: documented ? [{ entity: 'invoice', rowId: invoice.invoiceId }] : [],
  })
  return to.length
}

/**
 * Asks for the payment again: by the customer's default method, whose provider is asked for it, else the way that
 * failed.
 */
async function retry(call: Call, { invoice }: Facts, amount: bigint): Promise<string> {
  const method = await defaultMethod(call.tx, invoice.customerId, call.receivedAt)
  const { id } = await call.run(payments.request, {
    ...{ customerId: invoice.customerId, currency: invoice.currency, amount },
    method: method ? WAYS[method.kind] : await lastWay(call.tx, invoice.invoiceId),
    ...{ reference: invoice.number, invoiceIds: [invoice.invoiceId] },
    ...(method ? { methodId: method.id } : {}),
  })
  return id
}

const WAYS: Readonly<Record<MethodKind, PaymentMethod>> = {
  card: 'card',
  'bank-account': 'direct-debit',
  'sepa-mandate': 'direct-debit',
  'bank-transfer': 'bank-transfer',
}

async function lastWay(tx: Tx, invoiceId: string): Promise<PaymentMethod> {
  const row: Pick<Row<'payments'>, 'method'> | undefined = await tx.db
    .selectFrom('payment_failures as failure')
    .innerJoin('payments as payment', 'payment.id', 'failure.payment_id')
    .select('payment.method')
    .where('failure.invoice_id', '=', invoiceId)
    .orderBy('failure.at', 'desc')
    .orderBy('failure.payment_id')
    .executeTakeFirst()
  return row?.method ?? 'card'
}

async function giveTask(call: Call, { invoice }: Facts, text: string): Promise<void> {
  const { tx, ids, now } = call
  const id = ids.next()
  await tx.db
    .insertInto('dunning_tasks')
    .values({
      ...{ id, invoice_id: invoice.invoiceId, customer_id: invoice.customerId, text },
      ...{ created_at: now, done_at: null, done_by: null },
    })
    .execute()
  await notify(call, {
    topic: topics.dunningTask,
    to: [{ role: 'analyst' }],
    params: { customer: invoice.customer, number: invoice.number, task: text },
    onceKey: `dunning-task:${id}`,
    about: { entity: 'invoice', id: invoice.invoiceId },
    link: '/billing/dunning?show=tasks',
  })
}

/** Ends what the invoice bills and still runs. What was billed in advance is given back: nobody paid it. */
async function cancelSubscriptions(call: Call, invoiceId: string): Promise<void> {
  const { tx, receivedAt } = call
  const lines = await linesOf(tx, invoiceId)
  // People take an end back by reactivating: the undo of this command would be that of one of several.
  const quiet = { ...call, undoWith: () => {} }
  for (const id of new Set(lines.map(line => line.subscription_id))) {
    const one = await getSubscription(tx, id)
    if (one.startedAt > receivedAt || (one.endedAt !== null && one.endedAt <= receivedAt)) continue
    const change = { kind: 'cancel', at: receivedAt, settlement: 'credit', reason: 'unpaid' } as const
    await carryOut(quiet, one, change, { zone: await zoneOf(tx, one), number: await nextNumber(tx, id) })
  }
}
