import type { CheckpointAnswer } from '../database/checkpointer.ts'
import { createPeer, type Peer, type ThreadData, type Threads } from './threads.ts'
import type { Timer } from './timer.ts'

export interface CheckpointFacts {
  readonly count: number
  readonly lastAt: bigint | null
  /** Pages of the write-ahead log at the last checkpoint, and how many of them were moved by then. */
  readonly pages: number
  readonly moved: number
}

/** Moves what was written into the database, in the background. */
export interface Checkpoints {
  /** Something was committed. */
  written(): void
  facts(): CheckpointFacts
  close(): void
}

export interface CheckpointParts {
  readonly start: Threads['start']
  readonly data: ThreadData
  readonly timer: Timer
  readonly now: () => bigint
  readonly onBug: (error: unknown) => void
}

/** While something is written: every so many milliseconds. */
const EVERY = 1000
/** After so many milliseconds without a write the log is cut back to nothing. */
const IDLE = 30_000

/**
 * Checkpoints run in a thread on a connection of their own; nothing runs while nothing is written. A thread
 * that crashed is started again with the next write.
 */
export function createCheckpoints(parts: CheckpointParts): Checkpoints {
  let facts: CheckpointFacts = { count: 0, lastAt: null, pages: 0, moved: 0 }
  let peer: Peer | null = null
  let stop: () => void = () => {}
  let cancel: () => void = () => {}
  let next: 'nothing' | 'soon' | 'idle' | 'running' = 'nothing'
  let dirty = false
  let closed = false

  function thread(): Peer {
    if (peer) return peer
    const port = parts.start(parts.data)
    const made = createPeer(port, {})
    port.onExit(() => {
      if (peer === made) peer = null
    })
    stop = () => port.close()
    peer = made
    return made
  }

  function schedule(what: 'soon' | 'idle'): void {
    cancel()
    next = what
    cancel = parts.timer.after(what === 'idle' ? IDLE : EVERY, () => void checkpoint(what === 'idle'))
  }

  async function checkpoint(idle: boolean): Promise<void> {
    next = 'running'
    dirty = false
    try {
      const answer = await thread().ask<CheckpointAnswer>('checkpoint', { idle })
      facts = { count: facts.count + 1, lastAt: parts.now(), ...answer }
    } catch (error) {
      if (!closed) parts.onBug(error)
    }
    next = 'nothing'
    if (closed) return
    if (dirty) schedule('soon')
    else if (!idle) schedule('idle')
  }

  return {
    written() {
      dirty = true
      if (!closed && (next === 'nothing' || next === 'idle')) schedule('soon')
    },
    facts: () => facts,
    close() {
      closed = true
      cancel()
      stop()
    },
  }
}
