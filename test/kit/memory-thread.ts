import type { ThreadPort } from '#core/runtime/threads.ts'

/** Both ends of a thread in this one: messages are cloned and arrive in a later turn, as between real threads. */
export function memoryThread(): { here: ThreadPort; there: ThreadPort; crash(error: Error | null): void } {
  const ends = [end(), end()] as const
  let over = false
  function end() {
    return { messages: [] as ((message: unknown) => void)[], exits: [] as ((error: Error | null) => void)[] }
  }
  function crash(error: Error | null): void {
    if (over) return
    over = true
    for (const { exits } of ends) for (const exit of exits) exit(error)
  }
  const port = (own: 0 | 1): ThreadPort => ({
    post(message) {
      const copy = structuredClone(message)
      setImmediate(() => {
        if (!over) for (const listener of ends[own === 0 ? 1 : 0].messages) listener(copy)
      })
    },
    onMessage: listener => void ends[own].messages.push(listener),
    onExit: listener => void ends[own].exits.push(listener),
    close: () => crash(null),
  })
  return { here: port(0), there: port(1), crash }
}
