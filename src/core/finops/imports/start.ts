import { reading as readingOf } from '#core/database/store.ts'
import type { FilesPort } from '#core/files-port.ts'
import { handle, serve } from '#core/runtime/handlers.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { importJob } from './import-job.ts'
import { tagDimensionsOf } from './reading.ts'

/** Queues the import of a file that a host staged. */
export function startImport(files: FilesPort, environment: EnvironmentSettings) {
  return handle(contract.start, async ({ tx, input, enqueue }) => {
    const { path } = files.find(input.fileId, 'read')
    const { currency, demo, name } = await tx.db
      .selectFrom('workspace_state')
      .select(['currency', 'demo', 'name'])
      .executeTakeFirstOrThrow()
    if (demo !== 0n && !input.intoDemo) throw refuse('FINOPS_INTO_DEMO', { name })
    const { fileId, fileName, reading, mode, overlap } = input
    const dimensions = await tagDimensionsOf(readingOf(tx), environment)
    const job = { fileId, path, fileName, reading, mode, overlap, currency, dimensions }
    const jobId = await enqueue(importJob, job)
    return { jobId }
  })
}

/** Lets go of a staged file: an upload is deleted, a file of the person's own stays where it is. */
export function releaseFile(files: FilesPort) {
  return serve(contract.release, async ({ input }) => {
    files.release(input.fileId)
    return {}
  })
}
