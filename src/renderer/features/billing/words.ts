import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { contract } from '#shared/contract/index.ts'

export type CustomerRow = OutputOf<typeof contract.billing.customer.list>['customers'][number]
export type CustomerShown = OutputOf<typeof contract.billing.customer.get>
export type SubscriptionShown = CustomerShown['subscriptions'][number]
export type PlanShown = OutputOf<typeof contract.billing.plan.list>['plans'][number]
export type VersionShown = NonNullable<PlanShown['latest']>
export type PriceShown = VersionShown['prices'][number]
export type MetricShown = OutputOf<typeof contract.billing.metric.list>['metrics'][number]

/** The states of a subscription with their words and tones. */
export function useStates(): Record<SubscriptionShown['state'] | 'none', { label: string; tone: Tone }> {
  const { t } = useTranslation()
  return useMemo(() => statesOf(t), [t])
}

function statesOf(t: TFunction) {
  return {
    active: { label: t('billing.state.active'), tone: 'ok' as const },
    trialing: { label: t('billing.state.trialing'), tone: 'info' as const },
    paused: { label: t('billing.state.paused'), tone: 'warning' as const },
    scheduled: { label: t('billing.state.scheduled'), tone: 'info' as const },
    'past-due': { label: t('billing.state.past-due'), tone: 'warning' as const },
    unpaid: { label: t('billing.state.unpaid'), tone: 'critical' as const },
    expired: { label: t('billing.state.expired'), tone: 'neutral' as const },
    cancelled: { label: t('billing.state.cancelled'), tone: 'neutral' as const },
    none: { label: t('billing.state.none'), tone: 'neutral' as const },
  }
}
