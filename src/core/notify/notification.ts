import type { EffectCarrier } from '../effects/carrier.ts'

/** Something to show to a person outside the application's window. */
export interface DesktopNotification {
  readonly person: string
  readonly title: string
  readonly body: string
  /** A `quarterdeck://` address to show when it is clicked. */
  readonly link: string
  readonly urgency: 'low' | 'normal' | 'critical'
}

/** Nobody wants last night's notification, in milliseconds. */
const STALE = 3_600_000

/**
 * The carrier of notifications. `show` is the host's; it is given the effect's id, by which it must leave out
 * what it has shown before.
 */
export function notificationCarrier(
  show: (id: string, notification: DesktopNotification) => Promise<void>,
): EffectCarrier {
  return {
    kind: 'notification',
    staleAfter: STALE,
    carry: ({ id, payload }) => show(id, payload as DesktopNotification),
  }
}
