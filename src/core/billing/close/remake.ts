import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { isMinimum } from '#engines/billing/contracts/contract-item.ts'
import { isLeast } from '#engines/billing/minimum/least-invoice.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { CustomerFacts } from '#shared/contract/billing/close-facts.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { workspaceLeast } from '../arrangements/arrangement-rows.ts'
import { isLocked } from '../corrections/locked.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { noteInvoice } from '../invoices/history.ts'
import { linesOf } from '../invoices/invoice-rows.ts'
import { automationFor } from '../subscriptions/automation-rows.ts'
import { taxWorld } from '../tax/tax-world.ts'
import { type BuiltDraft, placed } from './build-draft.ts'
import { createDrafting } from './drafting.ts'
import { billedLines, customersToBill, pricesOfVersions } from './facts.ts'
import { usageOfRequests } from './quantities.ts'
import { recompose } from './store-drafts.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'commandId' | 'actor' | 'now'>
type InvoiceRow = Row<'invoices'>
type LineRow = Row<'invoice_lines'>

/** Why drafts are made anew: the command that their history names, and its words; null where that stands there. */
export interface Because {
  readonly command: string
  readonly note: string | null
}

/** A draft that is there, as it was before. */
interface Draft {
  readonly invoice: InvoiceRow
  readonly lines: readonly LineRow[]
}

/**
 * Makes the drafts of a customer anew that can still be changed, as a close would make them now: by the same code, of
 * what is missing without their lines. One whose lines stay the same stays as it is, to the byte. Where the customer's
 * subscriptions are billed together now, or apart, lines go to the invoices where they belong: a draft that no line
 * belongs to becomes one that is missing, or goes. Left alone are approved ones, those of locked months, top-ups of
 * wallets, and what was issued anew in the place of a void invoice, whose lines are those of that invoice.
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
  const drafts: Draft[] = []
  for (const invoice of await openDrafts(tx, customerId))
    drafts.push({ invoice, lines: await linesOf(tx, invoice.id) })
  // All of them first: what one of them has no more may be on another.
  for (const { invoice } of drafts)
    await tx.db.deleteFrom('invoice_lines').where('invoice_id', '=', invoice.id).execute()
  for (const month of Map.groupBy(
    drafts,
    ({ invoice: { period, currency } }) => `${period}/${currency}`,
  ).values())
    await remakeMonth(call, environment, month, because)
}

/** Makes the drafts of a month in one currency anew, whose lines were taken off them. */
async function remakeMonth(
  call: Call,
  environment: EnvironmentSettings,
  drafts: readonly Draft[],
  because: Because | null,
): Promise<void> {
  const { tx } = call
  const made = await draftsNow(call, environment, drafts)
  const byPlace = Map.groupBy(drafts, ({ invoice }) => invoice.apart)
  const missing: BuiltDraft[] = []
  const left = new Set(drafts)
  for (const draft of made ?? []) {
    const there = byPlace.get(draft.invoice.apart) ?? []
    const keep = there[0]
    if (keep === undefined) {
      missing.push(draft)
      continue
    }
    const same = saying(linesOn(draft, '')) === saying(there.flatMap(one => one.lines))
    for (const one of same ? there : [keep]) {
      left.delete(one)
      if (same) await putLines(tx, one.lines)
      else await fill(call, one.invoice, draft, because)
    }
  }
  if (made === null || made.length === 0) for (const one of drafts) await leave(tx, one, made !== null)
  else await regroup(call, drafts[0]!.invoice, missing, [...left], because)
}

/** Leaves a draft as it is of which a close makes nothing now; what was only lacking to a minimum is not any more. */
async function leave(tx: Tx, { invoice, lines }: Draft, isKnown: boolean): Promise<void> {
  if (isKnown && lines.every(isLacking)) await dropDraft(tx, invoice.id)
  else await putLines(tx, lines)
}

const isLacking = ({ item }: LineRow) => isLeast(item) || isMinimum(item)

