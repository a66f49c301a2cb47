import { IconPencil, IconPlayerPause, IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { MetricDialog } from './metric-dialog.tsx'

const { metric: leaf } = contract.billing
type Metric = OutputOf<typeof leaf.list>['metrics'][number]

/** What is measured, and how. */
export function MetricsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const search = useListSearch('metric')
  const query = useCoreQuery(leaf.list, {})
  const { run } = useCommand(leaf.setActive)
  const [edited, setEdited] = useState<Metric | 'new' | null>(null)
  const columns = useMetricColumns()
  const actions = useMemo(() => {
    const to = (active: boolean) => async (metric: Metric) => {
      const commandId = newCommandId()
      await run({ metricId: metric.id, active }, commandId)
      said(t(active ? 'billing.metrics.used' : 'billing.metrics.retired', { name: metric.name }), commandId)
    }
    return {
      add: defineAction(leaf.create, {
        label: () => t('billing.metrics.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.create),
        run: () => setEdited('new'),
      }),
      edit: defineAction<Metric>(leaf.edit, {
        label: () => t('billing.metrics.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: setEdited,
      }),
      retire: defineAction<Metric>(leaf.setActive, {
        label: () => t('billing.metrics.retire'),
        key: 'x',
        icon: IconPlayerPause,
        when: metric => metric.active && may(leaf.setActive),
        run: to(false),
      }),
      use: defineAction<Metric>('ui.billing.metrics.use', {
        label: () => t('billing.metrics.use'),
        key: 'u',
        icon: IconPlayerPlay,
        when: metric => !metric.active && may(leaf.setActive),
        run: to(true),
      }),
    }
  }, [t, may, run, said])
  useActions([bindAction(actions.add, undefined)])
  const metrics = query.data?.metrics
  return (
    <Page
      title={t('billing.metrics.title')}
      subtitle={metrics ? t('billing.metrics.count', { count: metrics.length }) : undefined}
      actions={<ActionButton action={actions.add} context={undefined} primary />}
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !metrics ? (
        <LoadingState />
      ) : metrics.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.metrics.none')}
          text={t('billing.metrics.noneText')}
          actions={<ActionButton action={actions.add} context={undefined} primary />}
        />
      ) : (
        <DataGrid
          id="billing.metrics"
          label={t('billing.metrics.title')}
          columns={columns}
          rows={metrics}
          rowKey={metric => metric.id}
          search={search}
          selectable={false}
          rowActions={metric => [
            bindAction(actions.edit, metric),
            bindAction(actions.retire, metric),
            bindAction(actions.use, metric),
          ]}
        />
      )}
      {edited ? (
        <MetricDialog metric={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </Page>
  )
}

function useMetricColumns(): readonly GridColumn<Metric>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      textColumn<Metric>({
        ...{ id: 'name', header: t('billing.metrics.name'), width: 180, pin: 'start' },
        value: metric => metric.name,
      }),
      textColumn<Metric>({
        ...{ id: 'key', header: t('billing.metrics.key'), width: 170 },
        value: metric => metric.key,
      }),
      textColumn<Metric>({
        ...{ id: 'unit', header: t('billing.metrics.unit'), width: 110 },
        value: metric => metric.unit,
      }),
      statusColumn<Metric>({
        ...{ id: 'state', header: t('billing.metrics.state'), width: 110 },
        value: metric => (metric.active ? 'active' : 'inactive'),
        states: {
          active: { label: t('billing.metrics.active'), tone: 'ok' },
          inactive: { label: t('billing.metrics.inactive'), tone: 'neutral' },
        },
      }),
      textColumn<Metric>({
        ...{ id: 'aggregation', header: t('billing.metrics.aggregation'), width: 250 },
        value: metric =>
          [t(`billing.metrics.aggregations.${metric.aggregation}`), metric.property]
            .filter(Boolean)
            .join(': '),
      }),
      numberColumn<Metric>({
        ...{ id: 'scale', header: t('billing.metrics.scale'), width: 80 },
        value: metric => metric.scale,
      }),
      textColumn<Metric>({
        ...{ id: 'carries', header: t('billing.metrics.carries'), width: 120 },
        value: metric => (metric.carries ? t('billing.metrics.carries') : null),
      }),
      textColumn<Metric>({
        ...{ id: 'rounding', header: t('billing.metrics.rounding'), width: 200 },
        value: ({ rounding }) =>
          rounding && `${t(`billing.metrics.roundings.${rounding.mode}`)}, ${rounding.places}`,
      }),
      textColumn<Metric>({
        ...{ id: 'groupBy', header: t('billing.metrics.groupBy'), width: 180 },
        value: metric => metric.groupBy.join(', '),
      }),
    ],
    [t],
  )
}
