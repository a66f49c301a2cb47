import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { InvoiceState } from '#shared/contract/billing/invoices.ts'

const TONES: Readonly<Record<InvoiceState, Tone>> = {
  draft: 'neutral',
  held: 'warning',
  approved: 'ok',
  issued: 'info',
  paid: 'ok',
  uncollectible: 'critical',
  void: 'neutral',
}

/** Word and tone of each state of an invoice. */
export function useInvoiceStates(): Readonly<
  Record<InvoiceState, { readonly label: string; readonly tone: Tone }>
> {
  const { t } = useTranslation()
  return useMemo(
    () =>
      Object.fromEntries(
        InvoiceState.options.map(state => [
          state,
          { label: t(`billing.review.state.${state}`), tone: TONES[state] },
        ]),
      ) as Record<InvoiceState, { label: string; tone: Tone }>,
    [t],
  )
}
