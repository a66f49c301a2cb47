import { SegmentedControl } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconLayoutSidebarRight, IconX } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { type Format, useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { type Approval, ApprovalState, approvals as leaf } from '#shared/contract/workspace/approvals.ts'
import { ApprovalPane } from './approval-pane.tsx'
import { DecideDialog, type Deciding } from './decide-dialogs.tsx'
import { approvalsOf, kindWord, subjectTitle, TONES } from './words.tsx'

/** The inbox of decisions: mine first, then what ends soonest; and what became of those before. */
export function ApprovalsPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { params, setParams } = useAddress()
  const show = params.get('show') === 'ended' ? 'ended' : 'waiting'
  const openId = params.get('approval')
  const query = useCoreQuery(leaf.list, { show })
  const { data: count } = useCoreQuery(leaf.count, {})
  const search = useListSearch('approval')
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  const set = useCallback(
    (name: string, value: string | null) => {
      const next = new URLSearchParams(params)
      if (value === null) next.delete(name)
      else next.set(name, value)
      setParams(next, { replace: true })
    },
    [params, setParams],
  )
  const open = useCallback((id: string | null) => set('approval', id), [set])
  const actions = useMemo(
    () => [
      defineAction<Approval>('ui.workspace.approvals.open', {
        label: () => t('workspace.approvals.open'),
        key: 'enter',
        icon: IconLayoutSidebarRight,
        run: ({ id }) => open(id),
      }),
      defineAction<Approval>(leaf.approve, {
        label: () => t('workspace.approvals.approve'),
        key: 'a',
        icon: IconCheck,
        when: ({ mine }) => mine === 'decide' && may(leaf.approve),
        run: approval => setDeciding({ kind: 'approve', approval }),
      }),
      defineAction<Approval>(leaf.refuse, {
        label: () => t('workspace.approvals.refuse'),
        key: 'x',
        icon: IconX,
        danger: true,
        when: ({ mine }) => mine === 'decide' && may(leaf.refuse),
        run: approval => setDeciding({ kind: 'refuse', approval }),
      }),
      defineAction<Approval>(leaf.withdraw, {
        label: () => t('workspace.approvals.withdraw'),
        key: 'w',
        icon: IconArrowBackUp,
        when: ({ mine, state, endedAt }) =>
          mine === 'asked' && endedAt === null && (state === 'waiting' || state === 'expired'),
        run: approval => setDeciding({ kind: 'withdraw', approval }),
      }),
    ],
    [t, may, open],
  )
  const rowActions = useCallback(
    (approval: Approval) => actions.map(action => bindAction(action, approval)),
    [actions],
  )
  const columns = useMemo(() => columnsOf(t, format), [t, format])
  const mine = count?.mine ?? 0
  return (
    <Page
      title={t('workspace.screen.approvals')}
      subtitle={mine > 0 ? t('workspace.approvals.mine', { count: mine }) : t('workspace.approvals.noneMine')}
      actions={
        <SegmentedControl
          aria-label={t('workspace.approvals.show')}
          value={show}
          onChange={value => set('show', value === 'waiting' ? null : value)}
          data={[
            { value: 'waiting', label: t('workspace.approvals.showWord.waiting') },
            { value: 'ended', label: t('workspace.approvals.showWord.ended') },
          ]}
        />
      }
      fill
    >
      <Split
        pane={
          openId === null ? null : (
            <ApprovalPane
              key={openId}
              approvalId={openId}
              actions={approval => rowActions(approval)}
              onClose={() => open(null)}
            />
          )
        }
      >
        <DataGrid
          id={`workspace.approvals.${show}`}
          label={t('workspace.screen.approvals')}
          columns={columns}
          rows={query.data?.approvals}
          rowKey={row => row.id}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          selectable={false}
          search={search}
          rowActions={rowActions}
          onOpen={row => open(row.id)}
          onEscape={openId === null ? undefined : () => open(null)}
          empty={
            show === 'waiting' ? (
              <EmptyState
                title={t('workspace.approvals.nothing')}
                text={t('workspace.approvals.nothingText')}
              />
            ) : (
              <EmptyState
                title={t('workspace.approvals.noHistory')}
                text={t('workspace.approvals.noHistoryText')}
              />
            )
          }
        />
      </Split>
      {deciding ? <DecideDialog deciding={deciding} onClose={() => setDeciding(null)} /> : null}
    </Page>
  )
}

function columnsOf(t: TFunction, format: Format): readonly GridColumn<Approval>[] {
  const words = (name: 'stateWord' | 'mineWord', value: string) =>
    (t as unknown as (key: string) => string)(`workspace.approvals.${name}.${value}`)
  return [
    statusColumn({
      id: 'state',
      header: t('workspace.approvals.state'),
      value: row => (row.mine === 'decide' ? 'decide' : row.state),
      width: 150,
      states: {
        decide: { label: words('mineWord', 'decide'), tone: 'warning' },
        ...Object.fromEntries(
          ApprovalState.options.map(state => [
            state,
            { label: words('stateWord', state), tone: state === 'waiting' ? 'neutral' : TONES[state] },
          ]),
        ),
      },
    }),
    textColumn({
      id: 'kind',
      header: t('workspace.approvals.what'),
      value: row => kindWord(t, row.kind),
      width: 150,
    }),
    textColumn({
      id: 'about',
      header: t('workspace.approvals.about'),
      value: row => subjectTitle(format, row.subject),
      width: 240,
    }),
    {
      id: 'amount',
      header: t('workspace.approvals.amount'),
      width: 140,
      align: 'end',
      value: row => row.amount,
      denomination: row => row.currency ?? '',
      text: row => (row.amount === null ? '' : row.amount.toString()),
      render: row =>
        row.amount === null || row.currency === null ? null : (
          <Money minor={row.amount} currency={row.currency} />
        ),
    },
    textColumn({
      id: 'by',
      header: t('workspace.approvals.by'),
      value: row => row.requestedBy.name,
      width: 140,
    }),
    textColumn({
      id: 'reason',
      header: t('workspace.approvals.reason'),
      value: row => row.reason,
      width: 260,
    }),
    {
      id: 'votes',
      header: t('workspace.approvals.votes'),
      width: 90,
      align: 'end',
      value: row => approvalsOf(row),
      text: row => t('workspace.approvals.votesOf', { got: approvalsOf(row), quorum: row.quorum }),
      render: row => t('workspace.approvals.votesOf', { got: approvalsOf(row), quorum: row.quorum }),
    },
    {
      id: 'ends',
      header: t('workspace.approvals.ends'),
      width: 130,
      value: row => (row.expiresAt === null ? null : Number(row.expiresAt)),
      text: row => (row.expiresAt === null ? '' : new Date(Number(row.expiresAt)).toISOString()),
      render: row =>
        row.expiresAt === null || row.endedAt !== null ? null : <When at={row.expiresAt} show="relative" />,
    },
    instantColumn({ id: 'at', header: t('workspace.approvals.at'), value: row => row.requestedAt }),
  ]
}
