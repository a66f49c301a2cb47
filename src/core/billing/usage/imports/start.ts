import type { FilesPort } from '#core/files-port.ts'
import { handle } from '#core/runtime/handlers.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { refuse } from '#shared/errors.ts'
import { usageImportJob } from './import-job.ts'

/** Queues the import of a file of events that a host staged. */
export function startUsageImport(files: FilesPort) {
  return handle(contract.import, async ({ tx, input, enqueue }) => {
    const { fileId, fileName, mode } = input
    const { path } = files.find(fileId, 'read')
    const { demo, name } = await tx.db
      .selectFrom('workspace_state')
      .select(['demo', 'name'])
      .executeTakeFirstOrThrow()
    if (demo !== 0n && !input.intoDemo) throw refuse('BILLING_INTO_DEMO', { name })
    return { jobId: await enqueue(usageImportJob, { fileId, fileName, mode, path }) }
  })
}
