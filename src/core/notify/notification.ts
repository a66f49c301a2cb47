/** Something to show to a person outside the application's window. */
export interface DesktopNotification {
  readonly person: string
  readonly title: string
  readonly body: string
  /** A `quarterdeck://` address to show when it is clicked. */
  readonly link: string
  readonly urgency: 'low' | 'normal' | 'critical'
}

/** A host with a desktop shows notifications. The same id again replaces the one before. */
export interface DesktopPort {
  show(id: string, notification: DesktopNotification): void
}