/** Makes invoices that are missing of drafts that are left, else anew; and takes away what is left then. */
async function regroup(
  call: Call,
  first: InvoiceRow,
  missing: readonly BuiltDraft[],
  left: readonly Draft[],
  because: Because | null,
): Promise<void> {
  const { tx, now } = call
  // One that somebody holds is not lost.
  const spare = left.toSorted(
    (a, b) => Number(b.invoice.state === 'held') - Number(a.invoice.state === 'held'),
  )
  for (const [at, draft] of missing.entries()) {
    const { apart } = draft.invoice
    const taken = spare[at]?.invoice
    const of = 'invoice_id'
    if (taken) {
      await tx.db.updateTable('invoices').set({ apart }).where('id', '=', taken.id).execute()
      await tx.db.updateTable('invoice_summaries').set({ apart }).where(of, '=', taken.id).execute()
      await fill(call, { ...taken, apart }, draft, because)
      continue
    }
    // What was said of the invoice whose lines these were holds for them too.
    const { run_id, state, note, assignee, reviewed_at } = first
    const invoice: InvoiceRow = {
      ...{ ...draft.invoice, run_id, state, note, assignee, reviewed_at, created_at: now },
    }
    await tx.db.insertInto('invoices').values(invoice).execute()
    const { id: invoice_id, customer_id, currency, period, plan, total } = invoice
    await tx.db
      .insertInto('invoice_summaries')
      .values({ customer_id, currency, period, invoice_id, plan, total, apart, summary: draft.summary })
      .execute()
    await fill(call, invoice, draft, because ?? { command: 'billing.close.extend', note: null })
  }
  for (const { invoice } of spare.slice(missing.length)) await dropDraft(tx, invoice.id)
}

/** Puts lines onto a draft that has none, and makes anew what follows from them. */
async function fill(
  call: Call,
  invoice: InvoiceRow,
  draft: BuiltDraft,
  because: Because | null,
): Promise<void> {
  const lines = linesOn(draft, invoice.id)
  await putLines(call.tx, lines)
  await recompose(call.tx, invoice, { customer: draft.customer, plan: draft.invoice.plan }, lines)
  if (because) await noteInvoice(call, invoice.id, because.command, because.note)
}

async function putLines(tx: Tx, lines: readonly LineRow[]): Promise<void> {
  for (const line of lines) await tx.db.insertInto('invoice_lines').values(line).execute()
}

const linesOn = (draft: BuiltDraft, invoiceId: string): LineRow[] =>
  draft.lines.map((line, index) => ({ ...line, ...placed(invoiceId, index) }))

/** Takes away a draft that has no lines. */
export async function dropDraft(tx: Tx, invoiceId: string): Promise<void> {
  for (const table of ['invoice_summaries', 'invoice_history'] as const)
    await tx.db.deleteFrom(table).where('invoice_id', '=', invoiceId).execute()
  await tx.db.deleteFrom('invoices').where('id', '=', invoiceId).execute()
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

/** What a close would make now of the month and currency of drafts; null where that cannot be said. */
async function draftsNow(
  { tx, ids }: Call,
  environment: EnvironmentSettings,
  drafts: readonly Draft[],
): Promise<readonly BuiltDraft[] | null> {
  const { customer_id: customerId, period, currency } = drafts[0]!.invoice
  const before = drafts.flatMap(one => one.lines)
  const reader = reading(tx)
  const only = [customerId]
  const { customers } = await customersToBill(reader, { after: null, limit: 1, period, only })
  const [facts] = customers
  if (!facts) return null
  const settings = await readSettings(reader, environment)
  const measured = before.some(line => line.metric_id !== null)
  // A draft that was made before its usage stays one without it.
  const withoutUsage = !measured && !(await automationFor(tx, customerId)).includeUsage
  const drafting = createDrafting({
    // Of its own, so that no draft takes the id of one that went.
    ...{ runId: ids.next(), period, taxRate: settings['billing.taxRate'], always: true },
    withoutUsage,
    leastIn: before.some(isLacking) ? currency : null,
    tax: await taxWorld(reader, environment),
    least: workspaceLeast(settings),
    prices: versions => pricesOfVersions(reader, versions),
    quantities: async requests => ({ quantities: await usageOfRequests(reader, requests) }),
    billed: subscriptions => billedLines(reader, subscriptions),
  })
  const [result] = drafting.rate(await drafting.load([since(facts, before)]))
  const made = result!.drafts.filter(one => one.invoice.currency === currency)
  return withoutUsage && made.length === 0 ? null : made
}

/** Looks at everything again from where the lines of a draft begin. */
function since(facts: CustomerFacts, lines: readonly LineRow[]): CustomerFacts {
  const from = lines.reduce<bigint | null>(
    (least, line) => (least === null || line.service_from < least ? line.service_from : least),
    facts.rerateFrom,
  )
  return { ...facts, rerateFrom: from }
}

/** What lines say, whatever their order and wherever they stand. */
function saying(lines: readonly LineRow[]): string {
  const words = lines.map(({ id: _, position: __, invoice_id: ___, ...line }) => canonicalJson(line))
  return words.sort().join('\n')
}
