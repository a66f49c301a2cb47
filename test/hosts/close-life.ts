import type { Core } from '#core/create-core.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'

const { billing } = contract
export const CLOSED = '2026-10'

/** Invoices that are issued, the first by customer. */
export const ISSUED = 12

/** Closes the month unless that was done, and issues what was not issued yet. */
export async function closeAndIssue(core: Core, caller: Caller): Promise<void> {
  await core.jobs.idle()
  const { runs } = await core.call(billing.close.runs, {}, caller)
  if (!runs.some(run => run.state === 'done')) {
    await core.call(billing.close.start, { period: CLOSED }, caller)
    await core.jobs.idle()
  }
  const { invoices } = await core.call(
    billing.invoice.list,
    { sort: { by: 'customer', descending: false } },
    caller,
  )
  for (const { id: invoiceId, digest, state } of invoices.slice(0, ISSUED)) {
    if (state === 'draft') await core.call(billing.invoice.approve, { invoiceId, digest }, caller)
    if (state !== 'issued') await core.call(billing.invoice.issue, { invoiceId, digest }, caller)
  }
}
