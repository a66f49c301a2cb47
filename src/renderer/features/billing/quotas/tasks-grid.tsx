import { IconCheck, IconEye, IconRotate, IconUserCheck, IconUserOff } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { quantityColumn } from './quantity-column.tsx'

const { task: leaf } = contract.billing.quota
type Task = OutputOf<typeof leaf.list>['tasks'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Task>('usage-tasks')

/** Customers that are over a limit, until somebody has dealt with it. */
export function TasksGrid() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const format = useFormat()
  const { person } = useSession()
  const { data, error, refetch } = useCoreQuery(leaf.list, {})
  const { run: setState } = useCommand(leaf.setState)
  const { run: assign } = useCommand(leaf.assign)
  const actions = useMemo(() => {
    const to = (state: Task['state']) => (task: Task) => setState({ taskId: task.id, state }).then(() => {})
    return [
      defineAction<Task>(leaf.setState, {
        label: () => t('billing.quotas.task.acknowledge'),
        key: 'a',
        icon: IconEye,
        when: task => task.state === 'open' && may(leaf.setState),
        run: to('acknowledged'),
      }),
      defineAction<Task>('ui.billing.quotas.resolve', {
        label: () => t('billing.quotas.task.resolve'),
        key: 'r',
        icon: IconCheck,
        when: task => task.state !== 'resolved' && may(leaf.setState),
        run: to('resolved'),
      }),
      defineAction<Task>('ui.billing.quotas.reopen', {
        label: () => t('billing.quotas.task.reopen'),
        key: 'o',
        icon: IconRotate,
        when: task => task.state === 'resolved' && may(leaf.setState),
        run: to('open'),
      }),
      defineAction<Task>(leaf.assign, {
        label: () => t('billing.quotas.task.take'),
        key: 'm',
        icon: IconUserCheck,
        when: task => person !== null && task.assignee?.id !== person.id && may(leaf.assign),
        run: task => assign({ taskId: task.id, personId: person?.id ?? null }).then(() => {}),
      }),
      defineAction<Task>('ui.billing.quotas.leave', {
        label: () => t('billing.quotas.task.leave'),
        key: 'l',
        icon: IconUserOff,
        when: task => task.assignee !== null && may(leaf.assign),
        run: task => assign({ taskId: task.id, personId: null }).then(() => {}),
      }),
    ]
  }, [t, may, person, setState, assign])
  const columns = useMemo<readonly GridColumn<Task>[]>(
    () => [
      textColumn<Task>({
        ...{ id: 'customer', header: t('billing.quotas.task.customer'), width: 200, pin: 'start' },
        value: task => task.customer,
      }),
      textColumn<Task>({
        ...{ id: 'metric', header: t('billing.quotas.task.what'), width: 170 },
        value: task => task.metric,
      }),
      statusColumn<Task>({
        ...{ id: 'state', header: t('billing.quotas.task.state'), width: 110 },
        value: task => task.state,
        states: {
          open: { label: t('billing.quotas.task.states.open'), tone: 'critical' },
          acknowledged: { label: t('billing.quotas.task.states.acknowledged'), tone: 'info' },
          resolved: { label: t('billing.quotas.task.states.resolved'), tone: 'ok' },
        },
      }),
      quantityColumn<Task>('used', t('billing.quotas.task.used'), format, task => task.used),
      quantityColumn<Task>('limit', t('billing.quotas.task.limit'), format, task => task.limit),
      textColumn<Task>({
        ...{ id: 'unit', header: t('billing.quotas.column.unit'), width: 100 },
        value: task => task.unit,
      }),
      textColumn<Task>({
        ...{ id: 'assignee', header: t('billing.quotas.task.assignee'), width: 150 },
        value: task => task.assignee?.name ?? null,
      }),
      instantColumn<Task>({
        id: 'since',
        header: t('billing.quotas.task.since'),
        value: task => task.createdAt,
      }),
      textColumn<Task>({
        ...{ id: 'note', header: t('billing.quotas.task.note'), width: 200 },
        value: task => task.note,
      }),
    ],
    [t, format],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.tasks.length === 0)
    return (
      <EmptyState centred title={t('billing.quotas.task.none')} text={t('billing.quotas.task.noneText')} />
    )
  return (
    <DataGrid
      id="billing.quotas.tasks"
      label={t('billing.quotas.showWord.tasks')}
      columns={columns}
      rows={data.tasks}
      rowKey={task => task.id}
      selectable={false}
      exportFormats={CSV}
      onExport={EXPORT}
      rowActions={task => actions.map(action => bindAction(action, task))}
      onOpen={task => go(`${CUSTOMERS_PATH}?customer=${task.customerId}`)}
    />
  )
}
