import { contract } from '#shared/contract/index.ts'
import type { Counts } from '#shared/core-process-protocol.ts'
import type { OpenWorkspace } from '../open-workspace.ts'

const SYSTEM = { person: null, device: 'host', assurance: 'system', system: true } as const
/** Counts are told at most this often, in milliseconds. */
const EVERY = 500

export interface JobWatchEvents {
  readonly onCounts: (counts: Counts) => void
  /** A job wrote to the file of this handle, whole. */
  readonly onWritten: (handle: string) => void
}

/** Follows the jobs of a workspace for the tray, and for exports whose place a person chose in a dialog. */
export async function watchJobs(
  { core, log }: OpenWorkspace,
  { onCounts, onWritten }: JobWatchEvents,
  signal: AbortSignal,
): Promise<void> {
  const reported = new Set<string>()
  let last = ''
  const look = async (): Promise<void> => {
    const { jobs } = await core.call(contract.workspace.jobs.list, { limit: 100 }, SYSTEM)
    const active = jobs.filter(job => job.state === 'queued' || job.state === 'running').length
    const counts: Counts = { pendingSync: 0, needsReview: 0, alerts: 0, incidents: 0, jobs: active }
    if (JSON.stringify(counts) !== last) {
      last = JSON.stringify(counts)
      onCounts(counts)
    }
    for (const job of jobs) {
      if (job.state !== 'done' || reported.has(job.id)) continue
      reported.add(job.id)
      const handle = (job.result as { fileId?: unknown } | null)?.fileId
      if (typeof handle === 'string') onWritten(handle)
    }
  }
  try {
    await look()
    for await (const change of core.live.follow(undefined, signal)) {
      if (!change.gap && !change.queries.includes('workspace.jobs.list')) continue
      await look()
      await new Promise(resolve => setTimeout(resolve, EVERY))
    }
  } catch (error) {
    if (!signal.aborted) log('error', 'the jobs are not followed any more', { error })
  }
}
