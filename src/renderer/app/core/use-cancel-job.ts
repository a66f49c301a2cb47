import { useCallback } from 'react'
import { contract } from '#shared/contract/index.ts'
import { useCommand } from './hooks.ts'

const { jobs } = contract.workspace

/** Cancels a job where it runs: on this machine, or at the server of a desk, which is asked to. */
export function useCancelJob(): (jobId: string) => Promise<void> {
  const { run: cancel } = useCommand(jobs.cancel)
  const { run: stop } = useCommand(jobs.stop)
  return useCallback(
    async jobId => {
      try {
        await cancel({ jobId })
      } catch (error) {
        // It is in the list and not of this machine: it is the server's.
        if ((error as { code?: unknown }).code !== 'WORKSPACE_NOT_FOUND') throw error
        await stop({ jobId })
      }
    },
    [cancel, stop],
  )
}
