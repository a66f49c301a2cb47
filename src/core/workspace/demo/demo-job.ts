import { failClose } from '#core/billing/close/chunks.ts'
import { leaveUnfinished } from '#core/billing/usage/imports/chunks.ts'
import { importJob } from '#core/finops/imports/import-job.ts'
import { jobKind } from '#core/jobs/job.ts'
import { demoCompany } from '#engines/demo/company.ts'
import { demoFiles } from '#engines/demo/files.ts'
import { quotaScans } from '#shared/contract/billing/quota-scans.ts'
import { billingChunks, type DemoInput, submitterOf } from './billing/chunks.ts'
import { makeBilling } from './billing/make-billing.ts'
import { keepBooks } from './books/keep-books.ts'
import { bringBillsIn } from './demo-bills.ts'

/**
 * Makes the demo: its bills come in by the import of bills, then its billing is stored. A second attempt finds
 * what the first one stored and goes on from there.
 */
export const demoJob = jobKind<DemoInput, { bills: number; events: number; invoices: number }>({
  ...importJob,
  name: 'workspace.demo.create',
  chunks: { ...importJob.chunks, ...billingChunks },
  async compute(context) {
    const { seed, endMonth, lastDay } = context.input
    const company = demoCompany(seed, endMonth, lastDay)
    const bills = demoFiles(company).reduce((sum, file) => sum + file.bills.length, 0)
    await bringBillsIn(context, company, done => context.progress(done, bills, 'bills'))
    const made = await makeBilling(context, company, (done, total) =>
      context.progress(done, total, 'invoices'),
    )
    await keepBooks(context, company)
    await submitterOf(context)('billing.storePastDunning', null)
    // What the demo's customers used of what they may: some are near their limits, some over.
    await context.command(quotaScans.start, {})
    return { bills, ...made }
  },
  async abandon(tx, job) {
    await importJob.abandon!(tx, job)
    await leaveUnfinished(tx, job.jobId)
    await failClose(tx, job)
  },
})
