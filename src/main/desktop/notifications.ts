import type { Notification, NotificationConstructorOptions } from 'electron'
import type { FromCore } from '#shared/core-process-protocol.ts'
import { parseDeepLink } from '#shared/deep-link.ts'

type Message = Extract<FromCore, { type: 'notification' }>

/** So many are kept; the oldest is let go, and a click on it does nothing any more. */
const KEPT = 50

export interface NotificationServices {
  readonly isSupported: () => boolean
  readonly make: (options: NotificationConstructorOptions) => Pick<Notification, 'on' | 'show' | 'close'>
  readonly show: (route: string | null) => void
}

/**
 * Shows the core's notifications as the operating system's. Each is referenced until it is closed, because a
 * collected one forgets its click; the same id again replaces the one before.
 */
export function notifier({ isSupported, make, show }: NotificationServices): (message: Message) => void {
  const live = new Map<string, Pick<Notification, 'close'>>()
  return ({ id, title, body, link, urgency }) => {
    if (!isSupported()) return
    live.get(id)?.close()
    live.delete(id)
    const notification = make({ title, body, urgency, silent: urgency === 'low' })
    notification.on('click', () => {
      live.delete(id)
      show(link === undefined ? null : parseDeepLink(link))
    })
    notification.on('close', () => {
      if (live.get(id) === notification) live.delete(id)
    })
    live.set(id, notification)
    if (live.size > KEPT) {
      const oldest = live.keys().next().value!
      live.delete(oldest)
    }
    notification.show()
  }
}
