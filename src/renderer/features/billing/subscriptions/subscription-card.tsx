import { useTranslation } from 'react-i18next'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import type { Action } from '#renderer/ui/actions/action.ts'
import { ActionButton } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'
import { type CustomerShown, type SubscriptionShown, useStates } from '../words.ts'
import { shortInstant, Timeline } from './timeline.tsx'
import { namesOf } from './version-names.ts'

/** One subscription: its state, its terms in a line, its phases. */
export function SubscriptionCard({
  subscription,
  customer,
  selected,
  onSelect,
  actions,
}: {
  readonly subscription: SubscriptionShown
  readonly customer: CustomerShown
  readonly selected: boolean
  readonly onSelect: () => void
  readonly actions: readonly Action<undefined>[]
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const now = useNow()
  const state = useStates()[subscription.state]
  const { zone } = customer
  const day = (at: bigint) => shortInstant(at, zone, dateStyle)
  const { startedAt, endedAt, billFrom } = subscription
  const open = !['cancelled', 'expired', 'scheduled'].includes(subscription.state)
  const facts = [
    t('billing.customer.billed', {
      interval: t(`billing.interval.${subscription.interval}`),
      alignment: t(`billing.alignment.${subscription.alignment}`),
    }),
    t('billing.customer.started', { day: day(startedAt) }),
    ...(billFrom > startedAt ? [t('billing.customer.billFrom', { day: day(billFrom) })] : []),
    ...(endedAt === null
      ? []
      : [
          t(endedAt <= BigInt(now) ? 'billing.customer.ended' : 'billing.customer.ends', {
            day: day(endedAt),
          }),
        ]),
    ...(open
      ? [
          t('billing.customer.nextPeriod', {
            day: day(billingPeriodAt({ ...subscription, zone }, BigInt(now)).to),
          }),
        ]
      : []),
  ]
  const label = t('billing.customer.timeline', { plan: subscription.planName })
  return (
    <article
      className={classes.subscription}
      data-selected={selected}
      aria-label={t('billing.customer.pick', { plan: subscription.planName })}
    >
      <div className={classes.subscriptionHead}>
        <h3>
          <button type="button" aria-pressed={selected} onClick={onSelect} onFocus={onSelect}>
            {subscription.planName}
          </button>
        </h3>
        <StatusBadge tone={state.tone} label={state.label} />
        <span className={classes.facts}>{facts.join(' · ')}</span>
      </div>
      <Timeline label={label} phases={subscription.phases} names={namesOf(subscription)} zone={zone} />
      {actions.length > 0 ? (
        <div className={classes.buttons}>
          {actions.map(action => (
            <ActionButton key={action.id} action={action} context={undefined} />
          ))}
        </div>
      ) : null}
    </article>
  )
}
