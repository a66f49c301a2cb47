import { Autocomplete, Select } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { quantityColumn } from '../quotas/quantity-column.tsx'
import classes from '../quotas/quotas.module.css'

const { usage: leaf, metric: metrics, customer: customers } = contract.billing
type Group = OutputOf<typeof leaf.analytics>['groups'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Group>('usage-analytics')

const DAY = 86_400_000
const SPANS = ['7', '30', '90'] as const

/** Usage of one metric apart by a property of its events: who used it, with what, how often it failed. */
export function UsageAnalyticsPage() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const known = useCoreQuery(metrics.list, {})
  const list = useCoreQuery(customers.list, { limit: 1000 })
  const set = useCallback(
    (name: string, value: string | null) => {
      const next = new URLSearchParams(params)
      if (value) next.set(name, value)
      else next.delete(name)
      setParams(next, { replace: true })
    },
    [params, setParams],
  )
  const active = (known.data?.metrics ?? []).filter(one => one.active)
  const metric = active.find(one => one.id === params.get('metric')) ?? active[0]
  const customerId = params.get('customer')
  const by = params.get('by')
  const span = SPANS.find(one => one === params.get('days')) ?? '30'
  const today = Math.floor(useNow() / DAY) * DAY
  const asked = {
    ...{
      metricId: metric?.id ?? '',
      from: BigInt(today - (Number(span) - 1) * DAY),
      to: BigInt(today + DAY),
    },
    ...(by ? { by } : {}),
    ...(customerId ? { customerId } : {}),
  }
  const found = useCoreQuery(leaf.analytics, asked, { enabled: metric !== undefined })
  const shownBy = by ?? found.data?.by ?? ''
  return (
    <Page title={t('billing.usage.analytics.title')} fill>
      {known.error ? (
        <ErrorState centred error={known.error} onRetry={() => void known.refetch()} />
      ) : !known.data ? (
        <LoadingState />
      ) : !metric ? (
        <EmptyState centred title={t('billing.usage.analytics.noMetric')} />
      ) : (
        <div className={classes.filled}>
          <div className={classes.strip}>
            <Select
              size="xs"
              aria-label={t('billing.usage.analytics.metric')}
              allowDeselect={false}
              searchable
              data={active.map(one => ({ value: one.id, label: one.name }))}
              value={metric.id}
              onChange={value => set('metric', value)}
            />
            <By
              key={shownBy}
              by={shownBy}
              offered={found.data?.properties ?? []}
              onChange={value => set('by', value)}
            />
            <Select
              size="xs"
              clearable
              searchable
              limit={100}
              aria-label={t('billing.usage.analytics.customer')}
              placeholder={t('billing.usage.analytics.all')}
              data={(list.data?.customers ?? []).map(one => ({ value: one.id, label: one.name }))}
              value={customerId}
              onChange={value => set('customer', value)}
            />
            <Select
              size="xs"
              w={130}
              allowDeselect={false}
              aria-label={t('billing.usage.analytics.span')}
              data={SPANS.map(value => ({
                value,
                label: t('billing.usage.analytics.days', { count: Number(value) }),
              }))}
              value={span}
              onChange={value => set('days', value)}
            />
          </div>
          <Groups found={found} unit={metric.unit} />
        </div>
      )}
    </Page>
  )
}

function By({
  by,
  offered,
  onChange,
}: {
  readonly by: string
  readonly offered: readonly string[]
  readonly onChange: (by: string) => void
}) {
  const { t } = useTranslation()
  return (
    <Autocomplete
      size="xs"
      aria-label={t('billing.usage.analytics.by')}
      data={offered}
      defaultValue={by}
      maxLength={60}
      onOptionSubmit={onChange}
      onBlur={event => event.currentTarget.value.trim() && onChange(event.currentTarget.value.trim())}
      onKeyDown={event => {
        const value = event.currentTarget.value.trim()
        if (event.key === 'Enter' && value) onChange(value)
      }}
    />
  )
}

function Groups({
  found: { data, error, refetch },
  unit,
}: {
  readonly found: UseQueryResult<OutputOf<typeof leaf.analytics>>
  readonly unit: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = useMemo<readonly GridColumn<Group>[]>(
    () => [
      textColumn<Group>({
        ...{ id: 'value', header: t('billing.usage.analytics.value'), width: 220, pin: 'start' },
        value: group => group.value ?? t('billing.usage.analytics.without'),
      }),
      {
        ...quantityColumn<Group>(
          'quantity',
          t('billing.usage.analytics.quantity', { unit }),
          format,
          group => group.quantity,
        ),
        width: 160,
      },
      numberColumn<Group>({
        ...{ id: 'events', header: t('billing.usage.analytics.events') },
        value: group => group.events,
      }),
      numberColumn<Group>({
        ...{ id: 'errors', header: t('billing.usage.analytics.errors'), width: 120, places: 1, unit: '%' },
        hint: t('billing.usage.analytics.errorsHint'),
        value: group => (group.judged === 0 ? null : (100 * group.failed) / group.judged),
      }),
      ...(['p50', 'p95', 'p99'] as const).map(name =>
        numberColumn<Group>({
          ...{ id: name, header: t(`billing.usage.analytics.${name}`), width: 120, places: 1, unit: 'ms' },
          hint: t('billing.usage.analytics.latencyHint'),
          value: group => group.latency?.[name],
        }),
      ),
    ],
    [t, format, unit],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.groups.length === 0)
    return (
      <EmptyState
        centred
        title={t('billing.usage.analytics.none')}
        text={t('billing.usage.analytics.noneText')}
      />
    )
  return (
    <>
      {data.complete ? null : <p className={classes.strip}>{t('billing.usage.analytics.incomplete')}</p>}
      <DataGrid
        id="billing.usage.analytics"
        label={t('billing.usage.analytics.title')}
        columns={columns}
        rows={data.groups}
        rowKey={group => group.value ?? '\u0000'}
        selectable={false}
        exportFormats={CSV}
        onExport={EXPORT}
      />
    </>
  )
}
