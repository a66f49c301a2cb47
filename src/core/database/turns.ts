interface Waiting {
  run(): Promise<void>
}

/** Work on one connection, one piece at a time. */
export interface Turns<Queue extends string> {
  /** Waits for its turn, then runs. */
  take<T>(queue: Queue, work: () => Promise<T>): Promise<T>
  /** Refuses what comes from now on and waits for what came before. */
  close(): Promise<void>
}

/** The connection was closed before the work's turn came. */
export class DatabaseClosed extends Error {
  constructor() {
    super('the database is closed')
    this.name = 'DatabaseClosed'
  }
}

/**
 * Gives turns to queues in their order: the first queue's work always goes before the second's.
 * @param onTurn is told how long each piece waited and ran, in milliseconds
 */
export function createTurns<Queue extends string>(
  order: readonly Queue[],
  monotonic: () => number,
  onTurn: (queue: Queue, waited: number, ran: number) => void,
): Turns<Queue> {
  const queues = new Map<Queue, Waiting[]>(order.map(queue => [queue, []]))
  let active: Promise<void> | null = null
  let closed = false

  function next(): { piece: Waiting; first: boolean } | null {
    for (const [index, queue] of order.entries()) {
      const piece = queues.get(queue)!.shift()
      if (piece) return { piece, first: index === 0 }
    }
    return null
  }

  async function drain(): Promise<void> {
    for (let turn = next(); turn; turn = next()) {
      await turn.piece.run()
      // After work of a lower queue, messages that arrived meanwhile are let in: they may go first.
      if (!turn.first) await new Promise<void>(resolve => setImmediate(resolve))
    }
    active = null
  }

  return {
    take(queue, work) {
      if (closed) return Promise.reject(new DatabaseClosed())
      return new Promise((resolve, reject) => {
        const since = monotonic()
        queues.get(queue)!.push({
          async run() {
            const started = monotonic()
            try {
              resolve(await work())
            } catch (error) {
              reject(error)
            } finally {
              onTurn(queue, started - since, monotonic() - started)
            }
          },
        })
        active ??= drain()
      })
    },
    async close() {
      closed = true
      await active
    },
  }
}
