import { IconBan, IconRefresh, IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Delivery } from '#shared/contract/workspace/notifications.ts'

const { deliveries, suppressions } = contract.workspace.notifications

/** What can be done to a delivery. */
export function useDeliveryActions() {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const retry = useCommand(deliveries.retry)
  const cancel = useCommand(deliveries.cancel)
  const suppress = useCommand(suppressions.add)
  return useMemo(
    () => ({
      retry: defineAction<Delivery>(deliveries.retry, {
        label: ({ state }) =>
          t(
            state === 'waiting' || state === 'held'
              ? 'workspace.notifications.history.sendNow'
              : 'workspace.notifications.history.retry',
          ),
        key: 's',
        icon: IconRefresh,
        when: ({ state }) => state !== 'sent' && state !== 'sending' && may(deliveries.retry),
        run: async ({ id }) => {
          await retry.run({ deliveryId: id })
          toasts.show({ text: t('workspace.notifications.history.retried') })
        },
      }),
      cancel: defineAction<Delivery>(deliveries.cancel, {
        label: () => t('workspace.notifications.history.cancel'),
        key: 'x',
        icon: IconX,
        when: ({ state }) => (state === 'waiting' || state === 'held') && may(deliveries.cancel),
        run: async ({ id }) => {
          await cancel.run({ deliveryId: id })
          toasts.show({ text: t('workspace.notifications.history.cancelled') })
        },
      }),
      suppress: defineAction<Delivery>(suppressions.add, {
        label: () => t('workspace.notifications.history.suppress'),
        key: 'd',
        icon: IconBan,
        danger: true,
        when: ({ channel, state }) => channel === 'email' && state !== 'skipped' && may(suppressions.add),
        run: async ({ target }) => {
          const commandId = newCommandId()
          await suppress.run({ address: target }, commandId)
          said(t('workspace.notifications.suppressed.added', { address: target }), commandId)
        },
      }),
    }),
    [t, may, toasts, said, retry, cancel, suppress],
  )
}
