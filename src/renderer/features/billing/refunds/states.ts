import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { RefundState } from '#shared/contract/billing/refunds.ts'

const TONES: Readonly<Record<RefundState, Tone>> = {
  waiting: 'warning',
  sent: 'info',
  done: 'ok',
  failed: 'critical',
  cancelled: 'neutral',
}

/** The states of a refund with their words and tones. */
export function useRefundStates(): Record<RefundState, { label: string; tone: Tone }> {
  const { t } = useTranslation()
  return useMemo(
    () =>
      Object.fromEntries(
        Object.entries(TONES).map(([state, tone]) => [
          state,
          { label: t(`billing.refunds.state.${state as RefundState}`), tone },
        ]),
      ) as Record<RefundState, { label: string; tone: Tone }>,
    [t],
  )
}

/** Where a refund is shown. */
export const refundRoute = (refundId: string) =>
  `/billing/payments?${new URLSearchParams({ view: 'refunds', refund: refundId })}`
