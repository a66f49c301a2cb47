import type { Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { exactOf, isStorable, moneyText } from '#engines/billing/exact.ts'
import { oneOffLine } from '#engines/billing/one-off.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { oneOffs as leaf, type OneOffTerms } from '#shared/contract/billing/one-offs.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { monthOf } from '../corrections/locked.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { subscriptionOfApart, TOP_UP } from '../invoices/apart.ts'
import { noteInvoice } from '../invoices/history.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import { putCategory, STANDARD, subjectText } from '../tax/categories.ts'
import { changeablePlace, followOneOff, putOnDraft, takeOffDraft } from './on-draft.ts'
import {
  categoriesOf,
  getOneOff,
  isChangeable,
  type OneOffRow,
  oneOffOf,
  shownOneOffs,
} from './one-off-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'commandId' | 'actor' | 'now' | 'undoWith'>

export const listOneOffs = answer(leaf.list, async ({ reader, input }) => {
  await getCustomer(reader, input.customerId)
  const rows = await reader.db
    .selectFrom('one_offs')
    .selectAll()
    .where('customer_id', '=', input.customerId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return { oneOffs: await shownOneOffs(reader, rows) }
})

/** What was said of it, as columns. */
function columnsOf({ name, unit, quantity, unitPrice, taxRate, service, note }: OneOffTerms) {
  const { units, places } = exactOf(quantity)
  return {
    ...{ name, unit, quantity: units, scale: BigInt(places), unit_price: unitPrice, tax_rate: taxRate, note },
    ...{ service_from: service?.from ?? null, service_to: service?.to ?? null },
  }
}

/** Refuses what comes to nothing, or to more than can be stored. */
function checked(row: OneOffRow): OneOffRow {
  const { amount, tax } = oneOffLine(oneOffOf(row), '1', { from: 0n, to: 0n })
  if (amount === 0n || !isStorable(amount + tax))
    throw refuse('BILLING_ONE_OFF_AMOUNT', {
      ...{ amount: moneyText(amount, placesOf(row.currency)), currency: row.currency },
    })
  return row
}

const subjectOf = ({ id }: OneOffRow) => subjectText({ kind: 'one-off', oneOffId: id })

async function categoryOf(tx: Tx, row: OneOffRow): Promise<string> {
  return (await categoriesOf(tx, [row])).get(row.id) ?? STANDARD
}

async function one(tx: Tx, row: OneOffRow) {
  return (await shownOneOffs(tx, [row]))[0]!
}

export const addOneOff = (environment: EnvironmentSettings) =>
  handle(leaf.add, async call => {
    const { tx, input, ids, actor, now, receivedAt, undoWith } = call
    const customer = await getCustomer(tx, input.customerId)
    const invoice = input.invoiceId === null ? null : await getInvoice(tx, input.invoiceId)
    if (invoice && (!isChangeable(invoice.state) || invoice.customer_id !== customer.id))
      throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
    if (invoice?.apart === TOP_UP) throw refuse('BILLING_INVOICE_TOP_UP', {})
    if (input.subscriptionId !== null) await demandSubscription(tx, customer.id, input.subscriptionId)
    const row = checked({
      ...{ id: ids.next(), customer_id: customer.id, ...columnsOf(input) },
      subscription_id: invoice ? subscriptionOfApart(invoice.apart) : input.subscriptionId,
      currency: invoice?.currency ?? input.currency ?? customer.currency,
      first_period: invoice?.period ?? input.firstPeriod ?? (await monthOf(tx, receivedAt)),
      ...{ created_by: actor!.id, created_at: now },
    })
    await tx.db.insertInto('one_offs').values(row).execute()
    await putCategory(tx, subjectOf(row), input.category)
    if (invoice) {
      await putOnDraft(tx, environment, invoice, row)
      await noteInvoice(call, invoice.id, 'billing.oneOff.add', row.name)
      await followOneOff(call, environment, invoice)
    }
    undoWith(leaf.remove, { oneOffId: row.id }, expecting(row))
    return one(tx, row)
  })

/** @throws Refusal `WORKSPACE_NOT_FOUND` where the customer has no such subscription */
async function demandSubscription(tx: Tx, customerId: string, id: string): Promise<void> {
  const own = await tx.db
    .selectFrom('subscriptions')
    .select('id')
    .where('id', '=', id)
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  if (!own) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id })
}

