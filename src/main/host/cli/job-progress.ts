import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '#serving/client.ts'
import type { Job } from '#shared/contract/workspace/jobs.ts'
import { refuse } from '#shared/errors.ts'
import type { Io } from './io.ts'

const LOOK_EVERY = 200

/**
 * Waits for a job, with its progress on standard error (one line that changes, on a terminal). The first Ctrl-C
 * cancels the job and waits for its end; the second leaves it.
 * @returns the job when it is done
 * @throws Refusal with the job's own code when it failed, `INTERRUPTED` when it was cancelled
 */
export async function waitForJob(client: Client, jobId: string, io: Io, quiet: boolean): Promise<Job> {
  let interrupts = 0
  const interrupt = () => {
    interrupts++
    if (interrupts === 1) client.workspace.jobs.cancel({ jobId }).catch(() => {})
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const show = progressLine(io, quiet)
  try {
    for (;;) {
      const job = await client.workspace.jobs.get({ jobId })
      show(job)
      if (job.state === 'done') return job
      if (job.state === 'cancelled' || interrupts > 1)
        throw refuse('INTERRUPTED', { jobId }, 'The job was cancelled.')
      if (job.state === 'failed') throw failureOf(job)
      await pause(LOOK_EVERY)
    }
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    show(null)
  }
}

function failureOf(job: Job) {
  const { code, message, data } = job.failure ?? { code: 'WORKSPACE_JOB_BUG', message: '', data: {} }
  return refuse(code, data, message === '' || message === code ? undefined : message)
}

function progressLine(io: Io, quiet: boolean): (job: Job | null) => void {
  if (quiet || io.stderr.isTTY !== true) return () => {}
  let shown = false
  return job => {
    if (job === null) {
      if (shown) io.stderr.write('\r\u001b[K')
      return
    }
    const part = job.total === null || job.total === 0n ? '' : ` ${(job.done * 100n) / job.total} %`
    const count = job.done === 0n ? '' : ` (${job.done.toLocaleString('en')})`
    io.stderr.write(`\r\u001b[K${job.phase || job.state}${part}${count}`)
    shown = true
  }
}
