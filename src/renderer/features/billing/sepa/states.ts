import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { DebitItem, DebitRun } from '#shared/contract/billing/sepa.ts'

const TONES: Readonly<Record<DebitRun['state'], Tone>> = {
  open: 'warning',
  'handed-in': 'info',
  done: 'ok',
  cancelled: 'neutral',
}

export const ITEM_TONES: Readonly<Record<DebitItem['state'], Tone>> = {
  pending: 'info',
  collected: 'ok',
  returned: 'critical',
  cancelled: 'neutral',
}

/** The states of a file of direct debits with their words and tones. */
export function useDebitStates(): Record<DebitRun['state'], { label: string; tone: Tone }> {
  const { t } = useTranslation()
  return useMemo(
    () =>
      Object.fromEntries(
        Object.entries(TONES).map(([state, tone]) => [
          state,
          { label: t(`billing.sepa.state.${state as DebitRun['state']}`), tone },
        ]),
      ) as Record<DebitRun['state'], { label: string; tone: Tone }>,
    [t],
  )
}
