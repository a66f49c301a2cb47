import { useEffect, useRef } from 'react'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'

export type Job = OutputOf<typeof contract.workspace.jobs.get>

/** Follows a job, and says once when it has come to its end. Null follows none. */
export function useJob(jobId: string | null, onEnd?: (job: Job) => void): Job | undefined {
  const { data } = useCoreQuery(
    contract.workspace.jobs.get,
    { jobId: jobId ?? '' },
    { enabled: jobId !== null },
  )
  const told = useRef<string | null>(null)
  useEffect(() => {
    if (!data || data.state === 'queued' || data.state === 'running' || told.current === data.id) return
    told.current = data.id
    onEnd?.(data)
  }, [data, onEnd])
  return jobId === null ? undefined : data
}
