import { SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, moneyColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { shareColumn } from './share-column.ts'

const leaf = contract.billing.churn.cohorts
type Cohort = OutputOf<typeof leaf>['cohorts'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Cohort>('cohorts')
const MEASURES = ['nrr', 'grr', 'logos'] as const

/** Customers by the month in which they were new, and what is left of them. Each opens to who they are. */
export function Cohorts(props: {
  readonly currency: string
  readonly months: number
  readonly measure: string | null
  readonly onMeasure: (measure: string) => void
  readonly onWhy: (month: string) => void
}) {
  const { currency, months, onMeasure, onWhy } = props
  const { t } = useTranslation()
  const format = useFormat()
  const measure = MEASURES.find(one => one === props.measure) ?? 'nrr'
  const query = useCoreQuery(leaf, { currency, months })
  const longest = Math.max(0, ...(query.data?.cohorts ?? []).map(cohort => cohort.months.length))
  const columns = useMemo<readonly GridColumn<Cohort>[]>(
    () => [
      textColumn<Cohort>({
        ...{ id: 'month', header: t('billing.churn.cohort'), width: 130, pin: 'start' },
        value: row => row.month,
        render: row => format.month(row.month),
      }),
      numberColumn<Cohort>({
        ...{ id: 'customers', header: t('billing.churn.customers') },
        value: row => row.customers,
      }),
      moneyColumn<Cohort>({
        ...{ id: 'start', header: t('billing.churn.cohortStart'), currency: () => currency },
        value: row => row.start,
      }),
      ...Array.from({ length: Math.max(0, longest - 1) }, (_, index) =>
        shareColumn<Cohort>({
          ...{ id: `m${index + 1}`, header: t('billing.churn.cohortMonth', { count: index + 1 }) },
          value: row => row.months[index + 1]?.[measure],
        }),
      ),
    ],
    [t, format, currency, longest, measure],
  )
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  if (query.data.cohorts.length === 0) return <EmptyState centred title={t('billing.churn.cohortsNone')} />
  return (
    <DataGrid
      id={`billing.churn.cohorts.${measure}`}
      label={t('billing.churn.view.cohorts')}
      columns={columns}
      rows={query.data.cohorts}
      rowKey={row => row.month}
      selectable={false}
      exportFormats={CSV}
      onExport={EXPORT}
      onOpen={row => onWhy(row.month)}
      toolbarStart={
        <SegmentedControl
          size="xs"
          aria-label={t('billing.churn.measures')}
          value={measure}
          onChange={onMeasure}
          data={MEASURES.map(value => ({ value, label: t(`billing.churn.measure.${value}`) }))}
        />
      }
    />
  )
}
