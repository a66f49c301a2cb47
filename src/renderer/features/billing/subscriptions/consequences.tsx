import { useTranslation } from 'react-i18next'
import { firstDifference, type PhaseDecision, type Phases } from '#engines/billing/phases.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { shortInstant, Timeline, type VersionName } from './timeline.tsx'

/** What a change of a subscription would lead to: its phases afterwards, and what that means for billing. */
export function Consequences({
  customer,
  before,
  after,
  names,
  notes,
}: {
  readonly customer: CustomerShown
  readonly before: Phases
  readonly after: PhaseDecision
  readonly names: ReadonlyMap<string, VersionName>
  readonly notes: readonly string[]
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  if (!after.ok)
    return (
      <p className={classes.refused} role="alert">
        {t('errors.BILLING_SUBSCRIPTION_STATE', { reason: after.refusal.reason })}
      </p>
    )
  const since = firstDifference(before, after.phases)
  const closed = customer.closedUntil
  const late = since !== null && closed !== null && since < closed
  return (
    <section className={classes.consequences} aria-label={t('billing.subscription.after')}>
      <h3>{t('billing.subscription.after')}</h3>
      {after.phases.length > 0 ? (
        <Timeline
          label={t('billing.subscription.after')}
          phases={after.phases}
          names={names}
          zone={customer.zone}
        />
      ) : null}
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
      {late ? (
        <p className={classes.note}>
          {t('billing.subscription.closedNote', { day: shortInstant(closed, customer.zone, dateStyle) })}
        </p>
      ) : null}
    </section>
  )
}
