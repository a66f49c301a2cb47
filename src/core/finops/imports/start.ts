import type { FilesPort } from '#core/files-port.ts'
import { handle } from '#core/runtime/handlers.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { importJob } from './import-job.ts'

/** Queues the import of a file that a host staged. */
export function startImport(files: FilesPort) {
  return handle(contract.start, async ({ tx, input, enqueue }) => {
    const { path } = files.find(input.fileId, 'read')
    const { currency } = await tx.db
      .selectFrom('workspace_state')
      .select('currency')
      .executeTakeFirstOrThrow()
    const { fileName, reading, mode, overlap } = input
    const jobId = await enqueue(importJob, { path, fileName, reading, mode, overlap, currency })
    return { jobId }
  })
}
