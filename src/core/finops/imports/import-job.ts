import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { type JobContext, jobKind } from '#core/jobs/job.ts'
import { enqueueJob } from '#core/jobs/job-table.ts'
import type { BillSummary } from '#engines/finops/bill/read-bill.ts'
import { createBillReader } from '#engines/finops/bill/read-bill.ts'
import type { OutputColumn } from '#engines/finops/bill/row-block.ts'
import { defaultTagDimensions, type TagDimensions } from '#engines/finops/bill/tag-dimensions.ts'
import { imports as contract, type ImportResult } from '#shared/contract/finops-imports.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { idFromCommand } from '#shared/ids.ts'
import type { BatchHead } from '../costs/batches.ts'
import { type BatchColumn, type BatchFacts, createStaging, type Staging } from '../costs/staging.ts'
import { billBytes, digestFile, headOfBill, statBill } from './bill-file.ts'
import {
  forgetImports,
  type ImportChunks,
  importChunks,
  type importOfDigest,
  type StoredSum,
} from './chunks.ts'
import { HEAD_BYTES, type ReadingInput, type Recognised, recognise } from './reading.ts'
import { proveImport, receiptOf } from './receipt.ts'

export interface ImportJobInput {
  /** The staged file that is let go of in the end, where there is one. */
  readonly fileId?: string
  readonly path: string
  readonly fileName: string
  readonly reading: ReadingInput
  readonly mode: 'all-or-nothing' | 'good-rows'
  readonly overlap: 'refuse' | 'replace' | 'add'
  /** Of the workspace, for files that state none. */
  readonly currency: string
  /** Which tag keys name the dimensions; the usual ones where nothing is said. */
  readonly dimensions?: TagDimensions
}

const dimensionsOf = (input: ImportJobInput) => input.dimensions ?? defaultTagDimensions

type Result = z.infer<typeof ImportResult>
type Context = JobContext<ImportJobInput>

/** Batches of one file: each is a source, an account and a billing period. */
const MOST_BATCHES = 2_000
const PROBLEMS_PER_CHUNK = 200
const ROLL_UPS_PER_CHUNK = 200

/** Submits a chunk by name, with its types. */
function submitter(context: Context) {
  return <K extends keyof ImportChunks>(name: K, data: ImportChunks[K]) => context.submit(name, data)
}
type Submit = ReturnType<typeof submitter>

/**
 * Brings a bill in: digest → recognise → read, staging columns and sums in short writes → prove → publish by one
 * small write. Until then nothing of it is visible, and whatever ends it earlier leaves nothing behind.
 */
export const importJob = jobKind<ImportJobInput, Result>({
  name: 'finops.imports.start',
  afterCrash: 'restart',
  freeing: ['sweep'],
  chunks: importChunks,
  async compute(context) {
    try {
      const result = await bringIn(context)
      const { fileId } = context.input
      if (fileId !== undefined) await context.command(contract.release, { fileId })
      return result
    } catch (error) {
      throw diskFull(error) ? refuse('FINOPS_DISK_FULL', {}) : error
    }
  },
  async abandon(tx, { jobId, now }) {
    if (!(await forgetImports(tx, jobId, 'staging'))) return
    const id = idFromCommand(jobId, Number(now))
    await enqueueJob(tx, { id, kind: sweepJob.name, input: {}, actor: null, at: now })
  },
})

/** Removes what unfinished imports left behind, in short writes. */
export const sweepJob = jobKind<Record<string, never>, null>({
  name: 'finops.imports.sweep',
  afterCrash: 'restart',
  freeing: ['sweep'],
  chunks: { sweep: importChunks.sweep },
  async compute(context) {
    while (await context.submit('sweep', {})) context.signal.throwIfAborted()
    return null
  },
})

function diskFull(error: unknown): boolean {
  if (isRefusal(error)) return false
  return /disk is full|ENOSPC|No space left/i.test(String(error))
}

async function bringIn(context: Context): Promise<Result> {
  const { input, signal } = context
  const submit = submitter(context)
  const before = await statBill(input.path)
  // Only a file of the same size can be the same file: any other need not be read twice.
  if (await submit('anyOfSize', { size: before.size })) {
    const digest = await digestFile(input.path, signal, bytes =>
      context.progress(bytes, before.size, 'checking'),
    )
    const known = (await submit('find', { digest })) as Awaited<ReturnType<typeof importOfDigest>>
    // After a crash it may be this very job that published it.
    if (known !== null) return { importId: known.id, already: known.job_id !== context.jobId }
  }

  const head = await headOfBill(input.path, HEAD_BYTES)
  const found = recognise(head, input.reading, input.currency, dimensionsOf(input), 0)
  if (found.needed.length > 0) throw refuse('FINOPS_COLUMNS_NEEDED', { columns: found.needed })
  while (await submit('sweep', {})) signal.throwIfAborted()

  const importId = idFromCommand(context.jobId, context.attempt)
  await submit('begin', {
    ...{ importId, fileName: input.fileName, overlap: input.overlap, version: found.version },
    ...{ size: before.size, format: found.reading.mapping.id },
  })
  const { summary, facts, digest } = await readRows(context, submit, importId, found, before.size)
  const after = await statBill(input.path)
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw refuse('FINOPS_FILE_CHANGED', {})

  const whole = summary.rowsRefused === 0 || input.mode === 'good-rows'
  if (!whole || summary.rowsStored === 0) await giveUp(submit, importId, digest, summary)
  context.progress(before.size, before.size, 'publishing')
  await storeFacts(submit, facts)
  await storeProblems(submit, importId, summary)
  await storeEnd(submit, importId, digest, summary, 'staging')
  await context.command(contract.publish, { importId })
  return { importId, already: false }
}

