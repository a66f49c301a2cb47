import type { TFunction } from 'i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { Delivery, DeliveryState } from '#shared/contract/workspace/notifications.ts'

const TONES: Readonly<Record<DeliveryState, Tone>> = {
  waiting: 'info',
  held: 'neutral',
  sending: 'running',
  sent: 'ok',
  failed: 'critical',
  bounced: 'critical',
  skipped: 'warning',
  cancelled: 'neutral',
}

/** The states of a delivery with their words. */
export function deliveryStates(t: TFunction): Readonly<Record<DeliveryState, { label: string; tone: Tone }>> {
  const states = Object.entries(TONES) as [DeliveryState, Tone][]
  return Object.fromEntries(
    states.map(([state, tone]) => [state, { label: t(`workspace.notifications.stateWord.${state}`), tone }]),
  ) as never
}

/** What went wrong in plain words; codes come from the core, so that the catalogue's type cannot know them. */
export function failureWords(t: TFunction, { failure }: Pick<Delivery, 'failure'>): string | null {
  if (failure === null) return null
  return word(
    t,
    `workspace.notifications.failureWord.${failure.code}`,
    t('workspace.notifications.failureOther'),
  )
}

/** Why it is held or was not sent; null where nothing holds it. */
export function reasonWords(
  t: TFunction,
  { state, reason }: Pick<Delivery, 'state' | 'reason'>,
): string | null {
  if (reason === null || (state !== 'held' && state !== 'skipped')) return null
  return word(t, `workspace.notifications.reasonWord.${reason}`, reason)
}

function word(t: TFunction, key: string, defaultValue: string): string {
  return (t as unknown as (key: string, options: object) => string)(key, { defaultValue })
}
