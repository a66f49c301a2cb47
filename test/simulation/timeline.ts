/**
 * Virtual time. Whatever happens is an event with its moment; one event runs until everything that it set off
 * stands still, and then the next one. What waits for the network waits for an event, so that the order of all
 * that happens follows from the seed, although several machines are always in the middle of something.
 */
export function createTimeline(start: number) {
  let now = start
  let order = 0
  let active = 0
  const events: { at: number; order: number; run: () => void }[] = []

  function later(delay: number, run: () => void): void {
    const event = { at: now + Math.max(0, delay), order: order++, run }
    let place = events.length
    while (place > 0 && isBefore(event, events[place - 1]!)) place--
    events.splice(place, 0, event)
  }

  return {
    now: () => now,
    later,
    /** Work that the timeline waits for before it goes on. */
    async track<T>(work: () => Promise<T>): Promise<T> {
      active++
      try {
        return await work()
      } finally {
        active--
      }
    },
    /** Waits for an event: meanwhile the timeline goes on. */
    park<T>(begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
      active--
      let parked = true
      const back = () => {
        if (!parked) return false
        parked = false
        active++
        return true
      }
      return new Promise((resolve, reject) =>
        begin(
          value => {
            if (back()) resolve(value)
          },
          error => {
            if (back()) reject(error)
          },
        ),
      )
    },
    /** Runs the next event and all that it sets off. False when there is none. */
    async step(): Promise<boolean> {
      const event = events.shift()
      if (!event) return false
      now = Math.max(now, event.at)
      event.run()
      do await new Promise<void>(resolve => setImmediate(resolve))
      while (active > 0)
      return true
    },
  }
}

export type Timeline = ReturnType<typeof createTimeline>

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}
