import { Button, Select } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { type Action, bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton } from '#renderer/ui/actions/use-actions.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { shortInstant } from '../subscriptions/timeline.tsx'
import { quantityColumn } from './quantity-column.tsx'
import { QuotaDialog } from './quota-dialog.tsx'
import classes from './quotas.module.css'

const { quota: leaf } = contract.billing
type Reading = OutputOf<typeof leaf.overview>['readings'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Reading>('usage-limits')

const FILTERS = ['all', 'near', 'over', 'will'] as const
/** What the filters of the page ask the core. */
const ASKED = { all: {}, near: { reached: 1 }, over: { reached: 100 }, will: { willBreach: true } } as const

/** How far customers are, the farthest first. */
export function ReadingsGrid(props: {
  readonly params: URLSearchParams
  readonly set: (changes: Readonly<Record<string, string | null>>) => void
  readonly scan: Action<void>
}) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const filter = FILTERS.find(one => one === props.params.get('far')) ?? 'all'
  const customerId = props.params.get('customer')
  const asked = { ...ASKED[filter], ...(customerId ? { customerId } : {}), limit: 5000 }
  const { data, error, refetch } = useCoreQuery(leaf.overview, asked)
  const [quota, setQuota] = useState<Reading | null>(null)
  const columns = useReadingColumns()
  const actions = useMemo(
    () => [
      defineAction<Reading>(leaf.set, {
        label: () => t('billing.quotas.setQuota'),
        key: 'e',
        icon: IconAdjustments,
        when: () => may(leaf.set),
        run: setQuota,
      }),
    ],
    [t, may],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.scannedAt === null)
    return (
      <EmptyState
        centred
        title={t('billing.quotas.none')}
        text={t('billing.quotas.noneText')}
        actions={<ActionButton action={props.scan} context={undefined} primary />}
      />
    )
  return (
    <div className={classes.filled}>
      <div className={classes.strip}>
        <Select
          size="xs"
          w={190}
          aria-label={t('billing.quotas.filter.label')}
          allowDeselect={false}
          data={FILTERS.map(value => ({ value, label: t(`billing.quotas.filter.${value}`) }))}
          value={filter}
          onChange={value => props.set({ far: value === 'all' ? null : value })}
        />
        {customerId ? (
          <>
            <span>{data.readings[0]?.customer ?? t('billing.quotas.ofCustomer')}</span>
            <Button size="compact-xs" variant="default" onClick={() => props.set({ customer: null })}>
              {t('billing.quotas.showAll')}
            </Button>
          </>
        ) : null}
        <span className={classes.aside}>
          <ScannedAt at={data.scannedAt} />
        </span>
      </div>
      <DataGrid
        id="billing.quotas"
        label={t('billing.quotas.title')}
        columns={columns}
        rows={data.readings}
        rowKey={row => `${row.customerId}/${row.metricId}`}
        selectable={false}
        exportFormats={CSV}
        onExport={EXPORT}
        rowActions={row => actions.map(action => bindAction(action, row))}
        onOpen={row => go(`${CUSTOMERS_PATH}?customer=${row.customerId}`)}
        empty={<EmptyState title={t('billing.quotas.noneLeft')} />}
      />
      {quota ? (
        <QuotaDialog
          customer={{ id: quota.customerId, name: quota.customer }}
          metric={quota.metric}
          onClose={() => setQuota(null)}
        />
      ) : null}
    </div>
  )
}

function ScannedAt({ at }: { readonly at: bigint }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {t('billing.quotas.scanned', { when: format.instant(at, 'minute') })} (<When at={at} show="relative" />)
    </>
  )
}

/** Over is what is above its limit; at it is near. */
function stateOf(row: Reading): 'over' | 'near' | 'ok' {
  if (row.limit !== null && Number(row.used) > Number(row.limit)) return 'over'
  return row.reached > 0 ? 'near' : 'ok'
}

function useReadingColumns(): readonly GridColumn<Reading>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const { dateStyle } = format
  return useMemo(
    () => [
      textColumn<Reading>({
        ...{ id: 'customer', header: t('billing.quotas.column.customer'), width: 200, pin: 'start' },
        value: row => row.customer,
      }),
      textColumn<Reading>({
        ...{ id: 'metric', header: t('billing.quotas.column.metric'), width: 160 },
        value: row => row.name,
      }),
      statusColumn<Reading>({
        ...{ id: 'state', header: t('billing.quotas.column.state'), width: 100 },
        value: stateOf,
        states: {
          over: { label: t('billing.quotas.state.over'), tone: 'critical' },
          near: { label: t('billing.quotas.state.near'), tone: 'warning' },
          ok: { label: t('billing.quotas.state.ok'), tone: 'ok' },
        },
      }),
      numberColumn<Reading>({
        ...{ id: 'percent', header: t('billing.quotas.column.percent'), width: 90, unit: '%' },
        hint: t('billing.quotas.percentHint'),
        value: row => row.percent,
      }),
      quantityColumn<Reading>('used', t('billing.quotas.column.used'), format, row => row.used),
      quantityColumn<Reading>('limit', t('billing.quotas.column.limit'), format, row => row.limit),
      textColumn<Reading>({
        ...{ id: 'unit', header: t('billing.quotas.column.unit'), width: 110 },
        value: row => row.unit,
      }),
      {
        ...quantityColumn<Reading>(
          'projected',
          t('billing.quotas.column.projected'),
          format,
          row => row.projected,
        ),
        hint: t('billing.quotas.projectedHint'),
      },
      instantColumn<Reading>({
        ...{ id: 'breach', header: t('billing.quotas.column.breach'), width: 150 },
        hint: t('billing.quotas.breachHint'),
        // What is reached already is said by its state.
        value: row => (stateOf(row) === 'over' || row.percent === 100 ? null : row.breachAt),
      }),
      textColumn<Reading>({
        ...{ id: 'kind', header: t('billing.quotas.column.kind'), width: 90 },
        value: row => t(`billing.quotas.kind.${row.enforcement}`),
      }),
      textColumn<Reading>({
        ...{ id: 'period', header: t('billing.quotas.column.period'), width: 190 },
        value: ({ period, zone }) =>
          `${shortInstant(period.from, zone, dateStyle)} – ${shortInstant(period.to - 1n, zone, dateStyle)}`,
      }),
    ],
    [t, format, dateStyle],
  )
}
