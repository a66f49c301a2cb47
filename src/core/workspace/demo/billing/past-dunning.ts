import { dunningFacts, type Facts } from '#core/billing/dunning/dunning-facts.ts'
import { noteFailure } from '#core/billing/payments/failures.ts'
import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { simulate } from '#engines/billing/dunning/next-steps.ts'
import type { DunningAhead } from '#shared/contract/billing/dunning.ts'
import { idFromCommand } from '#shared/ids.ts'

/** Of the overdue invoices that are paid by card, which had a charge fail, and why. */
const FAILURES = ['insufficient-funds', null, 'expired-card', null] as const
/** Ordinals of the rows of an invoice that earlier parts of the demo do not use. */
const FIRST = 100
const PAUSE = 99

/**
 * What the campaign of the workspace would have done for the demo's overdue invoices, had it been there when they
 * were due: the dates are those of a simulation from then on, so that people see customers at every step.
 */
export async function storePastDunning(tx: Tx, _: null, { now }: JobFacts): Promise<{ steps: number }> {
  const overdue = (await dunningFacts(reading(tx), {}, now)).filter(one => one.invoice.overdueDays > 0)
  let steps = 0
  for (const [index, facts] of overdue.entries()) {
    if (facts.done.length > 0) continue
    const code = facts.invoice.currency === 'USD' ? FAILURES[index % FAILURES.length]! : null
    steps += await storePast(tx, facts, code, now)
  }
  const [longest] = overdue
  if (longest) await pause(tx, longest, now)
  return { steps }
}

async function storePast(tx: Tx, facts: Facts, code: string | null, now: bigint): Promise<number> {
  const { campaign, invoice, subject } = facts
  if (!campaign) return 0
  let ordinal = FIRST
  const newId = () => idFromCommand(invoice.invoiceId, ordinal++)
  if (code !== null) await failedPayment(tx, facts, code, newId(), invoice.dueAt)
  const failure = code === null ? null : { firstAt: invoice.dueAt, code }
  const past = simulate(campaign.terms, { ...subject, failure }, invoice.dueAt).filter(one => one.at < now)
  for (const step of past) {
    const paymentId = step.retry ? newId() : null
    if (paymentId && code !== null) await failedPayment(tx, facts, code, paymentId, step.at)
    await tx.db
      .insertInto('dunning_steps')
      .values(stepRow(facts, step, newId(), paymentId))
      .execute()
    if (step.task === '') continue
    const task = { text: step.task, created_at: step.at, done_at: null, done_by: null }
    await tx.db
      .insertInto('dunning_tasks')
      .values({ id: newId(), invoice_id: invoice.invoiceId, customer_id: invoice.customerId, ...task })
      .execute()
  }
  return past.length
}

function stepRow(
  { campaign, invoice, subject }: Facts,
  { track, days, message, task, action, at }: DunningAhead,
  id: string,
  payment_id: string | null,
): Row<'dunning_steps'> {
  return {
    ...{ id, invoice_id: invoice.invoiceId, customer_id: invoice.customerId },
    ...{ campaign_id: campaign!.id, campaign: campaign!.name, version: BigInt(campaign!.version) },
    ...{ track, days: BigInt(days), message, recipients: message === null ? 0n : 1n, payment_id },
    ...{ task, action, amount: subject.open, at },
  }
}

async function failedPayment(
  tx: Tx,
  { invoice }: Facts,
  code: string,
  id: string,
  at: bigint,
): Promise<void> {
  const { customerId, customer, number, currency, open, invoiceId } = invoice
  await tx.db
    .insertInto('payments')
    .values({
      ...{ id, customer_id: customerId, title: `${customer} · ${number}`, currency, amount: open },
      ...{ method: 'card', provider: 'manual', provider_ref: null, reference: number, state: 'failed' },
      ...{ received_at: null, allocated: 0n, refunded: 0n, failure: code, failure_text: code, note: null },
      ...{ asked_for: JSON.stringify([invoiceId]), bank_line_id: null, created_by: null, created_at: at },
    })
    .execute()
  await noteFailure(tx, { id, failure: code }, [invoiceId], at)
}

/** The one that is overdue longest is talked with. */
async function pause(tx: Tx, { invoice }: Facts, now: bigint): Promise<void> {
  await tx.db
    .insertInto('dunning_pauses')
    .values({
      ...{ id: idFromCommand(invoice.invoiceId, PAUSE), customer_id: invoice.customerId },
      ...{ invoice_id: invoice.invoiceId, until: null, reason: 'They pay in instalments' },
      ...{ created_by: null, created_at: now },
    })
    .onConflict(on => on.doNothing())
    .execute()
}
