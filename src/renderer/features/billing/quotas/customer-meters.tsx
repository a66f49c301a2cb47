import { IconAdjustments, IconScale } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { contract } from '#shared/contract/index.ts'
import { PlanAdvice } from './plan-advice.tsx'
import { QuotaDialog } from './quota-dialog.tsx'
import classes from './quotas.module.css'

const { quota: leaf } = contract.billing
type Meter = OutputOf<typeof leaf.meters>['meters'][number]

/** What a customer used of what it may, what it will have used, and what that costs. */
export function CustomerMeters({
  customer,
}: {
  readonly customer: { readonly id: string; readonly name: string }
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { data, error, refetch } = useCoreQuery(leaf.meters, { customerId: customer.id })
  const [quota, setQuota] = useState<{ metric: string | null } | null>(null)
  const [compares, setCompares] = useState(false)
  const actions = useMemo(
    () => ({
      quota: defineAction(leaf.set, {
        label: () => t('billing.quotas.meters.set'),
        key: 'q',
        icon: IconAdjustments,
        when: () => may(leaf.set),
        run: () => setQuota({ metric: null }),
      }),
      advice: defineAction(leaf.advise, {
        label: () => t('billing.quotas.meters.advice'),
        key: 'w',
        icon: IconScale,
        run: () => setCompares(shown => !shown),
      }),
    }),
    [t, may],
  )
  useActions([bindAction(actions.quota, undefined), bindAction(actions.advice, undefined)])
  const meters = data?.meters
  const end = meters?.[0]?.period.to
  return (
    <Section
      title={t('billing.quotas.meters.title')}
      aside={
        <>
          <ActionButton action={actions.advice} context={undefined} />
          <ActionButton action={actions.quota} context={undefined} />
        </>
      }
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !meters ? (
        <LoadingState rows={3} />
      ) : meters.length === 0 ? (
        <p>{t('billing.quotas.meters.none')}</p>
      ) : (
        <SmallTable
          label={t('billing.quotas.meters.title')}
          wraps
          figures={[2, 3, 4, 5]}
          head={[
            t('billing.quotas.meters.metric'),
            t('billing.quotas.meters.percent'),
            t('billing.quotas.meters.used'),
            t('billing.quotas.meters.limit'),
            t('billing.quotas.meters.projected', { day: end ? format.instant(end - 1n, 'day') : '' }),
            t('billing.quotas.meters.cost'),
          ]}
          rows={meters.map(one => [
            <MeterName key="name" meter={one} />,
            <Gauge key="gauge" meter={one} />,
            format.decimal(one.used),
            <Limit key="limit" meter={one} />,
            <Projected key="projected" meter={one} />,
            one.cost ? <Money key="cost" minor={one.cost.amount} currency={one.cost.currency} /> : null,
          ])}
        />
      )}
      {compares ? <PlanAdvice customerId={customer.id} /> : null}
      {quota ? (
        <QuotaDialog customer={customer} metric={quota.metric} onClose={() => setQuota(null)} />
      ) : null}
    </Section>
  )
}

function MeterName({ meter }: { readonly meter: Meter }) {
  return (
    <>
      {meter.name} <span className={classes.dim}>{meter.unit}</span>
    </>
  )
}

function Gauge({ meter }: { readonly meter: Meter }) {
  if (meter.percent === null) return null
  const state = meter.overage !== '0' ? 'over' : meter.reached > 0 ? 'near' : 'ok'
  return (
    <div className={classes.meter}>
      <span>{meter.percent} %</span>
      <div className={classes.track} data-state={state} aria-hidden>
        <span style={{ width: `${Math.min(100, Math.max(0, meter.percent))}%` }} />
      </div>
    </div>
  )
}

function Limit({ meter }: { readonly meter: Meter }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (meter.limit === null) return <span className={classes.dim}>{t('billing.quotas.meters.noLimit')}</span>
  return (
    <>
      {format.decimal(meter.limit)}
      <div className={classes.dim}>
        {t(`billing.quotas.kind.${meter.enforcement ?? 'soft'}`)}
        {meter.source === 'customer' ? `, ${t('billing.quotas.meters.own')}` : ''}
      </div>
    </>
  )
}

function Projected({ meter }: { readonly meter: Meter }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { projection } = meter
  if (!projection) return null
  const said = [
    t(`billing.quotas.meters.method.${projection.method}`),
    ...(projection.error === null
      ? []
      : [t('billing.quotas.meters.error', { error: format.number(projection.error, 1) })]),
    ...(projection.breachAt === null || meter.reached >= 100
      ? []
      : [t('billing.quotas.meters.reachedOn', { day: format.instant(projection.breachAt, 'day') })]),
  ]
  const between =
    projection.low !== null && projection.high !== null
      ? t('billing.quotas.meters.between', {
          low: format.decimal(projection.low),
          high: format.decimal(projection.high),
        })
      : undefined
  return (
    <>
      <span title={between}>{format.decimal(projection.quantity)}</span>
      {meter.cost ? (
        <>
          {' · '}
          <Money minor={meter.cost.projected} currency={meter.cost.currency} />
        </>
      ) : null}
      <div className={classes.dim}>{said.join(', ')}</div>
    </>
  )
}
