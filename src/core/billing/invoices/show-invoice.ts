import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { answer } from '#core/runtime/handlers.ts'
import { type BridgedLine, bridgeOf } from '#engines/billing/bridge.ts'
import { decimalText } from '#engines/billing/exact.ts'
import { oneOffOfItem } from '#engines/billing/one-off.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { refuse } from '#shared/errors.ts'
import { getOneOff } from '../one-offs/one-off-rows.ts'
import { quantitiesOf } from '../usage/quantities.ts'
import { subscriptionOfApart } from './apart.ts'
import { shownTaxAmount } from './document/invoice-facts.ts'
import { historyOf } from './history.ts'
import { getInvoice, invoiceRows, lineOf, linesOf, shownRows } from './invoice-rows.ts'
import type { Parties } from './parties.ts'
import { stepsOf } from './steps-text.ts'

/** Invoices before it that a line is shown with. */
const BEFORE = 12

export const showInvoice = answer(leaf.get, async ({ reader, input }) => {
  const row = await invoiceRows(reader)
    .select([
      'invoice.period_from',
      'invoice.period_to',
      'invoice.zone',
      'invoice.previous_id',
      'invoice.parties',
      'invoice.apart',
    ])
    .where('invoice.id', '=', input.invoiceId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'invoice', id: input.invoiceId })
  const [shown] = await shownRows(reader, [row])
  return {
    ...shown!,
    subscriptionId: subscriptionOfApart(row.apart),
    span: { from: row.period_from, to: row.period_to },
    zone: row.zone,
    taxAmount: taxAmountOf(row.parties),
    previousId: row.previous_id,
    lineItems: (await linesOf(reader, row.id)).map(lineOf),
    history: await historyOf(reader, row.id),
  }
})

/** The tax in the currency of the seller's books, as it was fixed at issue. */
function taxAmountOf(parties: string | null) {
  const found = parties === null ? null : shownTaxAmount(fromCanonical<Parties>(parties))
  return found && { ...found, rates: [...found.rates] }
}

export const explainLine = answer(leaf.explain, async ({ reader, input }) => {
  const row = await reader.db
    .selectFrom('invoice_lines')
    .selectAll()
    .where('id', '=', input.lineId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'invoice-line', id: input.lineId })
  const plan = await reader.db
    .selectFrom('prices as price')
    .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select(['plan.id', 'plan.name', 'version.number'])
    .where('price.id', '=', row.price_id)
    .executeTakeFirst()
  return {
    line: lineOf(row),
    plan: plan ? { planId: plan.id, name: plan.name, version: Number(plan.number) } : null,
    oneOff: await enteredOneOff(reader, row.item),
    steps: stepsOf(row.steps),
    usage: row.metric_id === null ? [] : await usageByDay(reader, row, row.metric_id),
    before: await sameBefore(reader, row),
  }
})

/** Who entered what is charged once; null for the line of a price. */
async function enteredOneOff(reader: Reader, item: string) {
  const id = oneOffOfItem(item)
  if (id === null) return null
  const { note, created_by, created_at } = await getOneOff(reader, id)
  const person = await namesOf(reader)
  return { oneOffId: id, by: person(created_by), at: created_at, note }
}

const DAY = 86_400_000n

/** The usage behind a line, day by day in UTC. */
async function usageByDay(reader: Reader, line: Row<'invoice_lines'>, metricId: string) {
  const { customer_id: customerId } = await getInvoice(reader, line.invoice_id)
  const days: { customerId: string; metricId: string; from: bigint; to: bigint }[] = []
  for (let from = line.service_from; from < line.service_to; ) {
    const end = from - (from % DAY) + DAY
    const to = end < line.service_to ? end : line.service_to
    days.push({ customerId, metricId, from, to })
    from = to
  }
  const { scale } = await reader.db
    .selectFrom('metrics')
    .select('scale')
    .where('id', '=', metricId)
    .executeTakeFirstOrThrow()
  const quantities = await quantitiesOf(reader, days)
  return days.flatMap(({ from }, index) => {
    const { quantity, events } = quantities[index]!
    return events === 0 ? [] : [{ at: from, quantity: decimalText(quantity, Number(scale)), events }]
  })
}

/** The same price of the subscription on earlier invoices, summed by month, the newest first. */
async function sameBefore(reader: Reader, line: Row<'invoice_lines'>) {
  const own = await getInvoice(reader, line.invoice_id)
  // In two questions: joined, SQLite goes through all earlier invoices of the workspace, which takes seconds.
  const lines = await reader.db
    .selectFrom('invoice_lines')
    .select(['invoice_id', 'quantity', 'scale', 'amount'])
    .where('subscription_id', '=', line.subscription_id)
    .where('price_key', '=', line.price_key)
    .where('kind', '=', line.kind)
    .execute()
  const byInvoice = Map.groupBy(lines, one => one.invoice_id)
  const invoices = await reader.db
    .selectFrom('invoices')
    .select(['id', 'period'])
    .where('id', 'in', [...byInvoice.keys()])
    .where('period', '<', own.period)
    .where('state', '!=', 'void')
    .orderBy('period', 'desc')
    .execute()
  const rows = invoices.flatMap(({ id, period }) => byInvoice.get(id)!.map(one => ({ ...one, period })))
  return [...Map.groupBy(rows, row => row.period)].slice(0, BEFORE).map(([period, some]) => {
    const scale = some.reduce((most, one) => (one.scale > most ? one.scale : most), 0n)
    const quantity = some.reduce((sum, one) => sum + one.quantity * 10n ** (scale - one.scale), 0n)
    const amount = some.reduce((sum, one) => sum + one.amount, 0n)
    return { period, quantity: decimalText(quantity, Number(scale)), amount }
  })
}

export const invoiceBridge = answer(leaf.bridge, async ({ reader, input }) => {
  const now = await getInvoice(reader, input.invoiceId)
  const before = now.previous_id === null ? null : await getInvoice(reader, now.previous_id)
  const from = before === null ? [] : await linesOf(reader, before.id)
  const to = await linesOf(reader, now.id)
  const terms = await termsOf(reader, [...from, ...to])
  const bridged = (line: Row<'invoice_lines'>) => bridgedBy(terms, line)
  return {
    currency: now.currency,
    from: {
      invoiceId: before?.id ?? null,
      period: before?.period ?? null,
      total: before?.total ?? 0n,
    },
    to: { invoiceId: now.id, period: now.period, total: now.total },
    parts: bridgeOf(from.map(bridged), to.map(bridged)),
  }
})

/** What each price asks, so that a new version which says the same is no change of the price. */
async function termsOf(reader: Reader, lines: readonly Row<'invoice_lines'>[]): Promise<Map<string, string>> {
  const ids = [...new Set(lines.map(line => line.price_id))]
  if (ids.length === 0) return new Map()
  const prices = await reader.db
    .selectFrom('prices')
    .select(['id', 'charge', 'minimum', 'maximum'])
    .where('id', 'in', ids)
    .execute()
  return new Map(prices.map(({ id, ...terms }) => [id, canonicalJson(terms)]))
}

function bridgedBy(terms: ReadonlyMap<string, string>, row: Row<'invoice_lines'>): BridgedLine {
  return {
    kind: row.kind,
    priceKey: row.price_key,
    terms: terms.get(row.price_id) ?? row.price_id,
    name: row.name,
    quantity: row.quantity,
    scale: Number(row.scale),
    amount: row.amount,
    tax: row.tax,
    prorated: stepsOf(row.steps).some(step => step.step === 'prorate' && step.used !== step.whole),
  }
}
