import { type CustomerResult, createDrafting } from '#core/billing/close/drafting.ts'
import { monthIn } from '#core/billing/close/month.ts'
import { type CloseCount, counted, NOTHING } from '#core/billing/close/report.ts'
import type { Parties } from '#core/billing/invoices/parties.ts'
import { addDays } from '#engines/billing/phases.ts'
import { knownAt } from '#engines/demo/billing/known.ts'
import { type Month, monthPlus } from '#engines/demo/days.ts'
import { randomOf } from '#engines/demo/random.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type CustomerFacts, closeFacts } from '#shared/contract/billing/close-facts.ts'
import type { DemoContext, Submit } from './chunks.ts'
import { pastId } from './ids.ts'
import type { PastInvoice, PastRun } from './store-month.ts'

/** Who closes, who approves, and what documents say of each customer, in the order of signing up. */
export interface PastCloses {
  readonly closer: string
  readonly approver: string
  readonly parties: ReadonlyMap<string, Parties>
  /** Each customer's key: chance follows it, and not an id that is another in every demo. */
  readonly keys: ReadonlyMap<string, string>
  /** Whose invoices of the last closed month wait for a direct debit. */
  readonly debtors: ReadonlySet<string>
  readonly last: string
  /** The end of the data, in milliseconds: what was due well before it is paid. */
  readonly now: bigint
}

const HOUR = 3_600_000n
const DAY = 24n * HOUR
/** After the end of a month, in UTC. */
const CLOSED_AFTER = DAY + 13n * HOUR
const APPROVED_AFTER = 20n * HOUR
const ISSUED_AFTER = 26n * HOUR
/** Between one invoice and the next. */
const APART = 4000n
const CLOSE_TOOK = 2400n
/** After an invoice is due, until everybody has paid who ever will. */
const PATIENCE = 21n * DAY
const EARLY = 9n * DAY

/** All of them at once: numbers follow the order of signing up. */
const PAGE = 1000
/** Lines that one write stores: so many take the writer less than 10 ms. */
const LINES_PER_STORE = 130

/**
 * Closes a month of the past as it was closed then: the same rating on what was known of subscriptions at that
 * time, stored as invoices in force. Gives the number of invoices.
 */
export async function closeMonth(
  context: DemoContext,
  submit: Submit,
  period: Month,
  closes: PastCloses,
): Promise<number> {
  const { jobId } = context
  const at = monthIn(monthPlus(period, 1), 'UTC').from + CLOSED_AFTER
  const run: PastRun = { runId: pastId(at, jobId, period), period, by: closes.closer, at }
  if (!(await submit('billing.beginMonth', run))) return 0
  const { world: tax } = await context.query(closeFacts.tax, {})
  const drafting = createDrafting({
    ...{ runId: run.runId, period, taxRate: '0', tax },
    prices: ids => context.query(closeFacts.prices, { planVersionIds: [...ids] }),
    quantities: requests => context.query(closeFacts.quantities, { requests: [...requests] }),
    billed: subscriptions => context.query(closeFacts.billed, { subscriptions: [...subscriptions] }),
  })
  const places = new Map([...closes.parties.keys()].map((id, index) => [id, index]))
  // Who has no subscription has no place, and no invoice.
  const placeOf = ({ customerId }: CustomerResult) => places.get(customerId) ?? places.size
  let after: string | null = null
  let customers = 0
  let count: CloseCount = NOTHING
  for (let more = true; more; ) {
    context.signal.throwIfAborted()
    await submit('billing.mark', { period, after, limit: PAGE })
    const page: { readonly customers: readonly CustomerFacts[]; readonly more: boolean } =
      await context.query(closeFacts.customers, { after, limit: PAGE, period })
    more = page.more
    after = page.customers.at(-1)!.customerId
    customers += page.customers.length
    const loaded = await drafting.load(page.customers.map(one => asKnown(one, period)))
    // By signing up, and not by ids, which are others in every demo: so each invoice has its number.
    const results = drafting.rate(loaded).sort((a, b) => placeOf(a) - placeOf(b))
    const drafts = results.flatMap(result => result.drafts)
    const before = count.drafts
    count = counted(count, drafts, () => false)
    const stores: Promise<unknown>[] = []
    let place = before
    for (const some of batches(results)) {
      const invoices = some.flatMap(result =>
        result.drafts.map(draft => pastInvoice(run, draft, place++, closes)),
      )
      const settled = some.flatMap(result => (result.settled === null ? [] : [result.settled]))
      stores.push(submit('billing.storeMonth', { run, invoices, settled }))
    }
    await Promise.all(stores)
  }
  const report = { ...count, customers, problems: [], problemCount: 0 }
  await submit('billing.endMonth', { run, report, at: at + CLOSE_TOOK })
  return count.drafts
}

/** A customer as it was known when the month was over there. */
function asKnown(customer: CustomerFacts, period: Month): CustomerFacts {
  const { to } = monthIn(period, customer.zone)
  return { ...customer, subscriptions: customer.subscriptions.flatMap(one => knownAt(one, to) ?? []) }
}

function pastInvoice(
  run: PastRun,
  draft: PastInvoice['draft'],
  place: number,
  { approver, parties, keys, debtors, last, now }: PastCloses,
): PastInvoice {
  const { customer_id: customerId, zone, kind, currency, period, total } = draft.invoice
  const own = parties.get(customerId)!
  const issuedAt = run.at + ISSUED_AFTER + BigInt(place) * APART
  const dueAt = addDays(issuedAt, own.paymentDays, zone)
  const random = randomOf(`paid/${keys.get(customerId)}/${period}/${currency}`)
  const late = BigInt(random.below(Number(PATIENCE)))
  const never = random.below(1000) < 4
  const waits = period === last && debtors.has(customerId)
  const paid = kind === 'invoice' && (total === 0n || (dueAt + late < now && !waits))
  const givenUp = paid && never && total > 0n && dueAt + 3n * PATIENCE < now
  // Some pay before it is due. What is given up is so long after.
  const early = dueAt + late - EARLY
  const paidAt = early > issuedAt ? early : issuedAt + DAY
  return {
    draft,
    state: givenUp ? 'uncollectible' : paid ? 'paid' : 'issued',
    settledAt: !paid || total === 0n ? null : givenUp ? dueAt + 3n * PATIENCE : paidAt < now ? paidAt : now,
    ...{ approvedBy: approver, approvedAt: run.at + APPROVED_AFTER + BigInt(place) * APART },
    ...{ issuedAt, dueAt, parties: canonicalJson(own), sellerId: own.workspace.entity?.id ?? null },
  }
}

/** Cuts results into writes; what belongs to one customer is stored at once. */
function* batches(results: readonly CustomerResult[]): Generator<CustomerResult[]> {
  let some: CustomerResult[] = []
  let lines = 0
  for (const result of results) {
    some.push(result)
    for (const draft of result.drafts) lines += draft.lines.length
    if (lines < LINES_PER_STORE) continue
    yield some
    some = []
    lines = 0
  }
  if (some.length > 0) yield some
}
