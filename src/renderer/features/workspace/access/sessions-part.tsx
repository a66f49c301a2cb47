import { IconLogout, IconLogout2 } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, instantColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { agentWords } from '#shared/agent-words.ts'
import { contract } from '#shared/contract/index.ts'

const { sessions } = contract.access
type Row = OutputOf<typeof sessions.list>['sessions'][number]

/** Who is signed in where. */
export function Sessions() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const query = useCoreQuery(sessions.list, { everybody: true })
  const [asked, setAsked] = useState<Row | 'others' | null>(null)
  const revoke = useCommand(sessions.revoke)
  const revokeOthers = useCommand(sessions.revokeOthers)
  const actions = useMemo(
    () => ({
      end: defineAction<Row>(sessions.revoke, {
        label: () => t('access.sessions.end'),
        key: 'd',
        icon: IconLogout,
        danger: true,
        when: row => !row.current && may(sessions.revoke),
        run: setAsked,
      }),
      others: defineAction(sessions.revokeOthers, {
        label: () => t('access.sessions.endOthers'),
        icon: IconLogout2,
        when: () => (query.data?.sessions.length ?? 0) > 1 && may(sessions.revokeOthers),
        run: () => setAsked('others'),
      }),
    }),
    [t, may, query.data],
  )
  useActions(useMemo(() => [bindAction(actions.others, undefined)], [actions]))
  const rowActions = useCallback((row: Row) => [bindAction(actions.end, row)], [actions])
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <>
      <DataGrid
        id="workspace.access.sessions"
        label={t('access.part.sessions')}
        columns={columns}
        rows={query.data?.sessions}
        rowKey={row => row.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        toolbarStart={<ActionButton action={actions.others} context={undefined} />}
        empty={<EmptyState title={t('access.sessions.nothing')} text={t('access.sessions.nothingText')} />}
      />
      <Confirm
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked === 'others' ? t('access.sessions.othersTitle') : t('access.sessions.endTitle')}
        confirm={asked === 'others' ? t('access.sessions.endOthers') : t('access.sessions.end')}
        danger
        onConfirm={async () => {
          if (asked === 'others') await revokeOthers.run({})
          else if (asked) await revoke.run({ sessionId: asked.id })
          await core.queries.invalidateQueries({ queryKey: ['access.sessions.list'] })
        }}
      >
        <p>{t('access.sessions.endText')}</p>
      </Confirm>
    </>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Row>[] {
  return [
    textColumn({
      id: 'who',
      header: t('access.sessions.who'),
      value: row => row.person?.name ?? row.device?.name ?? '',
      width: 180,
    }),
    textColumn({
      id: 'what',
      header: t('access.sessions.what'),
      value: row => (row.kind === 'device' ? t('access.sessions.desk') : agentWords(row.agent)),
      width: 160,
    }),
    textColumn({
      id: 'current',
      header: t('access.sessions.here'),
      value: row => (row.current ? t('access.sessions.thisOne') : ''),
      width: 110,
    }),
    textColumn({
      id: 'method',
      header: t('access.sessions.method'),
      value: row => t(`access.method.${row.method}`),
      width: 200,
    }),
    textColumn({
      id: 'address',
      header: t('access.sessions.address'),
      value: row => row.address,
      width: 140,
    }),
    instantColumn({
      id: 'used',
      header: t('access.sessions.used'),
      value: row => row.lastUsedAt,
      show: 'relative',
    }),
    instantColumn({ id: 'began', header: t('access.sessions.began'), value: row => row.createdAt }),
    instantColumn({ id: 'ends', header: t('access.sessions.ends'), value: row => row.expiresAt }),
  ]
}
