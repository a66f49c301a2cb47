import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { CustomerFacts } from '#shared/contract/billing/close-facts.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { workspaceLeast } from '../arrangements/arrangements.ts'
import { isLocked } from '../corrections/locked.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { noteInvoice } from '../invoices/history.ts'
import { linesOf } from '../invoices/invoice-rows.ts'
import { automationFor } from '../subscriptions/automation-rows.ts'
import { taxWorld } from '../tax/tax-world.ts'
import { placed } from './build-draft.ts'
import { createDrafting } from './drafting.ts'
import { billedLines, customersToBill, pricesOfVersions } from './facts.ts'
import { usageOfRequests } from './quantities.ts'
import { recompose } from './store-drafts.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'commandId' | 'actor' | 'now'>
type InvoiceRow = Row<'invoices'>
type LineRow = Row<'invoice_lines'>

/** Why drafts are made anew: the command that their history names, and its words; null where that stands there. */
export interface Because {
  readonly command: string
  readonly note: string | null
}

/**
 * Makes the drafts of a customer anew that can still be changed, as a close would make them now: by the same code, of
 * what is missing without their lines. One whose lines stay the same stays as it is, to the byte. Left alone are
 * approved ones, those of locked months, top-ups of wallets, and what was issued anew in the place of a void invoice,
 * whose lines are those of that invoice.
 *
 * Only the authority does it: a connected desk has not all usage, and gets what came of it with the feed.
 */
export async function remakeDrafts(
  call: Call,
  environment: EnvironmentSettings,
  customerId: string,
  because: Because | null,
): Promise<void> {
  const { tx } = call
  if (!(await isAuthority(tx))) return
  const drafts: { readonly invoice: InvoiceRow; readonly lines: LineRow[] }[] = []
  for (const invoice of await openDrafts(tx, customerId))
    drafts.push({ invoice, lines: await linesOf(tx, invoice.id) })
  // All of them first: what one of them has no more may be on another.
  for (const { invoice } of drafts)
    await tx.db.deleteFrom('invoice_lines').where('invoice_id', '=', invoice.id).execute()
  for (const { invoice, lines } of drafts) {
    const made = await linesNow(tx, environment, invoice, lines)
    const same = made === null || saying(made.lines) === saying(lines)
    const after = same ? lines : made.lines
    for (const line of after) await tx.db.insertInto('invoice_lines').values(line).execute()
    if (same) continue
    await recompose(tx, invoice, { customer: made.customer, plan: made.plan }, after)
    if (because) await noteInvoice(call, invoice.id, because.command, because.note)
  }
}

/** Whether this core has the last word. */
export async function isAuthority(tx: Tx): Promise<boolean> {
  const { authority } = await tx.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  return authority !== 'connected'
}

async function openDrafts(tx: Tx, customerId: string): Promise<InvoiceRow[]> {
  const rows = await tx.db
    .selectFrom('invoices')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['draft', 'held'])
    .where('apart', '!=', TOP_UP)
    .orderBy('period')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const reissues = await tx.db
    .selectFrom('invoice_voids')
    .select('reissued_as')
    .where('reissued_as', 'is not', null)
    .execute()
  const reissued = new Set(reissues.map(row => row.reissued_as))
  const open: InvoiceRow[] = []
  for (const row of rows) if (!reissued.has(row.id) && !(await isLocked(tx, row.period))) open.push(row)
  return open
}

/** What a close would put onto an invoice now; null where the customer is billed no more as it was then. */
async function linesNow(
  tx: Tx,
  environment: EnvironmentSettings,
  invoice: InvoiceRow,
  before: readonly LineRow[],
): Promise<{ readonly lines: LineRow[]; readonly customer: string; readonly plan: string } | null> {
  const { id, customer_id: customerId, period, currency, apart } = invoice
  const reader = reading(tx)
  const only = [customerId]
  const { customers } = await customersToBill(reader, { after: null, limit: 1, period, only })
  const [facts] = customers
  if (!facts) return null
  const settings = await readSettings(reader, environment)
  const measured = before.some(line => line.metric_id !== null)
  const drafting = createDrafting({
    ...{ runId: invoice.run_id, period, taxRate: settings['billing.taxRate'], always: true },
    // A draft that was made before its usage stays one without it.
    withoutUsage: !measured && !(await automationFor(tx, customerId)).includeUsage,
    tax: await taxWorld(reader, environment),
    least: workspaceLeast(settings),
    prices: ids => pricesOfVersions(reader, ids),
    quantities: async requests => ({ quantities: await usageOfRequests(reader, requests) }),
    billed: subscriptions => billedLines(reader, subscriptions),
  })
  const [result] = drafting.rate(await drafting.load([since(facts, before)]))
  const draft = result!.drafts.find(one => one.invoice.currency === currency && one.invoice.apart === apart)
  if (!draft) return null
  const lines = draft.lines.map((line, index) => ({ ...line, ...placed(id, index) }))
  return { lines, customer: facts.name, plan: draft.invoice.plan }
}

/** Looks at everything again from where the lines of a draft begin. */
function since(facts: CustomerFacts, lines: readonly LineRow[]): CustomerFacts {
  const from = lines.reduce<bigint | null>(
    (least, line) => (least === null || line.service_from < least ? line.service_from : least),
    facts.rerateFrom,
  )
  return { ...facts, rerateFrom: from }
}

/** What lines say, whatever their order. */
function saying(lines: readonly LineRow[]): string {
  const words = lines.map(({ id: _, position: __, ...line }) => canonicalJson(line))
  return words.sort().join('\n')
}
