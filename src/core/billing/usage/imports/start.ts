import type { FilesPort } from '#core/files-port.ts'
import { handle } from '#core/runtime/handlers.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { usageImportJob } from './import-job.ts'

/** Queues the import of a file of events that a host staged. */
export function startUsageImport(files: FilesPort) {
  return handle(contract.import, async ({ input, enqueue }) => {
    const { fileId, fileName, mode } = input
    const { path } = files.find(fileId, 'read')
    return { jobId: await enqueue(usageImportJob, { fileId, fileName, mode, path }) }
  })
}
