import {
  IconBell,
  IconMail,
  IconPencil,
  IconPlayerPause,
  IconPlus,
  IconSend,
  IconTrash,
} from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Channel } from '#shared/contract/workspace/notifications.ts'
import { ChannelDialog } from './channel-dialog.tsx'
import { MailSettings } from './mail-settings.tsx'
import classes from './notifications.module.css'
import { TestResult } from './test-result.tsx'

const { channels, test: testLeaf } = contract.workspace.notifications

type Asked = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly channel: Channel } | null

/** By which ways messages go out: the mail server, Slack, webhooks; each with a test. */
export function ChannelsPart() {
  const { t } = useTranslation()
  const query = useCoreQuery(channels.list, {})
  const [asked, setAsked] = useState<Asked>(null)
  const [tested, setTested] = useState<{ onceKey: string; desktop: boolean } | null>(null)
  const remove = useCommand(channels.remove)
  const toasts = useToasts()
  const actions = useChannelActions(query.data?.mail.ready ?? false, setAsked, setTested)
  useActions(
    useMemo(
      () => [actions.add, actions.testMail, actions.testDesktop].map(one => bindAction(one, undefined)),
      [actions],
    ),
  )
  const rowActions = useCallback(
    (channel: Channel) =>
      [actions.test, actions.edit, actions.pause, actions.remove].map(one => bindAction(one, channel)),
    [actions],
  )
  const topics = query.data?.topics
  const columns = useMemo<readonly GridColumn<Channel>[]>(() => {
    const names = new Map(topics?.map(topic => [topic.id, topic.name]))
    return [
      textColumn({ id: 'name', header: t('workspace.notifications.channels.name'), value: one => one.name }),
      textColumn({
        id: 'kind',
        header: t('workspace.notifications.channels.kind'),
        value: one => t(`workspace.notifications.channelWord.${one.kind}`),
        width: 110,
      }),
      statusColumn({
        id: 'state',
        header: t('workspace.notifications.channels.state'),
        value: one => (one.active ? 'on' : 'off'),
        states: {
          on: { label: t('workspace.notifications.channels.active'), tone: 'ok' },
          off: { label: t('workspace.notifications.channels.paused'), tone: 'neutral' },
        },
        width: 90,
      }),
      textColumn({
        id: 'host',
        header: t('workspace.notifications.channels.host'),
        value: one => one.host,
        width: 200,
      }),
      textColumn({
        id: 'topics',
        header: t('workspace.notifications.channels.topics'),
        value: one =>
          one.topics.includes('*')
            ? t('workspace.notifications.channels.allTopics')
            : one.topics.map(id => names.get(id) ?? id).join(', '),
        width: 380,
      }),
    ]
  }, [t, topics])
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  const close = () => setAsked(null)
  return (
    <div className={classes.part}>
      <Section
        title={t('workspace.notifications.channels.mail')}
        aside={
          <div className={classes.row}>
            <ActionButton action={actions.testMail} context={undefined} />
            <ActionButton action={actions.testDesktop} context={undefined} />
          </div>
        }
      >
        <p>
          {query.data.mail.ready
            ? t('workspace.notifications.channels.mailReady', {
                from: query.data.mail.from ?? '',
                host: query.data.mail.host ?? '',
              })
            : t('workspace.notifications.channels.mailNot')}
        </p>
        {tested ? <TestResult {...tested} /> : null}
      </Section>
      <Section
        title={t('workspace.notifications.channels.others')}
        aside={<ActionButton action={actions.add} context={undefined} primary />}
      >
        <DataGrid
          id="workspace.notifications.channels"
          label={t('workspace.notifications.channels.others')}
          columns={columns}
          rows={query.data.channels}
          rowKey={one => one.id}
          selectable={false}
          toolbar={false}
          height={8}
          rowActions={rowActions}
          onOpen={channel => void actions.edit.run(channel)}
          empty={
            <EmptyState
              title={t('workspace.notifications.channels.empty')}
              text={t('workspace.notifications.channels.emptyText')}
            />
          }
        />
      </Section>
      <Section title={t('workspace.notifications.channels.mailSettings')}>
        <MailSettings />
      </Section>
      {asked?.what === 'add' || asked?.what === 'edit' ? (
        <ChannelDialog
          channel={asked.what === 'edit' ? asked.channel : null}
          topics={query.data.topics}
          onClose={close}
        />
      ) : null}
      <Confirm
        opened={asked?.what === 'remove'}
        onClose={close}
        title={t('workspace.notifications.channels.removeTitle', {
          name: asked?.what === 'remove' ? asked.channel.name : '',
        })}
        confirm={t('workspace.notifications.channels.remove')}
        danger
        onConfirm={async () => {
          if (asked?.what !== 'remove') return
          await remove.run({ channelId: asked.channel.id })
          toasts.show({ text: t('workspace.notifications.channels.removed', { name: asked.channel.name }) })
        }}
      >
        <p>{t('workspace.notifications.channels.removeText')}</p>
      </Confirm>
    </div>
  )
}

function useChannelActions(
  mail: boolean,
  ask: (asked: Asked) => void,
  onTested: (tested: { onceKey: string; desktop: boolean }) => void,
) {
  const { t } = useTranslation()
  const may = useMay()
  const change = useCommand(channels.change)
  const test = useCommand(testLeaf)
  return useMemo(() => {
    const tested = async (channel: string) => {
      const { onceKey } = await test.run({ channel })
      onTested({ onceKey, desktop: channel === 'desktop' })
    }
    return {
      testMail: defineAction('ui.notifications.testMail', {
        label: () => t('workspace.notifications.channels.testMail'),
        key: 'm',
        icon: IconMail,
        when: () => mail && may(testLeaf),
        run: () => tested('email'),
      }),
      testDesktop: defineAction('ui.notifications.testDesktop', {
        label: () => t('workspace.notifications.channels.testDesktop'),
        key: 'b',
        icon: IconBell,
        when: () => may(testLeaf),
        run: () => tested('desktop'),
      }),
      add: defineAction(channels.add, {
        label: () => t('workspace.notifications.channels.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(channels.add),
        run: () => ask({ what: 'add' }),
      }),
      test: defineAction<Channel>(testLeaf, {
        label: () => t('workspace.notifications.channels.test'),
        key: 't',
        icon: IconSend,
        when: () => may(testLeaf),
        run: channel => tested(channel.id),
      }),
      edit: defineAction<Channel>('ui.notifications.editChannel', {
        label: () => t('workspace.notifications.channels.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(channels.change),
        run: channel => ask({ what: 'edit', channel }),
      }),
      pause: defineAction<Channel>(channels.change, {
        label: ({ active }) =>
          t(active ? 'workspace.notifications.channels.pause' : 'workspace.notifications.channels.resume'),
        key: 'p',
        icon: IconPlayerPause,
        when: () => may(channels.change),
        run: async ({ id, active }) => {
          await change.run({ channelId: id, active: !active })
        },
      }),
      remove: defineAction<Channel>(channels.remove, {
        label: () => t('workspace.notifications.channels.remove'),
        key: 'd',
        icon: IconTrash,
        danger: true,
        when: () => may(channels.remove),
        run: channel => ask({ what: 'remove', channel }),
      }),
    }
  }, [t, may, mail, ask, onTested, change, test])
}
