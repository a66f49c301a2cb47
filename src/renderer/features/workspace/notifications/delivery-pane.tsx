import { useTranslation } from 'react-i18next'
import { bindAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import type { Delivery } from '#shared/contract/workspace/notifications.ts'
import { useDeliveryActions } from './delivery-actions.ts'
import { deliveryStates, failureWords, reasonWords } from './notification-words.ts'
import classes from './notifications.module.css'

/** One delivery: what became of it, why, and what can be done. */
export function DeliveryPane({
  delivery,
  onClose,
}: {
  readonly delivery: Delivery
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const actions = useDeliveryActions()
  useActions(Object.values(actions).map(one => bindAction(one, delivery)))
  const { state, channel } = delivery
  const failure = state === 'sent' ? null : failureWords(t, delivery)
  const reason = reasonWords(t, delivery)
  const open = state === 'waiting' || state === 'held'
  return (
    <SidePane name="workspace.notifications" title={delivery.title} onClose={onClose}>
      <div className={classes.stack}>
        <div className={classes.row}>
          <StatusBadge {...deliveryStates(t)[state]} />
          {open ? (
            <span>
              {t('workspace.notifications.history.next')}: <When at={delivery.notBefore} />
            </span>
          ) : null}
        </div>
        {reason === null ? null : <p>{reason}</p>}
        {failure === null ? null : (
          <p>
            {failure}
            <br />
            <small className={classes.dim}>{delivery.failure?.message}</small>
          </p>
        )}
        {delivery.unsure > 0 ? <p>{t('workspace.notifications.history.unsure')}</p> : null}
        <div className={classes.row}>
          {Object.values(actions).map(action => (
            <ActionButton key={action.id} action={action} context={delivery} />
          ))}
        </div>
        <Fields
          fields={[
            [t('workspace.notifications.history.to'), delivery.name],
            ...(channel === 'email'
              ? [[t('workspace.notifications.history.address'), delivery.target] as const]
              : []),
            [
              t('workspace.notifications.history.channel'),
              t(`workspace.notifications.channelWord.${channel}`),
            ],
            [t('workspace.notifications.history.topic'), delivery.topicName],
            [t('workspace.notifications.history.created'), <When key="created" at={delivery.createdAt} />],
            ...(delivery.sentAt === null
              ? []
              : [
                  [
                    t('workspace.notifications.history.sentAt'),
                    <When key="sent" at={delivery.sentAt} detail="second" />,
                  ] as const,
                ]),
            [t('workspace.notifications.history.attempts'), delivery.attempts],
            ...(delivery.answer === null
              ? []
              : [[t('workspace.notifications.history.answer'), delivery.answer] as const]),
            [t('workspace.notifications.history.messageId'), <code key="id">{delivery.messageId}</code>],
          ]}
        />
      </div>
    </SidePane>
  )
}
