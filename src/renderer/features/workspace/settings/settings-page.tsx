import { IconPencil, IconRestore } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Setting } from '#shared/contract/workspace/settings.ts'
import { SettingDialog } from './setting-dialog.tsx'
import { settingLabel, valueText } from './setting-words.ts'

const { settings } = contract.workspace
const GROUPS = ['workspace', 'notify', 'billing', 'finops', 'support', 'health', 'payments'] as const

/** Every setting with its value and where the value comes from. */
export function SettingsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(settings.list, {})
  const [edited, setEdited] = useState<Setting | null>(null)
  const clear = useCommand(settings.clear)
  const said = useSaidWithUndo()
  const actions = useMemo(
    () => ({
      edit: defineAction<Setting>(settings.set, {
        label: () => t('workspace.settings.edit'),
        key: 'e',
        icon: IconPencil,
        when: setting => setting.source !== 'environment' && may(settings.set),
        run: setEdited,
      }),
      reset: defineAction<Setting>(settings.clear, {
        label: () => t('workspace.settings.reset'),
        key: 'z',
        icon: IconRestore,
        when: setting => setting.source === 'stored' && setting.group !== 'workspace' && may(settings.clear),
        run: async setting => {
          const commandId = newCommandId()
          await clear.run({ name: setting.name }, commandId)
          said(t('workspace.settings.saved', { name: settingLabel(t, setting.name) }), commandId)
        },
      }),
    }),
    [t, may, clear, said],
  )
  const rowActions = useCallback(
    (setting: Setting) => [bindAction(actions.edit, setting), bindAction(actions.reset, setting)],
    [actions],
  )
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Page title={t('workspace.screen.settings')} subtitle={t('workspace.settings.text')} fill>
      <DataGrid
        id="workspace.settings"
        label={t('workspace.screen.settings')}
        columns={columns}
        rows={query.data?.settings}
        rowKey={row => row.name}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        {...(may(settings.set) ? { onOpen: setEdited } : {})}
      />
      {edited ? <SettingDialog key={edited.name} setting={edited} onClose={() => setEdited(null)} /> : null}
    </Page>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Setting>[] {
  return [
    {
      id: 'group',
      header: t('workspace.settings.group'),
      value: setting => setting.group,
      text: setting => t(`workspace.settings.groupWord.${setting.group}`),
      render: setting => t(`workspace.settings.groupWord.${setting.group}`),
      width: 120,
      filter: 'choice',
      options: GROUPS.map(group => ({ value: group, label: t(`workspace.settings.groupWord.${group}`) })),
    },
    textColumn({
      id: 'name',
      header: t('workspace.settings.name'),
      value: setting => settingLabel(t, setting.name),
      width: 260,
    }),
    textColumn({
      id: 'value',
      header: t('workspace.settings.value'),
      value: setting => valueText(t, setting),
      width: 300,
    }),
    statusColumn({
      id: 'source',
      header: t('workspace.settings.source'),
      value: setting => setting.source,
      states: {
        default: { label: t('workspace.settings.sourceWord.default'), tone: 'neutral' },
        stored: { label: t('workspace.settings.sourceWord.stored'), tone: 'info' },
        environment: { label: t('workspace.settings.sourceWord.environment'), tone: 'warning' },
      },
    }),
    textColumn({
      id: 'variable',
      header: t('workspace.settings.variable'),
      value: setting => setting.variable,
      render: setting => <code>{setting.variable}</code>,
      width: 250,
    }),
    textColumn({
      id: 'changedBy',
      header: t('workspace.settings.changed'),
      value: setting => setting.changedBy?.name,
      width: 150,
    }),
    instantColumn({ id: 'changedAt', header: t('workspace.log.at'), value: setting => setting.changedAt }),
  ]
}
