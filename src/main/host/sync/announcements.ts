import type { Timer } from '#core/runtime/timer.ts'
import type { Transport } from './http-transport.ts'

/** The server says something at least every 15 seconds; after this many milliseconds of silence it is gone. */
const SILENCE = 35_000

/**
 * Listens to the server's announcements until the signal ends it or the connection does.
 * @param told is given each version that can be pulled; also called when the stream begins
 * @throws Refusal why there are none (any more)
 */
export async function followAnnouncements(
  transport: Transport,
  timer: Timer,
  signal: AbortSignal,
  told: (version: bigint) => void,
): Promise<void> {
  const silent = new AbortController()
  let stop = () => {}
  const heard = () => {
    stop()
    stop = timer.after(SILENCE, () => silent.abort(new DOMException('silence', 'TimeoutError')))
  }
  heard()
  try {
    const stream = await transport.open('/live', AbortSignal.any([signal, silent.signal]))
    const decoder = new TextDecoder()
    let rest = ''
    for await (const bytes of stream) {
      heard()
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const version = /^data: (\d{1,19})$/.exec(line)?.[1]
        if (version !== undefined) told(BigInt(version))
      }
    }
  } finally {
    stop()
  }
}
