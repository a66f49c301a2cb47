import { IconCloudUp, IconRefresh, IconTrash } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { SidePane, Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { errorWords, useErrorWords } from '#renderer/ui/page/error-words.ts'
import { JsonView } from '#renderer/ui/page/json-view.tsx'
import { Fields, Page, Section } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { OutboxCommand } from '#shared/contract/sync.ts'
import { useSyncNow } from '../connection/use-sync-now.ts'
import { ComparePane } from './compare-pane.tsx'

const { outbox } = contract.sync

/** What waits for the backend, and what it refused: nothing is ever dropped in silence. */
export function OutboxPage() {
  const { t, i18n } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const query = useCoreQuery(outbox.list, { limit: 500 })
  const [openId, setOpenId] = useState<string | null>(null)
  const [asked, setAsked] = useState<OutboxCommand | null>(null)
  const open = query.data?.commands.find(command => command.commandId === openId)
  const { data: status } = useCoreQuery(contract.sync.status, {})
  const connected = status?.authority === 'connected'
  const sync = useSyncNow()
  const actions = useMemo(
    () => ({
      retry: defineAction<OutboxCommand>(outbox.retry, {
        label: () => t('workspace.outbox.retry'),
        key: 'r',
        icon: IconRefresh,
        when: command => command.state === 'review' && may(outbox.retry),
        run: async command => {
          const { outcome } = await ask(core, outbox.retry, { commandId: command.commandId })
          toasts.show({
            text: outcome === 'done' ? t('workspace.outbox.retried') : t('workspace.outbox.requested'),
          })
        },
      }),
      sync: defineAction<null>(contract.sync.now, {
        label: () => t('workspace.connection.syncNow'),
        key: 's',
        icon: IconCloudUp,
        when: () => connected,
        run: async () => sync.now(),
      }),
      discard: defineAction<OutboxCommand>(outbox.discard, {
        label: () => t('workspace.outbox.discard'),
        key: 'd',
        icon: IconTrash,
        danger: true,
        when: command => command.state === 'review' && may(outbox.discard),
        run: setAsked,
      }),
    }),
    [t, may, core, toasts, connected, sync],
  )
  useActions([bindAction(actions.sync, null)])
  const rowActions = useCallback(
    (command: OutboxCommand) => [bindAction(actions.retry, command), bindAction(actions.discard, command)],
    [actions],
  )
  const columns = useMemo(() => columnsOf(t, failure => errorWords(failure, i18n).text), [t, i18n])
  return (
    <Page
      title={t('workspace.screen.outbox')}
      subtitle={t('workspace.outbox.text')}
      fill
      actions={connected ? <ActionButton action={actions.sync} context={null} /> : null}
    >
      <Split pane={open ? <CommandPane command={open} onClose={() => setOpenId(null)} /> : null}>
        <DataGrid
          id="workspace.outbox"
          label={t('workspace.screen.outbox')}
          columns={columns}
          rows={query.data?.commands}
          rowKey={row => row.commandId}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => setOpenId(row.commandId)}
          onEscape={openId === null ? undefined : () => setOpenId(null)}
          empty={
            <EmptyState title={t('workspace.outbox.nothing')} text={t('workspace.outbox.nothingText')} />
          }
        />
      </Split>
      <Confirm
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t('workspace.outbox.discardTitle')}
        confirm={t('workspace.outbox.discard')}
        danger
        onConfirm={async () => {
          if (asked) await ask(core, outbox.discard, { commandId: asked.commandId })
        }}
      >
        <p>
          <code>{asked?.command}</code>
        </p>
        {asked?.about ? <p>{asked.about}</p> : null}
        <p>{t('workspace.outbox.discardText')}</p>
      </Confirm>
    </Page>
  )
}

function columnsOf(t: TFunction, words: (failure: unknown) => string): readonly GridColumn<OutboxCommand>[] {
  return [
    statusColumn({
      id: 'state',
      header: t('workspace.outbox.state'),
      value: command => (command.acknowledged ? 'acknowledged' : command.state),
      width: 220,
      states: {
        pending: { label: t('workspace.outbox.stateWord.pending'), tone: 'neutral' },
        requested: { label: t('workspace.outbox.stateWord.requested'), tone: 'info' },
        review: { label: t('workspace.outbox.stateWord.review'), tone: 'warning' },
        acknowledged: { label: t('workspace.outbox.stateWord.acknowledged'), tone: 'ok' },
      },
    }),
    textColumn({
      id: 'command',
      header: t('workspace.outbox.command'),
      value: command => command.command,
      render: command => <code>{command.command}</code>,
      width: 260,
    }),
    textColumn({
      id: 'about',
      header: t('workspace.compare.about'),
      value: command => command.about,
      width: 240,
    }),
    textColumn({
      id: 'reason',
      header: t('workspace.outbox.reason'),
      value: command => (command.refusal ? words(command.refusal) : null),
      width: 380,
    }),
    textColumn({
      id: 'actor',
      header: t('workspace.outbox.actor'),
      value: command => command.actor?.name ?? t('workspace.outbox.core'),
      width: 150,
    }),
    instantColumn({
      id: 'at',
      header: t('workspace.outbox.at'),
      value: command => command.at,
      detail: 'second',
    }),
  ]
}

function CommandPane({
  command,
  onClose,
}: {
  readonly command: OutboxCommand
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const refusal = useErrorWords(command.refusal)
  return (
    <SidePane name="workspace.outbox" title={<code>{command.command}</code>} onClose={onClose}>
      <Fields
        fields={[
          ...(command.refusal ? [[t('workspace.outbox.reason'), refusal.text] as const] : []),
          [t('workspace.outbox.actor'), command.actor?.name ?? t('workspace.outbox.core')],
          [t('workspace.outbox.at'), <When key="at" at={command.at} detail="second" />],
          [t('workspace.outbox.attempts'), command.attempts.toString()],
          [t('workspace.outbox.id'), <code key="id">{command.commandId}</code>],
        ]}
      />
      {command.state === 'review' ? <ComparePane command={command} /> : null}
      <Section title={t('workspace.outbox.input')}>
        <JsonView label={t('workspace.outbox.input')} value={command.input} />
      </Section>
    </SidePane>
  )
}
