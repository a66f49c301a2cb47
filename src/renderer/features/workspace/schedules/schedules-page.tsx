import { IconCalendarPlus, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Schedule } from '#shared/contract/workspace/schedules.ts'
import { mayUse } from '#shared/permissions.ts'
import { RunHistory } from './run-history.tsx'
import { scheduleColumns } from './schedule-columns.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'

const { schedules } = contract.workspace

type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'remove'; readonly schedule: Schedule }
  | null

/** What is done by itself: when it comes next, what came of it last, and all before. */
export function SchedulesPage() {
  const { t } = useTranslation()
  const query = useCoreQuery(schedules.list, {})
  const [asked, setAsked] = useState<Asked>(null)
  const [openId, setOpenId] = useState<string | null>(null)
  const remove = useCommand(schedules.remove)
  const names = useNames()
  const kinds = query.data?.kinds
  const offered = useMemo(() => new Set(kinds?.map(kind => kind.name)), [kinds])
  const mine = useMine(kinds)
  const actions = useScheduleActions(mine, setAsked)
  useActions(useMemo(() => [bindAction(actions.add, undefined)], [actions]))
  const rowActions = useCallback(
    (schedule: Schedule) =>
      [actions.runNow, actions.edit, actions.pause, actions.remove].map(one => bindAction(one, schedule)),
    [actions],
  )
  const columns = useMemo(() => scheduleColumns(t, { names, offered }), [t, names, offered])
  const rows = query.data?.schedules
  const open = rows?.find(schedule => schedule.id === openId)
  const close = () => setAsked(null)
  const addButton = <ActionButton action={actions.add} context={undefined} primary />
  return (
    <Page
      title={t('workspace.screen.schedules')}
      subtitle={query.data ? t('workspace.schedules.text', { zone: query.data.zone }) : undefined}
      actions={addButton}
      fill
    >
      <Split pane={open ? <RunHistory schedule={open} onClose={() => setOpenId(null)} /> : null}>
        <DataGrid
          id="workspace.schedules"
          label={t('workspace.screen.schedules')}
          columns={columns}
          rows={rows}
          rowKey={row => row.id}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => setOpenId(row.id)}
          onEscape={openId === null ? undefined : () => setOpenId(null)}
          empty={
            <EmptyState title={t('workspace.schedules.none')} text={t('workspace.schedules.noneText')} />
          }
        />
      </Split>
      {asked?.what === 'add' || asked?.what === 'edit' ? (
        <ScheduleDialog
          schedule={asked.what === 'edit' ? asked.schedule : null}
          kinds={[...mine]}
          onClose={close}
        />
      ) : null}
      <Confirm
        opened={asked?.what === 'remove'}
        onClose={close}
        title={t('workspace.schedules.remove')}
        confirm={t('workspace.schedules.remove')}
        danger
        onConfirm={async () => {
          if (asked?.what === 'remove') await remove.run({ scheduleId: asked.schedule.id })
        }}
      >
        <p>{t('workspace.schedules.removeText')}</p>
      </Confirm>
    </Page>
  )
}

/** The kinds that the acting person may change. */
function useMine(
  kinds: readonly { readonly name: string; readonly roles: readonly string[] }[] | undefined,
): ReadonlySet<string> {
  const { person } = useSession()
  return useMemo(() => {
    const allowed = kinds?.filter(kind => person && mayUse(person.roles, kind.roles as typeof person.roles))
    return new Set(allowed?.map(kind => kind.name))
  }, [kinds, person])
}

function useNames(): (person: string | null) => string {
  const { people } = useSession()
  return useCallback(id => people.find(person => person.id === id)?.name ?? id ?? '', [people])
}

function useScheduleActions(mine: ReadonlySet<string>, ask: (asked: Asked) => void) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const change = useCommand(schedules.change)
  const runNow = useCommand(schedules.runNow)
  return useMemo(
    () => ({
      add: defineAction(schedules.add, {
        label: () => t('workspace.schedules.add'),
        key: 'n',
        icon: IconCalendarPlus,
        when: () => mine.size > 0 && may(schedules.add),
        run: () => ask({ what: 'add' }),
      }),
      edit: defineAction<Schedule>('ui.schedule.edit', {
        label: () => t('workspace.schedules.change'),
        key: 'e',
        icon: IconPencil,
        when: schedule => mine.has(schedule.kind) && may(schedules.change),
        run: schedule => ask({ what: 'edit', schedule }),
      }),
      pause: defineAction<Schedule>(schedules.change, {
        label: schedule => t(schedule.paused ? 'workspace.schedules.resume' : 'workspace.schedules.pause'),
        key: 'p',
        icon: IconPlayerPause,
        when: schedule => mine.has(schedule.kind) && may(schedules.change),
        run: async schedule => {
          const commandId = newCommandId()
          const paused = !schedule.paused
          await change.run({ scheduleId: schedule.id, paused }, commandId)
          said(t(paused ? 'workspace.schedules.paused' : 'workspace.schedules.resumed'), commandId)
        },
      }),
      runNow: defineAction<Schedule>(schedules.runNow, {
        label: () => t('workspace.schedules.runNow'),
        key: 'r',
        icon: IconPlayerPlay,
        when: ({ kind, lastRun }) =>
          mine.has(kind) &&
          lastRun?.state !== 'running' &&
          lastRun?.state !== 'waiting' &&
          may(schedules.runNow),
        run: async schedule => {
          await runNow.run({ scheduleId: schedule.id })
          toasts.show({ text: t('workspace.schedules.asked') })
        },
      }),
      remove: defineAction<Schedule>(schedules.remove, {
        label: () => t('workspace.schedules.remove'),
        key: 'd',
        icon: IconTrash,
        danger: true,
        when: schedule => mine.has(schedule.kind) && may(schedules.remove),
        run: schedule => ask({ what: 'remove', schedule }),
      }),
    }),
    [t, may, mine, ask, said, toasts, change, runNow],
  )
}
