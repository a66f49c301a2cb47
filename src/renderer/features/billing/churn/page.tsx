import { SegmentedControl, Select } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { MoveKind } from '#shared/contract/billing/churn.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../quotas/quotas.module.css'
import { Changes } from './changes.tsx'
import { MonthsChart } from './chart.tsx'
import { Cohorts } from './cohorts.tsx'
import { Months } from './months.tsx'

const SPANS = ['12', '24', '36'] as const
const VIEWS = ['months', 'cohorts'] as const

/** What recurs, how it moves from month to month, and what is left of who came when. */
export function ChurnPage() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const set = useCallback(
    (name: string, value: string | null, replace = false) => {
      const next = new URLSearchParams(params)
      if (value) next.set(name, value)
      else next.delete(name)
      setParams(next, { replace })
    },
    [params, setParams],
  )
  const why = useCallback(
    (of: string, kind?: MoveKind) => {
      const next = new URLSearchParams(params)
      next.set('month', of)
      if (kind) next.set('kind', kind)
      setParams(next)
    },
    [params, setParams],
  )
  const span = SPANS.find(one => one === params.get('months')) ?? '12'
  const view = VIEWS.find(one => one === params.get('view')) ?? 'months'
  const month = params.get('month')
  const plans = useCoreQuery(contract.billing.plan.list, {}).data?.plans ?? []
  // Cohorts are of customers, whatever their plans.
  const planId = view === 'months' ? params.get('plan') : null
  const query = useCoreQuery(contract.billing.churn.analyse, {
    months: Number(span),
    ...(planId ? { planId } : {}),
  })
  const all = query.data?.currencies ?? []
  const shown = all.find(one => one.currency === params.get('currency')) ?? all[0]
  return (
    <Page
      title={t('billing.churn.title')}
      subtitle={
        planId
          ? t('billing.churn.planNote')
          : shown
            ? t('billing.churn.subtitle', { currency: shown.currency })
            : undefined
      }
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState />
      ) : !shown ? (
        <EmptyState centred title={t('billing.churn.none')} text={t('billing.churn.noneText')} />
      ) : month ? (
        <Changes
          key={month}
          month={month}
          currency={shown.currency}
          kind={params.get('kind')}
          planId={planId}
          onBack={() => {
            const next = new URLSearchParams(params)
            next.delete('month')
            next.delete('kind')
            setParams(next)
          }}
        />
      ) : (
        <div className={classes.filled}>
          <div className={classes.strip}>
            <SegmentedControl
              size="xs"
              style={{ flex: 'none' }}
              aria-label={t('billing.churn.views')}
              value={view}
              onChange={value => set('view', value)}
              data={VIEWS.map(value => ({ value, label: t(`billing.churn.view.${value}`) }))}
            />
            <Select
              size="xs"
              w={110}
              allowDeselect={false}
              aria-label={t('billing.churn.currency')}
              data={all.map(one => one.currency)}
              value={shown.currency}
              onChange={value => set('currency', value, true)}
            />
            <Select
              size="xs"
              w={130}
              allowDeselect={false}
              aria-label={t('billing.churn.span')}
              data={SPANS.map(value => ({
                value,
                label: t('billing.churn.spanOf', { count: Number(value) }),
              }))}
              value={span}
              onChange={value => set('months', value, true)}
            />
            {view === 'months' ? (
              <Select
                size="xs"
                w={200}
                searchable
                clearable
                aria-label={t('billing.churn.plan')}
                placeholder={t('billing.churn.allPlans')}
                data={plans.map(plan => ({ value: plan.id, label: plan.name }))}
                value={planId}
                onChange={value => set('plan', value, true)}
              />
            ) : null}
          </div>
          {view === 'months' ? (
            <>
              <MonthsChart
                months={shown.months}
                currency={shown.currency}
                drawn={params.get('chart')}
                onDrawn={value => set('chart', value, true)}
                onWhy={why}
              />
              <Months months={shown.months} currency={shown.currency} onWhy={why} />
            </>
          ) : (
            <Cohorts
              currency={shown.currency}
              months={Number(span)}
              measure={params.get('measure')}
              onMeasure={value => set('measure', value, true)}
              onWhy={of => why(of, 'new')}
            />
          )}
        </div>
      )}
    </Page>
  )
}