const expecting = ({ id, ...holds }: OneOffRow) => [leaves('one_offs', { id }, holds)]

export const editOneOff = (environment: EnvironmentSettings) =>
  handle(leaf.edit, async call => {
    const { tx, input, undoWith } = call
    const before = await getOneOff(tx, input.oneOffId)
    const place = await changeablePlace(tx, before)
    const row = checked({ ...before, ...columnsOf(input) })
    const category = await categoryOf(tx, row)
    await tx.db.updateTable('one_offs').set(columnsOf(input)).where('id', '=', row.id).execute()
    await putCategory(tx, subjectOf(row), input.category)
    if (place) {
      await putOnDraft(tx, environment, await getInvoice(tx, place.invoice_id), row)
      await noteInvoice(call, place.invoice_id, 'billing.oneOff.edit', row.name)
      await followOneOff(call, environment, await getInvoice(tx, place.invoice_id))
    }
    const undone = { oneOff: before, invoiceId: place?.invoice_id ?? null, category }
    undoWith(leaf.restore, undone, expecting(row))
    return one(tx, row)
  })

export const removeOneOff = (environment: EnvironmentSettings) =>
  handle(leaf.remove, async call => {
    const { tx, input, undoWith } = call
    const row = await getOneOff(tx, input.oneOffId)
    const place = await changeablePlace(tx, row)
    let invoiceId: string | null = null
    if (place && (await takeOffDraft(tx, await getInvoice(tx, place.invoice_id), place.line_id))) {
      invoiceId = place.invoice_id
      await noteInvoice(call, invoiceId, 'billing.oneOff.remove', row.name)
    }
    const category = await categoryOf(tx, row)
    await tx.db.deleteFrom('one_offs').where('id', '=', row.id).execute()
    await putCategory(tx, subjectOf(row), STANDARD)
    if (invoiceId !== null) await followOneOff(call, environment, await getInvoice(tx, invoiceId))
    undoWith(leaf.restore, { oneOff: row, invoiceId, category }, [leaves('one_offs', { id: row.id }, null)])
    return { oneOffId: row.id }
  })

/** Puts it back as it was: onto its draft where that can still be changed, else it waits for the next close. */
export const restoreOneOff = (environment: EnvironmentSettings) =>
  handle(leaf.restore, async call => {
    const { tx, input } = call
    const row = input.oneOff
    const before = await tx.db.selectFrom('one_offs').selectAll().where('id', '=', row.id).executeTakeFirst()
    if (before) await changeablePlace(tx, before)
    const category = before ? await categoryOf(tx, before) : STANDARD
    await putCategory(tx, subjectOf(row), input.category)
    const { id: _, ...values } = row
    await tx.db
      .insertInto('one_offs')
      .values(row)
      .onConflict(on => on.column('id').doUpdateSet(values))
      .execute()
    const invoice =
      input.invoiceId === null
        ? undefined
        : await tx.db
            .selectFrom('invoices')
            .selectAll()
            .where('id', '=', input.invoiceId)
            .where('state', 'in', ['draft', 'held'])
            .executeTakeFirst()
    if (invoice) {
      await putOnDraft(tx, environment, invoice, row)
      await noteInvoice(call, invoice.id, 'billing.oneOff.edit', row.name)
      await followOneOff(call, environment, invoice)
    }
    undoRestore(call, row, before && { before, category }, invoice?.id ?? null)
    return one(tx, row)
  })

function undoRestore(
  { undoWith }: Call,
  row: OneOffRow,
  was: { readonly before: OneOffRow; readonly category: string } | undefined,
  invoiceId: string | null,
): void {
  if (was) undoWith(leaf.restore, { oneOff: was.before, invoiceId, category: was.category }, expecting(row))
  else undoWith(leaf.remove, { oneOffId: row.id }, expecting(row))
}
