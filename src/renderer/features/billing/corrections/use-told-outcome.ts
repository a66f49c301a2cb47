import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'

/** Says what came of a correction: done, or asked of other people, with the way to the request. */
export function useToldOutcome() {
  const { t } = useTranslation()
  const go = useGo()
  const toasts = useToasts()
  return useCallback(
    (
      what: 'credit' | 'writeOff' | 'reverseWriteOff' | 'void',
      number: string,
      { approvalId }: { readonly approvalId: string | null },
    ) => {
      if (approvalId === null)
        return toasts.show({ text: t(`billing.corrections.done.${what}`, { number }), tone: 'ok' })
      toasts.show({
        text: t('billing.corrections.done.asked', { number }),
        tone: 'info',
        action: {
          label: t('billing.corrections.done.see'),
          run: () => go(`/workspace/approvals?approval=${approvalId}`),
        },
      })
    },
    [t, go, toasts],
  )
}
