import { createHash } from 'node:crypto'
import { billBytes, headOfBill, statBill } from '#core/finops/imports/bill-file.ts'
import { type JobContext, jobKind } from '#core/jobs/job.ts'
import { usage } from '#shared/contract/billing/usage.ts'
import { imports as fileContract } from '#shared/contract/finops-imports.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { keepingsOf, NOTHING_KEPT } from '../keeping.ts'
import type { CheckedEvent } from '../resolve.ts'
import { type Begun, type Compared, leaveUnfinished, type ProblemRow, usageChunks } from './chunks.ts'
import { type FileWorld, fileWorld, type Submit } from './file-world.ts'
import { type LimitWatch, limitWatch } from './limit-watch.ts'
import { mergeAll } from './merge-all.ts'
import { createUsageReader, type FileRow, recogniseUsage, type UsageReading } from './read-file.ts'
import { addToTotals, type MetricTotal } from './receipt.ts'
import type { Refused } from './row-event.ts'
import { createSeenIds } from './seen-ids.ts'
import { nextSize } from './write-size.ts'

export interface UsageImportInput {
  readonly fileId: string
  readonly path: string
  readonly fileName: string
  readonly mode: 'all-or-nothing' | 'good-rows'
}

type Context = JobContext<UsageImportInput>

/** A file is recognised by so much of its beginning. */
export const HEAD_BYTES = 1 << 18
/** Events of one write: as many as take the writer about 10 ms, which depends on the machine and on the usage. */
const PORTION = { least: 250, most: 4000, short: 6, long: 11, shrink: 0.7 }
const FIRST = 1000

/**
 * Brings a file of events in. All or nothing: the whole file is checked first, against what is stored too, and
 * stored when nothing in it is refused. Each write says how far the file is dealt with, so that a job that was
 * killed goes on behind its last write.
 */
export const usageImportJob = jobKind<UsageImportInput, { importId: string }>({
  name: 'billing.usage.import',
  afterCrash: 'restart',
  chunks: usageChunks,
  async compute(context) {
    try {
      const importId = await bringIn(context)
      await context.command(fileContract.release, { fileId: context.input.fileId })
      return { importId }
    } catch (error) {
      throw fileRefusal(error)
    }
  },
  abandon: (tx, { jobId }) => leaveUnfinished(tx, jobId),
})

/** What is wrong with a file, in the words of this feature. */
export function fileRefusal(error: unknown): unknown {
  if (!isRefusal(error)) return error
  if (error.code === 'FINOPS_FILE_GONE') return refuse('BILLING_FILE_GONE', error.data)
  if (error.code === 'FINOPS_FILE_UNREADABLE') return refuse('BILLING_FILE_UNREADABLE', error.data)
  return error
}

async function bringIn(context: Context): Promise<string> {
  const { input, signal } = context
  const submit: Submit = (name, data) => context.submit(name, data)
  const before = await statBill(input.path)
  const { head } = await headOfBill(input.path, HEAD_BYTES)
  const reading = recogniseUsage(head)
  const begun = (await submit('begin', {
    ...{ fileName: input.fileName, format: reading.format },
    ...{ size: before.size, changedAt: before.mtimeMs },
  })) as Begun
  const world = await fileWorld(submit, begun, signal)
  const limits = limitWatch(
    async customerIds => (await context.query(usage.limits, { customerIds: [...customerIds] })).limits,
  )
  const facts = { context, submit, reading, world, limits, begun, size: before.size }
  // A portion of it was stored: then all of it was checked.
  if (input.mode === 'all-or-nothing' && begun.read === 0) await checkAll(facts)
  const { digest, rows, totals } = await storeAll(facts)
  const after = await statBill(input.path)
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw refuse('BILLING_FILE_CHANGED', {})
  if (rows === 0) throw refuse('BILLING_FILE_UNREADABLE', { reason: 'no-rows', line: null })
  await mergeAll(submit, signal, () => context.now())
  await submit('finish', { importId: begun.importId, digest, state: 'stored', file: totals })
  return begun.importId
}

interface Facts {
  readonly context: Context
  readonly submit: Submit
  readonly reading: UsageReading
  readonly world: FileWorld
  readonly limits: LimitWatch
  readonly begun: Begun
  readonly size: number
}

/** Events and refused rows of a part of a file, in its order. */
interface Part {
  readonly events: { readonly event: CheckedEvent; readonly line: number }[]
  readonly problems: ProblemRow[]
  /** The row after the last of these. */
  read: number
}

const noPart = (read: number): Part => ({ events: [], problems: [], read })

/**
 * Reads the file and hands parts of it on, each after the one before is dealt with; the next is read meanwhile.
 * @param skip rows that were dealt with before: only their sums are taken
 */
