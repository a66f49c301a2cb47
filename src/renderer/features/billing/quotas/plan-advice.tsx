import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from './quotas.module.css'

const { quota: leaf } = contract.billing
type Advice = NonNullable<OutputOf<typeof leaf.advise>['advice']>

/** What each plan would have cost for what a customer used in its last three periods. */
export function PlanAdvice({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, error, refetch } = useCoreQuery(leaf.advise, { customerId, periods: 3 })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState rows={3} />
  const { advice } = data
  if (!advice) return <p>{t('billing.quotas.advice.none')}</p>
  const { currency, plans, periods } = advice
  const from = periods.at(-1)!.from
  const to = periods[0]!.to
  return (
    <>
      <p>
        <strong>
          {verdict(advice, t, amount => {
            const { figure, code } = format.money(amount, currency)
            return `${figure} ${code}`
          })}
        </strong>{' '}
        <span className={classes.dim}>
          {t('billing.quotas.advice.span', {
            from: format.instant(from, 'day'),
            to: format.instant(to - 1n, 'day'),
          })}
        </span>
      </p>
      <SmallTable
        label={t('billing.quotas.advice.title')}
        wraps
        figures={[1, 2, 3]}
        head={[
          t('billing.quotas.advice.plan'),
          t('billing.quotas.advice.fees'),
          t('billing.quotas.advice.usage'),
          t('billing.quotas.advice.total'),
          t('billing.quotas.advice.remark'),
        ]}
        rows={plans.map(one => [
          one.plan,
          <Money key="fees" minor={one.fees} currency={currency} />,
          <Money key="usage" minor={one.usage} currency={currency} />,
          <Money key="total" minor={one.total} currency={currency} />,
          remarks(one, t).join('; '),
        ])}
      />
    </>
  )
}

function verdict(
  { plans, recommended, saving }: Advice,
  t: TFunction,
  amount: (minor: bigint) => string,
): string {
  const best = plans.find(one => one.planId === recommended)
  if (!best) return t('billing.quotas.advice.stay')
  return saving >= 0n
    ? t('billing.quotas.advice.recommended', { plan: best.plan, amount: amount(saving) })
    : t('billing.quotas.advice.dearer', { plan: best.plan, amount: amount(-saving) })
}

function remarks(one: Advice['plans'][number], t: TFunction): string[] {
  return [
    ...(one.current ? [t('billing.quotas.advice.current')] : []),
    ...(one.stopped > 0 ? [t('billing.quotas.advice.stopped', { metrics: one.stoppedBy.join(', ') })] : []),
    ...(one.lost.length > 0 ? [t('billing.quotas.advice.lost', { features: one.lost.join(', ') })] : []),
  ]
}
