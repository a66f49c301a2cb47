import { IconCheck, IconRotate } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const { dunning } = contract.billing
type Task = OutputOf<typeof dunning.tasks>['tasks'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Task>('dunning-tasks')

/** What campaigns gave people to do. */
export function DunningTasks() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const said = useSaidWithUndo()
  const { data, error, refetch } = useCoreQuery(dunning.tasks, {})
  const { run } = useCommand(dunning.setTask)
  const actions = useMemo(() => {
    const to = (done: boolean) => async (task: Task) => {
      const commandId = newCommandId()
      await run({ taskId: task.id, done }, commandId)
      said(t(done ? 'billing.dunning.taskDone' : 'billing.dunning.taskReopened'), commandId)
    }
    return [
      defineAction<Task>(dunning.setTask, {
        label: () => t('billing.dunning.markDone'),
        key: 'd',
        icon: IconCheck,
        when: task => task.doneAt === null && may(dunning.setTask),
        run: to(true),
      }),
      defineAction<Task>('ui.billing.dunning.reopenTask', {
        label: () => t('billing.dunning.reopenTask'),
        key: 'o',
        icon: IconRotate,
        when: task => task.doneAt !== null && may(dunning.setTask),
        run: to(false),
      }),
    ]
  }, [t, may, run, said])
  const columns = useMemo(
    () => [
      textColumn<Task>({
        ...{ id: 'text', header: t('billing.dunning.task'), width: 260, pin: 'start' as const },
        value: task => task.text,
      }),
      textColumn<Task>({
        ...{ id: 'customer', header: t('billing.dunning.customer'), width: 220 },
        value: task => task.customer,
      }),
      textColumn<Task>({
        ...{ id: 'number', header: t('billing.dunning.invoice'), width: 150 },
        value: task => task.number,
      }),
      statusColumn<Task>({
        ...{ id: 'state', header: t('billing.dunning.stateName'), width: 110 },
        value: task => (task.doneAt === null ? 'open' : 'done'),
        states: {
          open: { label: t('billing.dunning.taskState.open'), tone: 'warning' },
          done: { label: t('billing.dunning.taskState.done'), tone: 'ok' },
        },
      }),
      instantColumn<Task>({
        ...{ id: 'createdAt', header: t('billing.dunning.since'), width: 150 },
        value: task => task.createdAt,
      }),
      textColumn<Task>({
        ...{ id: 'doneBy', header: t('billing.dunning.doneBy'), width: 160 },
        value: task => task.doneBy,
      }),
    ],
    [t],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.tasks.length === 0)
    return <EmptyState centred title={t('billing.dunning.noTasks')} text={t('billing.dunning.noTasksText')} />
  return (
    <DataGrid
      id="billing.dunning.tasks"
      label={t('billing.dunning.part.tasks')}
      columns={columns}
      rows={data.tasks}
      rowKey={task => task.id}
      selectable={false}
      exportFormats={CSV}
      onExport={EXPORT}
      rowActions={task => actions.map(action => bindAction(action, task))}
      onOpen={task => go(`/billing/dunning?invoice=${task.invoiceId}`)}
    />
  )
}
