import type { MessagePort } from 'node:worker_threads'
import type { ThreadPort } from '#core/runtime/threads.ts'

/**
 * A port between threads as the core sees it.
 * @param reason why the other side is gone, where that is known; null for an ordinary end
 */
export function overMessagePort(port: MessagePort, reason: () => Error | null = () => null): ThreadPort {
  return {
    post: (message, transfer) => port.postMessage(message, [...(transfer ?? [])]),
    onMessage: listener => void port.on('message', listener),
    onExit: listener => void port.once('close', () => listener(reason())),
    close: () => port.close(),
  }
}
