import { closeBilled, closeCustomers, closePrices, closeTax } from '#core/billing/close/facts.ts'
import { closeQuantities } from '#core/billing/close/quantities.ts'
import { knownLimits } from '#core/billing/usage/known-limits.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import { demoBilling } from '#engines/demo/billing/billing.ts'
import { type DemoCompany, demoCompany } from '#engines/demo/company.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestDatabase, WORKSPACE } from '#test/kit/core-kit.ts'
import { emptyCore, nobody } from '#test/kit/empty-core.ts'
import { billingChunks, type DemoContext } from '../billing/chunks.ts'

const ANSWERS = new Map(
  [closeCustomers, closePrices, closeBilled, closeTax({}), closeQuantities, knownLimits].map(handler => [
    capabilityOf(handler.leaf).id,
    handler,
  ]),
)

/** The demo's company with the customers of the cast and a few others, so that tests need not wait for all. */
export function smallCompany(others: number): DemoCompany {
  const company = demoCompany('quarterdeck', '2026-11', 20)
  const { cast } = demoBilling(company)
  let left = others
  const customers = company.customers.filter(one => cast.has(one.key) || left-- > 0)
  return { ...company, customers }
}

/** A demo workspace with people and customers and without bills, in which tests make billing themselves. */
export async function demoWorld(database: TestDatabase) {
  const t = await emptyCore(database)
  return { ...t, ...(await beginDemo(t)) }
}

/** The demo in an empty workspace, without bills. */
export async function beginDemo(t: Awaited<ReturnType<typeof emptyCore>>) {
  const { jobId, admin } = await t.core.call(contract.workspace.demo.create, {}, nobody)
  await t.cancel(jobId, t.as(admin))
  const { people } = await t.core.call(contract.workspace.session, {}, t.as(admin))
  const now = 1_795_219_200_000n
  const submit = (name: string, data: unknown) =>
    t.store.write(WORKSPACE, 'job', tx => billingChunks[name]!(tx, data as never, { jobId, now }))
  const context: DemoContext = {
    ...{ jobId, workspace: WORKSPACE, attempt: 1, submit, now: () => now },
    input: { seed: 'quarterdeck', endMonth: '2026-11', lastDay: 20 },
    signal: new AbortController().signal,
    query: (leaf, input) =>
      t.store.read(
        WORKSPACE,
        async reader => ANSWERS.get(capabilityOf(leaf).id)!.run({ reader, input } as never) as never,
      ),
    // Nothing is staged that the import of usage could let go of.
    command: async () => ({}) as never,
    progress: () => {},
  }
  return {
    jobId,
    context,
    admin: t.as(admin),
    analyst: t.as(people.find(person => person.roles.includes('analyst'))!.id),
  }
}

export type DemoWorld = Awaited<ReturnType<typeof demoWorld>>

/** Closes a month as a person does, and gives what became of it. */
export async function reallyClose({ core, analyst }: DemoWorld, period: string) {
  const { runId } = await core.call(contract.billing.close.start, { period }, analyst)
  await core.jobs.idle()
  const { report } = await core.call(contract.billing.close.get, { runId }, analyst)
  return report!
}

/** Every billed line with its customer and month, but for ids. */
export function billedLines({ store }: DemoWorld) {
  return store.read(WORKSPACE, ({ db }) =>
    db
      .selectFrom('invoice_lines as line')
      .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
      .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
      .select(['customer.key', 'invoice.period', 'invoice.plan', 'invoice.currency', 'line.position'])
      .select(['line.kind', 'line.ordinal', 'line.price_key', 'line.service_from', 'line.service_to'])
      .select(['line.quantity', 'line.exact', 'line.amount', 'line.tax', 'line.tax_rate', 'line.steps'])
      .orderBy('customer.key')
      .orderBy('invoice.period')
      .orderBy('line.position')
      .execute(),
  )
}

/** Invoices in force, in the order of their numbers. */
export function pastInvoices({ store }: DemoWorld) {
  return store.read(WORKSPACE, ({ db }) =>
    db
      .selectFrom('invoices as invoice')
      .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
      .select(['customer.key', 'invoice.period', 'invoice.number', 'invoice.state', 'invoice.kind'])
      .select(['invoice.net', 'invoice.tax', 'invoice.total', 'invoice.lines', 'invoice.issued_at'])
      .select(['invoice.due_at', 'invoice.title', 'invoice.currency'])
      .where('invoice.number', 'is not', null)
      .orderBy('invoice.number')
      .execute(),
  )
}
