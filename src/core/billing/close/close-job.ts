import { type JobContext, jobKind } from '#core/jobs/job.ts'
import { automation } from '#shared/contract/billing/automation.ts'
import type { CloseProblem } from '#shared/contract/billing/close.ts'
import { closeFacts } from '#shared/contract/billing/close-facts.ts'
import { isRefusal } from '#shared/errors.ts'
import { type CloseChunks, closeChunks, failClose } from './chunks.ts'
import { type CustomerResult, createDrafting } from './drafting.ts'
import { type CloseCount, counted, NOTHING } from './report.ts'
import { flatDraft } from './store-drafts.ts'

export interface CloseJobInput {
  readonly runId: string
  /** `2026-10`. */
  readonly period: string
  readonly dryRun: boolean
  /** Of customers of whom nothing else is said. */
  readonly taxRate: string
  /** Of automated billing: these customers alone, and what nothing speaks against is issued. */
  readonly automatic?: { readonly only: readonly string[]; readonly withoutUsage: boolean }
}

export interface CloseJobResult {
  readonly runId: string
  readonly drafts: number
  readonly extended: number
  readonly lines: number
  readonly problems: number
}

type Context = JobContext<CloseJobInput>

/** Customers that are read and rated at a time. */
const PAGE = 200
/** Lines that one write stores: so many take the writer less than 10 ms. */
const LINES_PER_STORE = 300
const CUSTOMERS_PER_STORE = 60
/** Writes under way while the next page is computed. */
const MOST_STORES = 3
/** Problems whose words are kept; all are counted. */
const MOST_PROBLEMS = 1000

function submitter(context: Context) {
  return <K extends keyof CloseChunks>(name: K, data: CloseChunks[K]['data']) =>
    context.submit(name, data) as Promise<CloseChunks[K]['answer']>
}
type Submit = ReturnType<typeof submitter>

/**
 * Closes a month: page by page of customers mark → read → rate → store drafts, the reading of a page beside
 * the rating of the one before. A real close and a dry run differ in nothing but the writes. What was stored
 * stays when it is cut off: closing again adds only what is missing.
 */
export const closeJob = jobKind<CloseJobInput, CloseJobResult>({
  name: 'billing.close.start',
  afterCrash: 'restart',
  chunks: closeChunks,
  async compute(context) {
    const submit = submitter(context)
    const { runId, dryRun } = context.input
    const begun = await submit('begin', { runId })
    const { count, problems, customers } = await closeAll(context, submit, begun.customers)
    const done = await submit('finish', {
      runId,
      customers,
      problems: problems.slice(0, MOST_PROBLEMS),
      problemCount: problems.length,
      // The counts of a real close are in the run's row: an attempt before this one may have stored a part.
      count: dryRun ? count : null,
    })
    if (context.input.automatic) await issueClean(context)
    return { runId, ...done, problems: problems.length }
  },
  abandon: failClose,
})

/** Issues what nobody has to look at. One that somebody took up in between stays as it is. */
async function issueClean({ input: { runId }, query, command }: Context): Promise<void> {
  const { invoices } = await query(automation.clean, { runId })
  for (const { id: invoiceId, digest } of invoices)
    await command(automation.issue, { invoiceId, digest }).catch(error => {
      if (!isRefusal(error)) throw error
    })
}

async function closeAll(context: Context, submit: Submit, total: number) {
  const { input, signal } = context
  const { runId, period, dryRun, taxRate, automatic } = input
  const only = automatic ? [...automatic.only] : undefined
  const { world, least } = await context.query(closeFacts.tax, {})
  const drafting = createDrafting({
    ...{ runId, period, taxRate, withoutUsage: automatic?.withoutUsage ?? false },
    ...{ tax: world, least },
    prices: ids => context.query(closeFacts.prices, { planVersionIds: [...ids] }),
    quantities: requests => context.query(closeFacts.quantities, { requests: [...requests] }),
    billed: subscriptions => context.query(closeFacts.billed, { subscriptions: [...subscriptions] }),
  })
  const read = async (after: string | null) => {
    if (!dryRun) await submit('mark', { period, after, limit: PAGE, ...(only ? { only } : {}) })
    const { customers, more } = await context.query(closeFacts.customers, {
      ...{ after, limit: PAGE, period },
      ...(only ? { only } : {}),
    })
    return { customers, more, loaded: await drafting.load(customers) }
  }
  const stores = boundedQueue(MOST_STORES)
  const problems: CloseProblem[] = []
  let count: CloseCount = NOTHING
  let customers = 0
  let next = quiet(read(null))
  for (let more = true; more; ) {
    signal.throwIfAborted()
    const page = await next
    more = page.more
    if (more) next = quiet(read(page.customers.at(-1)!.customerId))
    const results = drafting.rate(page.loaded, customers)
    for (const result of results) problems.push(...result.problems)
    if (dryRun) count = countedAll(count, results)
    else for (const some of batches(results)) await stores.add(() => submit('store', storeOf(input, some)))
    customers += page.customers.length
    context.progress(customers, only?.length ?? total, dryRun ? 'rating' : 'billing')
  }
  await stores.end()
  return { count, problems, customers }
}

function countedAll(count: CloseCount, results: readonly CustomerResult[]): CloseCount {
  let sum = count
  for (const { drafts, open } of results) {
    if (drafts.length > 0)
      sum = counted(sum, drafts, ({ invoice }) => open.includes(`${invoice.currency}/${invoice.apart}`))
  }
  return sum
}

function storeOf({ runId, period }: CloseJobInput, results: readonly CustomerResult[]) {
  return {
    runId,
    period,
    drafts: results.flatMap(result => result.drafts.map(flatDraft)),
    settled: results.flatMap(result => (result.settled === null ? [] : [result.settled])),
  }
}

/** Cuts results into writes; what belongs to one customer is stored at once. */
function* batches(results: readonly CustomerResult[]): Generator<CustomerResult[]> {
  let some: CustomerResult[] = []
  let lines = 0
  for (const result of results) {
    if (result.drafts.length === 0 && result.settled === null) continue
    some.push(result)
    for (const draft of result.drafts) lines += draft.lines.length
    if (lines >= LINES_PER_STORE || some.length >= CUSTOMERS_PER_STORE) {
      yield some
      some = []
      lines = 0
    }
  }
  if (some.length > 0) yield some
}

/** Lets so many pieces of work run at once; the first that fails ends it. */
function boundedQueue(most: number) {
  const running: Promise<unknown>[] = []
  return {
    async add(work: () => Promise<unknown>): Promise<void> {
      if (running.length >= most) await running.shift()
      running.push(quiet(work()))
    },
    async end(): Promise<void> {
      for (const one of running.splice(0)) await one
    },
  }
}

/** Work that somebody waits for later: until then its failure is nobody's. */
function quiet<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {})
  return work
}
