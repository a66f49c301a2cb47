import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ImportJobInput, importJob } from '#core/finops/imports/import-job.ts'
import type { JobContext } from '#core/jobs/job.ts'
import type { DemoCompany } from '#engines/demo/company.ts'
import { type DemoFile, demoFiles, demoFileValues } from '#engines/demo/files.ts'
import { focusCsv } from '#engines/demo/focus-csv.ts'
import type { DemoContext } from './billing/chunks.ts'

/**
 * Brings the demo's bills in: each file of them is written and read by the import of bills, with a receipt of
 * its own. What an attempt before this one published is there and stays.
 * @param tell how many bills are there
 */
export async function bringBillsIn(
  context: DemoContext,
  company: DemoCompany,
  tell: (done: number) => void,
): Promise<void> {
  let done = 0
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-demo-'))
  try {
    for (const [index, file] of demoFiles(company).entries()) {
      context.signal.throwIfAborted()
      tell(done)
      const path = join(folder, file.fileName)
      await writeFile(company, file, path)
      await importJob.compute(forFile(context, index, file, path))
      rmSync(path)
      done += file.bills.length
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  tell(done)
}

/** Attempts of a job are few; an import's id is made of the job's id and its attempt. */
const FILES_APART = 1000

/** The context of one file's import: its own attempt and input, its progress left to the whole. */
function forFile(
  context: DemoContext,
  index: number,
  file: DemoFile,
  path: string,
): JobContext<ImportJobInput> {
  return {
    ...context,
    attempt: context.attempt * FILES_APART + index,
    input: {
      path,
      fileName: file.fileName,
      reading: {},
      mode: 'all-or-nothing',
      overlap: 'refuse',
      currency: file.bills[0]!.account.currency,
    },
    progress: () => {},
  }
}

async function writeFile(company: DemoCompany, file: DemoFile, path: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    for (const piece of focusCsv(demoFileValues(company, file))) await handle.write(piece)
  } finally {
    await handle.close()
  }
}
