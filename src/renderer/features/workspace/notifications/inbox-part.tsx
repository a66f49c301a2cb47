import { Switch } from '@mantine/core'
import { IconArrowRight, IconMail, IconMailOpened } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Notice } from '#shared/contract/workspace/notifications.ts'
import classes from './notifications.module.css'

const { inbox } = contract.workspace.notifications

/** What the acting person was told, the newest first; opening one reads it and leads to it. */
export function InboxPart() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const unread = params.get('unread') === '1'
  const query = useCoreQuery(inbox.list, { unread, limit: 500 })
  const actions = useInboxActions(query.data?.notices[0]?.at ?? null, query.data?.unread ?? 0)
  useActions(useMemo(() => [bindAction(actions.markAll, undefined)], [actions]))
  const rowActions = useCallback(
    (notice: Notice) => [actions.open, actions.mark].map(one => bindAction(one, notice)),
    [actions],
  )
  const columns = useMemo<readonly GridColumn<Notice>[]>(
    () => [
      statusColumn({
        id: 'state',
        header: t('workspace.notifications.inbox.state'),
        value: one => (one.readAt !== null ? 'read' : one.urgency === 'urgent' ? 'urgent' : 'unread'),
        states: {
          urgent: { label: t('workspace.notifications.inbox.urgent'), tone: 'critical' },
          unread: { label: t('workspace.notifications.inbox.unread'), tone: 'info' },
          read: { label: t('workspace.notifications.inbox.read'), tone: 'neutral' },
        },
        width: 110,
      }),
      textColumn({
        id: 'notice',
        header: t('workspace.notifications.inbox.notice'),
        value: one => `${one.title}. ${one.body.replace(/\s+/g, ' ')}`,
        render: one => (
          <span className={classes.notice} data-read={one.readAt !== null}>
            <b>{one.title}</b> {one.body.replace(/\s+/g, ' ')}
          </span>
        ),
        width: 620,
      }),
      textColumn({
        id: 'topic',
        header: t('workspace.notifications.inbox.topic'),
        value: one => one.topicName,
        width: 240,
      }),
      instantColumn({ id: 'at', header: t('workspace.notifications.inbox.at'), value: one => one.at }),
    ],
    [t],
  )
  return (
    <DataGrid
      id="workspace.notifications.inbox"
      label={t('workspace.notifications.tab.inbox')}
      columns={columns}
      rows={query.data?.notices}
      rowKey={one => one.id}
      loading={query.isPending}
      error={query.error}
      onRetry={() => void query.refetch()}
      selectable={false}
      rowActions={rowActions}
      onOpen={notice => void actions.open.run(notice)}
      toolbarStart={
        <>
          <Switch
            label={t('workspace.notifications.inbox.unreadOnly')}
            checked={unread}
            onChange={event =>
              setParams(new URLSearchParams(event.currentTarget.checked ? { unread: '1' } : {}))
            }
          />
          <ActionButton action={actions.markAll} context={undefined} />
        </>
      }
      empty={
        unread ? (
          <EmptyState
            title={t('workspace.notifications.inbox.allRead')}
            text={t('workspace.notifications.inbox.allReadText')}
          />
        ) : (
          <EmptyState
            title={t('workspace.notifications.inbox.empty')}
            text={t('workspace.notifications.inbox.emptyText')}
          />
        )
      }
    />
  )
}

function useInboxActions(newest: bigint | null, unread: number) {
  const { t } = useTranslation()
  const go = useGo()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const mark = useCommand(inbox.mark)
  const markAll = useCommand(inbox.markAll)
  return useMemo(
    () => ({
      open: defineAction<Notice>('ui.notification.open', {
        label: () => t('workspace.notifications.inbox.open'),
        key: 'o',
        icon: IconArrowRight,
        when: notice => notice.link !== null || notice.readAt === null,
        run: async notice => {
          if (notice.readAt === null) await mark.run({ noticeId: notice.id, read: true })
          if (notice.link !== null) go(notice.link)
        },
      }),
      mark: defineAction<Notice>(inbox.mark, {
        label: notice =>
          t(
            notice.readAt === null
              ? 'workspace.notifications.inbox.markRead'
              : 'workspace.notifications.inbox.markUnread',
          ),
        key: 'r',
        icon: IconMailOpened,
        run: async notice => {
          const commandId = newCommandId()
          const read = notice.readAt === null
          await mark.run({ noticeId: notice.id, read }, commandId)
          said(
            t(
              read
                ? 'workspace.notifications.inbox.markedRead'
                : 'workspace.notifications.inbox.markedUnread',
            ),
            commandId,
          )
        },
      }),
      markAll: defineAction(inbox.markAll, {
        label: () => t('workspace.notifications.inbox.markAll'),
        key: 'shift+r',
        icon: IconMail,
        when: () => newest !== null && unread > 0,
        run: async () => {
          if (newest === null) return
          const { marked } = await markAll.run({ until: newest })
          toasts.show({ text: t('workspace.notifications.inbox.marked', { count: marked }) })
        },
      }),
    }),
    [t, go, said, toasts, mark, markAll, newest, unread],
  )
}
