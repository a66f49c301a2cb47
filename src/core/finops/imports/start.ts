import type { FilesPort } from '#core/files-port.ts'
import { handle } from '#core/runtime/handlers.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { importJob } from './import-job.ts'

/** Queues the import of a file that a host staged. */
export function startImport(files: FilesPort) {
  return handle(contract.start, async ({ tx, input, enqueue }) => {
    const { path } = files.find(input.fileId, 'read')
    const { currency, demo, name } = await tx.db
      .selectFrom('workspace_state')
      .select(['currency', 'demo', 'name'])
      .executeTakeFirstOrThrow()
    if (demo !== 0n && !input.intoDemo) throw refuse('FINOPS_INTO_DEMO', { name })
    const { fileName, reading, mode, overlap } = input
    const jobId = await enqueue(importJob, { path, fileName, reading, mode, overlap, currency })
    return { jobId }
  })
}
