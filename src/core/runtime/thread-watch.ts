import type { ThreadData, Threads } from './threads.ts'

/** A thread of the core, as the diagnostics page shows it. */
export interface ThreadState {
  readonly role: ThreadData['role']
  readonly state: 'running' | 'ended' | 'crashed'
  /** Since when it is in this state. */
  readonly since: bigint
  /** The kind of job that it computes. */
  readonly job: string | null
}

/** Ended threads that are still shown. */
const KEEP_ENDED = 20

/** Starts threads and remembers what became of them. */
export function watchThreads(
  start: Threads['start'],
  now: () => bigint,
): Threads & { states(): readonly ThreadState[] } {
  const states = new Set<{ -readonly [K in keyof ThreadState]: ThreadState[K] }>()
  return {
    start(data) {
      const port = start(data)
      const job = data.role === 'job' ? data.jobKind : null
      const one: { -readonly [K in keyof ThreadState]: ThreadState[K] } = {
        role: data.role,
        state: 'running',
        since: now(),
        job,
      }
      states.add(one)
      port.onExit(error => {
        one.state = error ? 'crashed' : 'ended'
        one.since = now()
        const ended = [...states].filter(other => other.state !== 'running')
        for (const old of ended.slice(0, -KEEP_ENDED)) states.delete(old)
      })
      return port
    },
    states: () => [...states].map(one => ({ ...one })),
  }
}
