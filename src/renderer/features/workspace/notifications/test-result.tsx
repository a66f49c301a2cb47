import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { contract } from '#shared/contract/index.ts'
import { deliveryStates, failureWords, reasonWords } from './notification-words.ts'
import classes from './notifications.module.css'

const { deliveries } = contract.workspace.notifications

/** What becomes of a test message, as it happens. */
export function TestResult({ onceKey, desktop }: { readonly onceKey: string; readonly desktop: boolean }) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(deliveries.list, { onceKey })
  if (desktop)
    return (
      <p className={classes.result} role="status">
        {t('workspace.notifications.channels.testShown')}
      </p>
    )
  const delivery = data?.deliveries[0]
  const states = deliveryStates(t)
  return (
    <p className={`${classes.result} ${classes.row}`} role="status">
      {delivery ? <StatusBadge {...states[delivery.state]} /> : null}
      <span>
        {delivery === undefined || delivery.state === 'sending'
          ? t('workspace.notifications.channels.testWaiting')
          : delivery.state === 'sent'
            ? t('workspace.notifications.channels.testSent', { answer: delivery.answer ?? '' })
            : delivery.failure !== null
              ? t('workspace.notifications.channels.testFailed', {
                  reason: `${failureWords(t, delivery)} ${delivery.failure.message}`,
                })
              : delivery.state === 'waiting'
                ? t('workspace.notifications.channels.testWaiting')
                : t('workspace.notifications.channels.testHeld', { reason: reasonWords(t, delivery) ?? '' })}
      </span>
    </p>
  )
}
