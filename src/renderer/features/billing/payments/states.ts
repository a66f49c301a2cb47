import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { PaymentState } from '#shared/contract/billing/payments.ts'

const TONES: Readonly<Record<PaymentState, Tone>> = {
  pending: 'info',
  succeeded: 'ok',
  failed: 'critical',
  reversed: 'neutral',
}

/** The states of a payment with their words and tones. */
export function usePaymentStates(): Record<PaymentState, { label: string; tone: Tone }> {
  const { t } = useTranslation()
  return useMemo(
    () =>
      Object.fromEntries(
        Object.entries(TONES).map(([state, tone]) => [
          state,
          { label: t(`billing.payments.state.${state as PaymentState}`), tone },
        ]),
      ) as Record<PaymentState, { label: string; tone: Tone }>,
    [t],
  )
}
