import { Select, Textarea, TextInput } from '@mantine/core'
import { IconMail, IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, instantColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Suppression } from '#shared/contract/workspace/notifications.ts'
import { isEmail } from '../email.ts'
import { FormDialog } from '../form.tsx'

const { suppressions } = contract.workspace.notifications
const REASONS = ['manual', 'unsubscribed', 'complained', 'bounced'] as const

/** Addresses that get no mail, why, and the way back. */
export function SuppressedPart() {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const query = useCoreQuery(suppressions.list, {})
  const remove = useCommand(suppressions.remove)
  const [adding, setAdding] = useState(false)
  const actions = useMemo(
    () => ({
      add: defineAction(suppressions.add, {
        label: () => t('workspace.notifications.suppressed.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(suppressions.add),
        run: () => setAdding(true),
      }),
      remove: defineAction<Suppression>(suppressions.remove, {
        label: () => t('workspace.notifications.suppressed.remove'),
        key: 'd',
        icon: IconMail,
        when: () => may(suppressions.remove),
        run: async ({ address }) => {
          const commandId = newCommandId()
          await remove.run({ address }, commandId)
          said(t('workspace.notifications.suppressed.removed', { address }), commandId)
        },
      }),
    }),
    [t, may, said, remove],
  )
  useActions(useMemo(() => [bindAction(actions.add, undefined)], [actions]))
  const rowActions = useCallback((one: Suppression) => [bindAction(actions.remove, one)], [actions])
  const columns = useMemo<readonly GridColumn<Suppression>[]>(
    () => [
      textColumn({
        id: 'address',
        header: t('workspace.notifications.suppressed.address'),
        value: one => one.address,
        width: 300,
      }),
      textColumn({
        id: 'reason',
        header: t('workspace.notifications.suppressed.reason'),
        value: one => t(`workspace.notifications.suppressed.reasonWord.${one.reason}`),
        width: 160,
      }),
      textColumn({
        id: 'note',
        header: t('workspace.notifications.suppressed.note'),
        value: one => one.note,
        width: 420,
      }),
      instantColumn({ id: 'at', header: t('workspace.notifications.suppressed.at'), value: one => one.at }),
    ],
    [t],
  )
  return (
    <>
      <DataGrid
        id="workspace.notifications.suppressed"
        label={t('workspace.notifications.tab.suppressed')}
        columns={columns}
        rows={query.data?.suppressions}
        rowKey={one => one.address}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        toolbarStart={
          <>
            <ActionButton action={actions.add} context={undefined} />
            <span>{t('workspace.notifications.suppressed.text')}</span>
          </>
        }
        empty={
          <EmptyState
            title={t('workspace.notifications.suppressed.empty')}
            text={t('workspace.notifications.suppressed.emptyText')}
          />
        }
      />
      {adding ? <AddDialog onClose={() => setAdding(false)} /> : null}
    </>
  )
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(suppressions.add)
  const [address, setAddress] = useState('')
  const [reason, setReason] = useState<Suppression['reason']>('manual')
  const [note, setNote] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('workspace.notifications.suppressed.add')}
      submit={t('workspace.notifications.suppressed.add')}
      ready={isEmail(address.trim())}
      onSubmit={async () => {
        const commandId = newCommandId()
        await add.run({ address: address.trim(), reason, note }, commandId)
        said(t('workspace.notifications.suppressed.added', { address: address.trim() }), commandId)
      }}
    >
      <TextInput
        label={t('workspace.notifications.suppressed.address')}
        value={address}
        data-autofocus
        onChange={event => setAddress(event.currentTarget.value)}
      />
      <Select
        label={t('workspace.notifications.suppressed.reason')}
        value={reason}
        allowDeselect={false}
        data={REASONS.map(value => ({
          value,
          label: t(`workspace.notifications.suppressed.reasonWord.${value}`),
        }))}
        onChange={next => setReason((next ?? 'manual') as Suppression['reason'])}
      />
      <Textarea
        label={t('workspace.notifications.suppressed.note')}
        value={note}
        maxLength={1000}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
