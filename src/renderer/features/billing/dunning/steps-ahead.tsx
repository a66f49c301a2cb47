import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { DunningAhead } from '#shared/contract/billing/dunning.ts'
import { shortInstant } from '../subscriptions/timeline.tsx'
import { stepWords } from './words.ts'

/** What comes when, in the customer's zone, if nobody pays and each retry fails. */
export function StepsAhead({
  ahead,
  zone,
}: {
  readonly ahead: readonly DunningAhead[]
  readonly zone: string
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  if (ahead.length === 0) return <p>{t('billing.dunning.nothingAhead')}</p>
  return (
    <SmallTable
      label={t('billing.dunning.ahead')}
      wraps
      head={[t('billing.dunning.when', { zone }), t('billing.dunning.after'), t('billing.dunning.what')]}
      rows={ahead.map(step => [
        shortInstant(step.at, zone, dateStyle),
        t(`billing.dunning.afterDays.${step.track}`, { count: step.days }),
        stepWords(t, step),
      ])}
    />
  )
}
