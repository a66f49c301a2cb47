import { IconChecks, IconPlayerPlay, IconRotate } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { monthEnd as leaf, type MonthEndStep } from '#shared/contract/billing/month-end.ts'
import { checkWords, leftWords, stepName } from './step-words.ts'
import type { Deed } from './use-deeds.ts'

const CSV = ['csv'] as const
const EXPORT = saveCsv<MonthEndStep>('month-end')

/** The steps of a month in the order in which they are done. Enter does the one that has the focus. */
export function Checklist(props: {
  readonly month: string
  readonly steps: readonly MonthEndStep[]
  readonly locked: boolean
  readonly deedOf: (step: MonthEndStep) => Deed | null
  readonly onCheck: (step: MonthEndStep) => void
}) {
  const { month, steps, locked, deedOf, onCheck } = props
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const said = useSaidWithUndo()
  const { run: uncheck } = useCommand(leaf.uncheck)
  const mayCheck = may(leaf.check) && !locked
  const actions = useMemo(
    () => [
      defineAction<MonthEndStep>('ui.billing.monthEnd.do', {
        label: step => deedOf(step)?.word ?? '',
        icon: IconPlayerPlay,
        when: step => deedOf(step) !== null,
        run: step => deedOf(step)?.run(),
      }),
      defineAction<MonthEndStep>(leaf.check, {
        label: step => t(step.byHand ? 'billing.monthEnd.action.check' : 'billing.monthEnd.action.accept'),
        key: 'x',
        icon: IconChecks,
        when: step => mayCheck && step.checkable && step.state === 'todo',
        run: onCheck,
      }),
      defineAction<MonthEndStep>(leaf.uncheck, {
        label: () => t('billing.monthEnd.action.uncheck'),
        key: 'shift+x',
        icon: IconRotate,
        when: step => mayCheck && step.check !== null,
        run: async step => {
          const commandId = newCommandId()
          await uncheck({ period: month, step: step.step }, commandId)
          said(t('billing.monthEnd.dialog.undid', { step: stepName(t, step) }), commandId)
        },
      }),
    ],
    [t, deedOf, mayCheck, month, onCheck, uncheck, said],
  )
  const columns = useMemo<readonly GridColumn<MonthEndStep>[]>(
    () => [
      textColumn<MonthEndStep>({
        ...{ id: 'group', header: t('billing.monthEnd.column.group'), width: 96 },
        value: step => t(`billing.monthEnd.group.${step.group}`),
      }),
      textColumn<MonthEndStep>({
        ...{ id: 'step', header: t('billing.monthEnd.column.step'), width: 232 },
        value: step => stepName(t, step),
      }),
      statusColumn<MonthEndStep>({
        ...{ id: 'state', header: t('billing.monthEnd.column.state'), width: 120 },
        value: step => step.state,
        states: {
          done: { label: t('billing.monthEnd.state.done'), tone: 'ok' },
          todo: { label: t('billing.monthEnd.state.todo'), tone: 'warning' },
          waiting: { label: t('billing.monthEnd.state.waiting'), tone: 'running' },
          blocked: { label: t('billing.monthEnd.state.blocked'), tone: 'neutral' },
          accepted: { label: t('billing.monthEnd.state.accepted'), tone: 'info' },
          none: { label: t('billing.monthEnd.state.none'), tone: 'neutral' },
        },
      }),
      textColumn<MonthEndStep>({
        ...{ id: 'deed', header: t('billing.monthEnd.column.deed'), width: 184 },
        value: step => deedOf(step)?.word ?? null,
      }),
      textColumn<MonthEndStep>({
        ...{ id: 'left', header: t('billing.monthEnd.column.left'), width: 420 },
        value: step => leftWords(t, format, step),
      }),
      textColumn<MonthEndStep>({
        ...{ id: 'check', header: t('billing.monthEnd.column.check'), width: 300 },
        value: step => checkWords(t, format, step),
      }),
    ],
    [t, format, deedOf],
  )
  const rowActions = useCallback(
    (step: MonthEndStep) => actions.map(action => bindAction(action, step)),
    [actions],
  )
  return (
    <DataGrid
      id="billing.monthEnd"
      label={t('billing.monthEnd.list', { month: format.month(month) })}
      columns={columns}
      rows={steps}
      rowKey={step => step.step}
      selectable={false}
      followRow
      exportFormats={CSV}
      onExport={EXPORT}
      rowActions={rowActions}
      onOpen={step => deedOf(step)?.run()}
    />
  )
}
