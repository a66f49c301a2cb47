import { TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPencil, IconPlus, IconPower, IconRefresh } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { monthEnd as leaf, type OwnStep } from '#shared/contract/billing/month-end.ts'
import shared from '../billing.module.css'

const NO_STEPS: readonly OwnStep[] = []

const back = defineAction<{ readonly label: string; readonly run: () => void }>('ui.billing.monthEnd.back', {
  label: ({ label }) => label,
  key: 'o',
  run: ({ run }) => run(),
})

/** The steps that a workspace has besides ours: added, named, put in order, taken out of use. */
export function OwnSteps() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const said = useSaidWithUndo()
  const month = useAddress().params.get('month')
  const { data, error, refetch } = useCoreQuery(leaf.ownSteps, undefined)
  const { run: move } = useCommand(leaf.moveStep)
  const { run: setActive } = useCommand(leaf.setStepActive)
  const [edited, setEdited] = useState<OwnStep | 'new' | null>(null)
  const steps = data?.steps ?? NO_STEPS
  const actions = useMemo(() => {
    const moved = (by: number) => async (step: OwnStep) => {
      const commandId = newCommandId()
      await move({ stepId: step.id, place: steps.indexOf(step) + by }, commandId)
      said(t('billing.monthEnd.own.moved', { step: step.title }), commandId)
    }
    const use = (active: boolean) => async (step: OwnStep) => {
      const commandId = newCommandId()
      await setActive({ stepId: step.id, active }, commandId)
      said(t(`billing.monthEnd.own.${active ? 'used' : 'stopped'}`, { step: step.title }), commandId)
    }
    return {
      add: defineAction(leaf.addStep, {
        label: () => t('billing.monthEnd.action.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.addStep),
        run: () => setEdited('new'),
      }),
      row: [
        defineAction<OwnStep>(leaf.renameStep, {
          label: () => t('billing.monthEnd.action.rename'),
          key: 'e',
          icon: IconPencil,
          when: () => may(leaf.renameStep),
          run: setEdited,
        }),
        defineAction<OwnStep>(leaf.moveStep, {
          label: () => t('billing.monthEnd.action.up'),
          key: 'u',
          icon: IconArrowUp,
          when: step => may(leaf.moveStep) && steps.indexOf(step) > 0,
          run: moved(-1),
        }),
        defineAction<OwnStep>('ui.billing.monthEnd.down', {
          label: () => t('billing.monthEnd.action.down'),
          key: 'd',
          icon: IconArrowDown,
          when: step => may(leaf.moveStep) && steps.indexOf(step) < steps.length - 1,
          run: moved(1),
        }),
        defineAction<OwnStep>(leaf.setStepActive, {
          label: () => t('billing.monthEnd.action.stop'),
          key: 'x',
          icon: IconPower,
          when: step => may(leaf.setStepActive) && step.active,
          run: use(false),
        }),
        defineAction<OwnStep>('ui.billing.monthEnd.use', {
          label: () => t('billing.monthEnd.action.use'),
          key: 'x',
          icon: IconRefresh,
          when: step => may(leaf.setStepActive) && !step.active,
          run: use(true),
        }),
      ],
    }
  }, [t, may, move, setActive, said, steps])
  const rowActions = useCallback(
    (step: OwnStep) => actions.row.map(action => bindAction(action, step)),
    [actions],
  )
  const columns = useMemo(
    () => [
      textColumn<OwnStep>({
        ...{ id: 'name', header: t('billing.monthEnd.own.name'), width: 420 },
        value: step => step.title,
      }),
      statusColumn<OwnStep>({
        ...{ id: 'active', header: t('billing.monthEnd.own.state'), width: 140 },
        value: step => (step.active ? 'used' : 'stopped'),
        states: {
          used: { label: t('billing.monthEnd.own.inUse'), tone: 'ok' },
          stopped: { label: t('billing.monthEnd.own.outOfUse'), tone: 'neutral' },
        },
      }),
      instantColumn<OwnStep>({
        id: 'since',
        header: t('billing.monthEnd.own.since'),
        value: step => step.createdAt,
      }),
    ],
    [t],
  )
  return (
    <Page
      title={t('billing.monthEnd.own.title')}
      fill
      actions={
        <>
          <OfferedButton
            action={back}
            context={{
              label: t('billing.monthEnd.action.back'),
              run: () => go(month === null ? '/billing/month-end' : `/billing/month-end?month=${month}`),
            }}
          />
          <OfferedButton primary action={actions.add} context={undefined} />
        </>
      }
      answer={<p className={shared.note}>{t('billing.monthEnd.own.text')}</p>}
    >
      {error ? (
        <ErrorState centred error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <LoadingState />
      ) : steps.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.monthEnd.own.none')}
          text={t('billing.monthEnd.own.noneText')}
          actions={<ActionButton primary action={actions.add} context={undefined} />}
        />
      ) : (
        <DataGrid
          id="billing.monthEnd.own"
          label={t('billing.monthEnd.own.list')}
          columns={columns}
          rows={steps}
          rowKey={step => step.id}
          selectable={false}
          followRow
          rowActions={rowActions}
          onOpen={step => (may(leaf.renameStep) ? setEdited(step) : undefined)}
        />
      )}
      {edited ? (
        <StepDialog before={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </Page>
  )
}

function StepDialog({ before, onClose }: { readonly before: OwnStep | null; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(leaf.addStep)
  const rename = useCommand(leaf.renameStep)
  const [title, setTitle] = useState(before?.title ?? '')
  const trimmed = title.trim()
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(before ? 'billing.monthEnd.own.rename' : 'billing.monthEnd.own.add')}
      submit={t('billing.monthEnd.own.save')}
      ready={trimmed !== ''}
      onSubmit={async () => {
        const commandId = newCommandId()
        if (before) await rename.run({ stepId: before.id, title: trimmed }, commandId)
        else await add.run({ title: trimmed }, commandId)
        said(t(`billing.monthEnd.own.${before ? 'renamed' : 'added'}`, { step: trimmed }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.monthEnd.own.name')}
        maxLength={120}
        value={title}
        onChange={event => setTitle(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