/** Reads all rows of the file into staged batches. */
async function readRows(context: Context, submit: Submit, importId: string, found: Recognised, size: number) {
  const { input, signal } = context
  const hash = createHash('sha256')
  const heads: BatchHead[] = []
  let opened = 0
  let staging: Staging | null = null
  const reader = createBillReader({
    ...found.reading,
    // Every key is found in the column of tags, so that none needs a column of its own.
    tagKeys: [],
    dimensions: dimensionsOf(input),
    maxBatches: MOST_BATCHES,
    sink: {
      begin: columns => {
        staging = createStaging(columns.map(batchColumn))
      },
      batch: (index, key) => {
        heads[index] = {
          id: idFromCommand(importId, index),
          importId,
          fileName: input.fileName,
          source: key.provider,
          account: key.billingAccountId === NOT_STATED ? null : key.billingAccountId,
          period: { from: BigInt(key.periodStart), to: BigInt(key.periodEnd) },
        }
      },
      block: block => {
        if (worthStaging()) staging?.add(block)
      },
    },
  })
  /** After the first refused row an import of all or nothing is only read to the end for its list. */
  const worthStaging = () => input.mode === 'good-rows' || reader.rowsRefused() === 0

  async function store(): Promise<void> {
    if (staging === null || !worthStaging()) return
    const fresh = heads.slice(opened)
    opened = heads.length
    if (fresh.length > 0) await submit('open', { heads: fresh, overlap: input.overlap })
    for (const part of staging.drain()) {
      await submit('columns', { batch: (heads[part.batch] as BatchHead).id, columns: part.columns })
    }
  }

  let bytes = 0
  const bill = billBytes(input.path, signal, chunk => {
    hash.update(chunk)
    bytes += chunk.length
  })
  for await (const chunk of bill) {
    signal.throwIfAborted()
    reader.push(chunk)
    await store()
    context.progress(Math.min(bytes, size), size, 'reading')
  }
  const summary = reader.end()
  if (summary === null || staging === null) throw refuse('FINOPS_FILE_CHANGED', {})
  const ended = worthStaging() ? (staging as Staging).end() : []
  await store()
  const facts = ended.map(one => ({ id: (heads[one.batch] as BatchHead).id, facts: one }))
  return { summary, facts, digest: hash.digest('hex') }
}

const NOT_STATED = '(not stated)'

function batchColumn(column: OutputColumn): BatchColumn {
  return { name: column.name, kind: column.kind, known: column.origin !== 'kept' }
}

const INT64_MAX = 2n ** 63n - 1n

async function storeFacts(submit: Submit, all: readonly { id: string; facts: BatchFacts }[]): Promise<void> {
  for (const { id, facts } of all) {
    const { rollUps, batch: _, ...rest } = facts
    for (const row of rollUps) {
      for (const measure of ['billed', 'effective', 'list', 'contracted'] as const) {
        const units = row[measure]
        if (units > INT64_MAX || units < -INT64_MAX) throw refuse('FINOPS_TOTAL_TOO_LARGE', { measure })
      }
    }
    for (let from = 0; from < rollUps.length; from += ROLL_UPS_PER_CHUNK) {
      await submit('rollUps', { batch: id, rows: rollUps.slice(from, from + ROLL_UPS_PER_CHUNK) })
    }
    await submit('settle', { batch: id, facts: rest })
  }
}

async function storeProblems(submit: Submit, importId: string, { problems }: BillSummary): Promise<void> {
  const list = problems.problems
  for (let from = 0; from < list.length; from += PROBLEMS_PER_CHUNK) {
    await submit('problems', { importId, from, problems: list.slice(from, from + PROBLEMS_PER_CHUNK) })
  }
}

async function storeEnd(
  submit: Submit,
  importId: string,
  digest: string,
  summary: BillSummary,
  state: 'staging' | 'failed',
): Promise<void> {
  const stored = (await submit('sums', { importId })) as StoredSum[]
  const sums = new Map(stored.map(sum => [sum.currency, sum]))
  const proof = state === 'failed' ? [] : proveImport(summary, sums)
  await submit('finish', {
    ...{ importId, digest, state, read: summary.rowsRead, refused: summary.rowsRefused },
    stored: state === 'failed' ? 0 : summary.rowsStored,
    duplicates: summary.duplicates.repeated,
    receipt: receiptOf(summary, proof),
  })
}

/** Keeps the list of refused rows, removes what was staged, and says so. */
async function giveUp(
  submit: Submit,
  importId: string,
  digest: string,
  summary: BillSummary,
): Promise<never> {
  await storeProblems(submit, importId, summary)
  await storeEnd(submit, importId, digest, summary, 'failed')
  while (await submit('discard', { importId }));
  if (summary.rowsRead === 0) throw refuse('FINOPS_FILE_UNREADABLE', { reason: 'no-rows', line: null })
  throw refuse('FINOPS_ROWS_REFUSED', { importId, refused: summary.rowsRefused })
}