async function readParts(
  { context, reading, world, size }: Facts,
  phase: string,
  skip: number,
  look: (event: CheckedEvent) => Refused | null,
  take: (part: Part) => Promise<void>,
) {
  const { input, signal } = context
  const now = context.now()
  const hash = createHash('sha256')
  const totals: Record<string, MetricTotal> = {}
  let parts: Part[] = []
  let part = noPart(skip)
  let rows = 0
  let portion = FIRST
  const onRow = (row: FileRow) => {
    rows++
    let event = world.check(row, now)
    if (!('problem' in event)) event = look(event) ?? event
    if (!('problem' in event)) addToTotals(totals, event.metric.key, event.units, event.rest)
    if (rows <= skip) return
    part.read = rows
    if ('problem' in event) {
      part.problems.push({ code: event.problem, line: row.line, field: event.field, value: event.value })
    } else part.events.push({ event, line: row.line })
    if (part.events.length >= portion || part.problems.length >= FIRST) {
      parts.push(part)
      part = noPart(rows)
    }
  }
  const reader = createUsageReader(reading, onRow)
  let bytes = 0
  let last: Promise<void> = Promise.resolve()
  async function flush(): Promise<void> {
    const ready = parts
    parts = []
    await last
    last = (async () => {
      for (const one of ready) {
        signal.throwIfAborted()
        const begun = context.now()
        await take(one)
        portion = nextSize(PORTION, portion, Number(context.now() - begun))
      }
    })()
    // Its failure is met where it is awaited.
    last.catch(() => {})
  }
  const file = billBytes(input.path, signal, raw => {
    hash.update(raw)
    bytes += raw.length
  })
  for await (const chunk of file) {
    signal.throwIfAborted()
    reader.push(chunk)
    await flush()
    context.progress(Math.min(bytes, size), size, phase)
  }
  reader.end()
  if (part.events.length + part.problems.length > 0) parts.push(part)
  await flush()
  await last
  return { digest: hash.digest('hex'), rows, totals }
}

const NONE_KNOWN: Compared = { conflicts: [], known: [] }

/** Reads the whole file without storing any of it. @throws Refusal `BILLING_ROWS_REFUSED` */
async function checkAll(facts: Facts): Promise<void> {
  const { submit, begun } = facts
  const { importId } = begun
  const seen = createSeenIds()
  let refused = 0
  const { digest, totals } = await readParts(
    facts,
    'checking',
    0,
    event => {
      const content = `${event.customerId}/${event.metric.id}/${event.units}/${event.at}/${event.properties}`
      return seen.add(event.id, content) === 'other'
        ? { problem: 'conflict', field: 'id', value: event.id.slice(0, 80) }
        : null
    },
    async part => {
      const { events, lines } = await columnsOf(facts.world, part)
      const { conflicts, known } =
        events.ids.length === 0 ? NONE_KNOWN : ((await submit('compare', { events })) as Compared)
      const checked = part.events.map(one => one.event)
      const over = await facts.limits.over(checked, new Set([...conflicts, ...known]))
      const problems: ProblemRow[] = [
        ...part.problems,
        ...conflicts.map(i => ({
          ...{ code: 'conflict' as const, line: lines[i] as number, field: 'id' },
          value: (events.ids[i] as string).slice(0, 80),
        })),
        ...over.map(i => ({
          ...{ code: 'over-limit' as const, line: lines[i] as number, field: 'quantity' },
          value: String(events.quantities[i]),
        })),
      ]
      refused += problems.length
      if (problems.length > 0) await submit('store', { ...(await emptyPortion(importId)), problems })
    },
  )
  if (refused === 0) return
  await submit('finish', { importId, digest, state: 'failed', file: totals })
  throw refuse('BILLING_ROWS_REFUSED', { importId, refused })
}

/** Stores what earlier attempts have not stored. */
async function storeAll(facts: Facts) {
  const { context, submit, begun } = facts
  let aside = 0
  return readParts(
    facts,
    'storing',
    begun.read,
    () => null,
    async part => {
      const columns = await columnsOf(facts.world, part)
      const { importId } = begun
      const limits = await facts.limits.of(part.events.map(one => one.event))
      await submit('store', { importId, ...columns, limits, problems: part.problems, read: part.read })
      aside += part.events.length
      if (aside < KEPT_ASIDE) return
      aside = 0
      await mergeAll(submit, context.signal, () => context.now())
    },
  )
}

/** Events whose roll-ups are kept aside before they are added up: more cost readers time, fewer cost writes. */
export const KEPT_ASIDE = 250_000

async function columnsOf(world: FileWorld, part: Part) {
  const checked = part.events.map(one => one.event)
  const series = await world.numbers(checked)
  const metrics = [...new Set(checked.map(event => event.metric.key))]
  return {
    events: {
      ids: checked.map(event => event.id),
      series,
      quantities: BigInt64Array.from(checked, event => event.units),
      at: BigInt64Array.from(checked, event => event.at),
      properties: checked.map(event => event.properties),
    },
    lines: Int32Array.from(part.events, one => one.line),
    metrics,
    metricOf: Int32Array.from(checked, event => metrics.indexOf(event.metric.key)),
    keepings: keepingsOf(series, checked),
  }
}

async function emptyPortion(importId: string) {
  const none = { ids: [], series: new BigInt64Array(0), quantities: new BigInt64Array(0) }
  return {
    importId,
    events: { ...none, at: new BigInt64Array(0), properties: [] },
    ...{
      lines: new Int32Array(0),
      metricOf: new Int32Array(0),
      metrics: [],
      keepings: NOTHING_KEPT,
      limits: [],
    },
    // Nothing is dealt with for good: an attempt that is killed here checks all of it again.
    read: 0,
  }
}
