import { Button } from '@mantine/core'
import { IconArrowBackUp, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, coreQueryKey, type OutputOf, useCommand, useCore } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { SidePane, Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { JsonView } from '#renderer/ui/page/json-view.tsx'
import { Fields, Page, Section } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { type Verified, VerifiedDialog } from './verified-dialog.tsx'

const { log } = contract.workspace
type Entry = OutputOf<typeof log.list>['entries'][number]

/** Entries that are fetched at once. */
const PAGE = 200

/** Every change of the workspace, in order, with undo where there is one. */
export function LogPage() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const query = useInfiniteQuery({
    queryKey: [...coreQueryKey(log.list, { limit: PAGE }), 'pages'],
    initialPageParam: null as bigint | null,
    queryFn: ({ pageParam, signal }) =>
      ask(core, log.list, { limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) }, signal),
    getNextPageParam: page => (page.more ? (page.entries.at(-1)?.version ?? null) : null),
  })
  const rows = useMemo(() => query.data?.pages.flatMap(page => page.entries), [query.data])
  const [openId, setOpenId] = useState<string | null>(null)
  const [asked, setAsked] = useState<Entry | null>(null)
  const undo = useCommand(log.undo)
  const open = rows?.find(entry => entry.commandId === openId)
  const undoAction = useMemo(
    () =>
      defineAction<Entry>(log.undo, {
        label: () => t('workspace.log.undo'),
        key: 'u',
        icon: IconArrowBackUp,
        when: entry => entry.undoable && entry.undoneBy === null && may(log.undo),
        run: setAsked,
      }),
    [t, may],
  )
  const [verified, setVerified] = useState<Verified | null>(null)
  const verifyAction = useMemo(
    () =>
      defineAction(log.verify, {
        label: () => t('workspace.log.verify'),
        key: 'v',
        icon: IconShieldCheck,
        when: () => may(log.verify),
        run: async () => setVerified(await ask(core, log.verify, {})),
      }),
    [t, may, core],
  )
  useActions(useMemo(() => [bindAction(verifyAction, undefined)], [verifyAction]))
  const rowActions = useCallback((entry: Entry) => [bindAction(undoAction, entry)], [undoAction])
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Page
      title={t('workspace.screen.log')}
      subtitle={t('workspace.log.text')}
      actions={<ActionButton action={verifyAction} context={undefined} />}
      fill
    >
      <Split pane={open ? <EntryPane entry={open} onClose={() => setOpenId(null)} /> : null}>
        <DataGrid
          id="workspace.log"
          label={t('workspace.screen.log')}
          columns={columns}
          rows={rows}
          rowKey={row => row.commandId}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          rowActions={rowActions}
          onOpen={row => setOpenId(row.commandId)}
          onEscape={openId === null ? undefined : () => setOpenId(null)}
          empty={<EmptyState title={t('workspace.log.nothing')} />}
          toolbarStart={
            query.hasNextPage ? (
              <Button
                size="compact-sm"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t('workspace.log.older')}
              </Button>
            ) : null
          }
        />
      </Split>
      <VerifiedDialog verified={verified} onClose={() => setVerified(null)} />
      <Confirm
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t('workspace.log.undoTitle')}
        confirm={t('workspace.log.undo')}
        onConfirm={async () => {
          if (!asked) return
          await undo.run({ commandId: asked.commandId })
          toasts.show({ text: t('workspace.log.undoneToast') })
        }}
      >
        <p>
          <code>{asked?.command}</code>
        </p>
        <p>{t('workspace.log.undoText')}</p>
      </Confirm>
    </Page>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Entry>[] {
  return [
    numberColumn({
      id: 'version',
      header: t('workspace.log.version'),
      value: entry => entry.version,
      width: 90,
    }),
    textColumn({
      id: 'command',
      header: t('workspace.log.command'),
      value: entry => entry.command,
      render: entry => <code>{entry.command}</code>,
      width: 260,
    }),
    textColumn({
      id: 'actor',
      header: t('workspace.log.actor'),
      value: entry => entry.actor?.name ?? t('workspace.log.core'),
      width: 160,
    }),
    instantColumn({
      id: 'at',
      header: t('workspace.log.at'),
      value: entry => entry.at,
      detail: 'second',
      width: 170,
    }),
    statusColumn({
      id: 'outcome',
      header: t('workspace.log.outcome'),
      value: entry => (entry.undoneBy === null ? entry.outcome : 'undone'),
      states: {
        done: { label: t('workspace.log.outcomeWord.done'), tone: 'ok' },
        refused: { label: t('workspace.log.outcomeWord.refused'), tone: 'critical' },
        undone: { label: t('workspace.log.undone'), tone: 'neutral' },
      },
    }),
    textColumn({
      id: 'assurance',
      header: t('workspace.log.assurance'),
      value: entry => entry.assurance,
      width: 120,
    }),
    textColumn({
      id: 'hash',
      header: t('workspace.log.hash'),
      value: entry => entry.hash,
      render: entry => <code>{entry.hash.slice(0, 16)}</code>,
      width: 160,
    }),
    textColumn({
      id: 'device',
      header: t('workspace.log.device'),
      value: entry => entry.device,
      hidden: true,
    }),
    textColumn({
      id: 'id',
      header: t('workspace.log.id'),
      value: entry => entry.commandId,
      hidden: true,
      width: 290,
    }),
  ]
}

function EntryPane({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <SidePane name="workspace.log" title={<code>{entry.command}</code>} onClose={onClose}>
      <Fields
        fields={[
          [t('workspace.log.version'), entry.version.toString()],
          [t('workspace.log.actor'), entry.actor?.name ?? t('workspace.log.core')],
          [t('workspace.log.at'), <When key="at" at={entry.at} detail="second" />],
          [t('workspace.log.received'), <When key="received" at={entry.receivedAt} detail="second" />],
          [t('workspace.log.device'), <code key="device">{entry.device}</code>],
          [t('workspace.log.assurance'), entry.assurance],
          [t('workspace.log.id'), <code key="id">{entry.commandId}</code>],
          [t('workspace.log.hash'), <code key="hash">{entry.hash}</code>],
          ...(entry.compensates === null
            ? []
            : [[t('workspace.log.undoes'), <code key="compensates">{entry.compensates}</code>] as const]),
          ...(entry.undoneBy === null
            ? []
            : [[t('workspace.log.undone'), <code key="undone">{entry.undoneBy}</code>] as const]),
        ]}
      />
      <Section title={t('workspace.log.input')}>
        <JsonView label={t('workspace.log.input')} value={entry.input} />
      </Section>
      <Section title={t('workspace.log.result')}>
        <JsonView label={t('workspace.log.result')} value={entry.result} />
      </Section>
    </SidePane>
  )
}
