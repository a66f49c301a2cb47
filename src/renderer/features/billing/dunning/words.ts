import type { TFunction } from 'i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { DunningAhead, DunningHold, OverdueState, RetryState } from '#shared/contract/billing/dunning.ts'

export const OVERDUE_TONES: Readonly<Record<OverdueState, Tone>> = {
  ...{ 'not-due': 'neutral', overdue: 'info', reminded: 'warning', 'final-notice': 'critical' },
  ...{ 'marked-unpaid': 'critical', cancelled: 'neutral' },
}
export const RETRY_TONES: Readonly<Record<RetryState, Tone>> = {
  none: 'neutral',
  retrying: 'warning',
  waiting: 'info',
  stopped: 'critical',
  exhausted: 'critical',
}

/** The states of a column with their words and tones. */
export function statesOf<S extends string>(tones: Readonly<Record<S, Tone>>, word: (state: S) => string) {
  return Object.fromEntries(
    Object.entries<Tone>(tones).map(([state, tone]) => [state, { label: word(state as S), tone }]),
  ) as Record<S, { label: string; tone: Tone }>
}

type Step = Pick<DunningAhead, 'message' | 'task' | 'action'> & {
  readonly retry: boolean
  readonly withoutRetry?: DunningAhead['withoutRetry']
}

/** What a step does, in words. */
export function stepWords(t: TFunction, { message, retry, task, action, withoutRetry }: Step): string {
  const parts = [
    message === null ? null : t(`billing.dunning.message.${message}`),
    retry ? t('billing.dunning.retryIt') : null,
    withoutRetry ? t(`billing.dunning.withoutRetry.${withoutRetry}`) : null,
    task === '' ? null : t('billing.dunning.taskSaid', { task }),
    action === 'leave' ? null : t(`billing.dunning.action.${action}`),
  ]
  return parts.filter(part => part !== null).join(' · ')
}

/** Why nothing is done, in words. */
export function holdWords(t: TFunction, hold: DunningHold | null): string | null {
  return hold === null ? null : t(`billing.dunning.hold.${hold}`)
}
