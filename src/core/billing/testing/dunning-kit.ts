import { contract } from '#shared/contract/index.ts'
import { type TestCore, type TestDatabase, testCore } from '#test/kit/core-kit.ts'
import { customerWithInvoices } from './payment-kit.ts'

const { dunning } = contract.billing
const { jobs, schedules } = contract.workspace

/**
 * A customer with three open invoices of 216.00, 108.00 and 108.00 in a currency, due on 21, 22 and 23 December 2026 at
 * 09:00 UTC, and the campaign of new workspaces. Nothing runs by itself.
 */
export async function dunningWorld(database: TestDatabase, currency = 'USD') {
  const t = await testCore(database)
  const all = await t.core.call(schedules.list, {}, t.admin)
  for (const { id, kind } of all.schedules)
    if (kind === 'billing.dunning.run') await t.core.call(schedules.remove, { scheduleId: id }, t.admin)
  const { customer, issued } = await customerWithInvoices(t, 'acme', currency)
  const [first, second, third] = issued
  const { campaigns } = await t.core.call(dunning.campaigns, {}, t.admin)
  return {
    t,
    customerId: customer.id,
    first: first!,
    second: second!,
    third: third!,
    campaign: campaigns[0]!,
  }
}

/** Moves the clock on to an instant. */
export function goTo(t: TestCore, at: bigint | string): void {
  const to = typeof at === 'string' ? Date.parse(at) : Number(at)
  t.clock.advance(to - Number(t.clock.now()))
}

/** Does what is due now, and waits. */
export async function runDunning(t: TestCore) {
  const { jobId } = await t.core.call(dunning.run, {}, t.admin)
  await t.core.jobs.idle()
  const { state, result } = await t.core.call(jobs.get, { jobId }, t.admin)
  return state === 'done' ? (result as { looked: number; invoices: number; steps: number }) : state
}
