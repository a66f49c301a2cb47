import { capabilityOf, type Leaf } from '../runtime/handlers.ts'
import { createPeer, type ThreadPort, type Threads } from '../runtime/threads.ts'
import type { JobContext, JobKind } from './job.ts'
import type { StartJob } from './job-runner.ts'

interface JobStart {
  readonly jobId: string
  readonly workspace: string
  readonly input: unknown
  readonly attempt: number
}

/** Runs each job's compute in a thread of its own, which asks this side for everything that it stores. */
export function threadedJobs(start: Threads['start']): StartJob {
  return async (kind, context) => {
    const port = start({ role: 'job', workspace: context.workspace, jobKind: kind.name })
    const ids = { query: context.query, command: context.command } as unknown as Record<
      'query' | 'command',
      (leaf: unknown, input: unknown) => Promise<unknown>
    >
    const peer = createPeer(port, {
      submit: ({ chunk, data }: { chunk: string; data: unknown }) => context.submit(chunk, data),
      query: ({ id, input }: { id: string; input: unknown }) => ids.query(leafById(id), input),
      command: ({ id, input }: { id: string; input: unknown }) => ids.command(leafById(id), input),
      now: () => context.now(),
      progress: ({ done, total, phase }: { done: bigint; total: bigint | null; phase?: string }) =>
        context.progress(done, total, phase),
    })
    const abort = () => peer.tell('abort', {})
    context.signal.addEventListener('abort', abort)
    try {
      const begin: JobStart = {
        jobId: context.jobId,
        workspace: context.workspace,
        input: context.input,
        attempt: context.attempt,
      }
      return await peer.ask('start', begin)
    } finally {
      context.signal.removeEventListener('abort', abort)
      port.close()
    }
  }
}

/** A stand-in for a leaf where only its id crossed the thread's border. */
function leafById(id: string): Leaf {
  return { '~orpc': { meta: { id } } } as unknown as Leaf
}

/** The thread's side: computes one job, and asks the core for everything else. */
export function serveJob(port: ThreadPort, kind: JobKind, now: () => bigint): void {
  const abort = new AbortController()
  const peer = createPeer(port, {
    abort: () => abort.abort(new Error('cancelled')),
    start: (begin: JobStart) => {
      const context: JobContext<unknown> = {
        ...begin,
        signal: abort.signal,
        now,
        submit: (chunk, data, transfer) => peer.ask('submit', { chunk, data }, transfer),
        query: (leaf, input) => peer.ask('query', { id: capabilityOf(leaf).id, input }),
        command: (leaf, input) => peer.ask('command', { id: capabilityOf(leaf).id, input }),
        progress: (done, total, phase) =>
          peer.tell('progress', { done: BigInt(done), total: total === null ? null : BigInt(total), phase }),
      }
      return kind.compute(context)
    },
  })
}
