import { IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { View } from '#shared/contract/workspace/views.ts'
import { RenameDialog } from './rename-dialog.tsx'

const { views } = contract.workspace

/** One's own saved views and those that others share, of every page. */
export function ViewsPage() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const said = useSaidWithUndo()
  const { person } = useSession()
  const query = useCoreQuery(views.list, {})
  const search = useListSearch('view')
  const share = useCommand(views.share)
  const remove = useCommand(views.remove)
  const [renamed, setRenamed] = useState<View | null>(null)
  const admin = person?.roles.includes('admin') === true
  const actions = useMemo(
    () => [
      defineAction<View>(views.rename, {
        label: () => t('workspace.views.rename'),
        key: 'e',
        icon: IconPencil,
        when: view => (view.mine || admin) && may(views.rename),
        run: setRenamed,
      }),
      defineAction<View>(views.share, {
        label: view => t(view.shared ? 'workspace.views.unshare' : 'workspace.views.share'),
        key: 's',
        icon: IconShare,
        when: view => (view.mine || admin) && may(views.share),
        run: async view => {
          const commandId = newCommandId()
          await share.run({ viewId: view.id, shared: !view.shared }, commandId)
          said(
            t(view.shared ? 'workspace.views.unshared' : 'workspace.views.shared', { name: view.name }),
            commandId,
          )
        },
      }),
      defineAction<View>(views.remove, {
        label: () => t('workspace.views.remove'),
        key: 'd',
        icon: IconTrash,
        danger: true,
        when: view => (view.mine || admin) && may(views.remove),
        run: async view => {
          const commandId = newCommandId()
          await remove.run({ viewId: view.id }, commandId)
          said(t('workspace.views.removed', { name: view.name }), commandId)
        },
      }),
    ],
    [t, may, admin, share, remove, said],
  )
  const rowActions = useCallback((view: View) => actions.map(action => bindAction(action, view)), [actions])
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Page title={t('workspace.screen.views')} subtitle={t('workspace.views.text')} fill>
      <DataGrid
        id="workspace.views"
        label={t('workspace.screen.views')}
        columns={columns}
        rows={query.data?.views}
        rowKey={view => view.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        search={search}
        rowActions={rowActions}
        onOpen={view => go(view.address)}
        empty={<EmptyState title={t('workspace.views.none')} text={t('workspace.views.noneText')} />}
      />
      {renamed ? <RenameDialog view={renamed} onClose={() => setRenamed(null)} /> : null}
    </Page>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<View>[] {
  return [
    textColumn({ id: 'name', header: t('workspace.views.name'), value: view => view.name, width: 320 }),
    textColumn({
      id: 'page',
      header: t('workspace.views.page'),
      value: view => pageWord(t, view.page),
      width: 180,
    }),
    statusColumn({
      id: 'shared',
      header: t('workspace.views.who'),
      value: view => (view.shared ? 'shared' : 'private'),
      states: {
        shared: { label: t('workspace.views.everybody'), tone: 'info' },
        private: { label: t('workspace.views.onlyMe'), tone: 'neutral' },
      },
    }),
    textColumn({
      id: 'owner',
      header: t('workspace.views.owner'),
      value: view => view.owner.name,
      width: 180,
    }),
    instantColumn({ id: 'created', header: t('workspace.views.created'), value: view => view.createdAt }),
  ]
}

/** The words for the page that a view belongs to; its id where the catalogue of this version has none. */
function pageWord(t: TFunction, page: string): string {
  return (t as unknown as (key: string, options: object) => string)(
    `workspace.views.pageWord.${page.replaceAll('.', '_')}`,
    { defaultValue: page },
  )
}
