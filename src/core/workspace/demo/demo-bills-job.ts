import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ImportJobInput, importJob } from '#core/finops/imports/import-job.ts'
import { type JobContext, jobKind } from '#core/jobs/job.ts'
import { type DemoBill, demoBills, demoBillValues } from '#engines/demo/bills.ts'
import { type DemoCompany, demoCompany } from '#engines/demo/company.ts'
import { focusCsv } from '#engines/demo/focus-csv.ts'

export interface DemoBillsInput {
  readonly seed: string
  /** `YYYY-MM`. */
  readonly endMonth: string
}

/**
 * Brings the demo's bills in: each is written as a FOCUS file and read by the import of bills, with a receipt of
 * its own. A second attempt finds what the first one published and goes on from there.
 */
export const demoBillsJob = jobKind<DemoBillsInput, { bills: number }>({
  ...importJob,
  name: 'workspace.demo.create',
  async compute(context) {
    const company = demoCompany(context.input.seed, context.input.endMonth)
    const bills = demoBills(company)
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-demo-'))
    try {
      for (const [index, bill] of bills.entries()) {
        context.signal.throwIfAborted()
        context.progress(index, bills.length, 'bills')
        const path = join(folder, bill.fileName)
        await writeBill(company, bill, path)
        await importJob.compute(forBill(context, index, bill, path))
        rmSync(path)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    context.progress(bills.length, bills.length, 'bills')
    return { bills: bills.length }
  },
})

/** Attempts of a job are few; an import's id is made of the job's id and its attempt. */
const BILLS_APART = 1000

/** The context of one bill's import: its own attempt and input, its progress left to the whole. */
function forBill(
  context: JobContext<DemoBillsInput>,
  index: number,
  bill: DemoBill,
  path: string,
): JobContext<ImportJobInput> {
  return {
    ...context,
    attempt: context.attempt * BILLS_APART + index,
    input: {
      path,
      fileName: bill.fileName,
      reading: {},
      mode: 'all-or-nothing',
      overlap: 'refuse',
      currency: bill.account.currency,
    },
    progress: () => {},
  }
}

async function writeBill(company: DemoCompany, bill: DemoBill, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for (const piece of focusCsv(demoBillValues(company, bill))) await file.write(piece)
  } finally {
    await file.close()
  }
}
