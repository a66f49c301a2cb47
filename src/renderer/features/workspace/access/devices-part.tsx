import { TextInput } from '@mantine/core'
import { IconDeviceDesktopOff, IconPencil, IconShieldCheck, IconUserMinus } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  ask,
  newCommandId,
  type OutputOf,
  useCommand,
  useCore,
  useCoreQuery,
} from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { FormDialog } from '../form.tsx'

const { devices } = contract.access
type Row = OutputOf<typeof devices.list>['devices'][number]

/** The desks that work with the server. */
export function Devices() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const { person } = useSession()
  const query = useCoreQuery(devices.list, {})
  const [asked, setAsked] = useState<{ what: 'revoke' | 'rename' | 'leave'; row: Row } | null>(null)
  const revoke = useCommand(devices.revoke)
  const leave = useCommand(devices.leave)
  const actions = useMemo(
    () => ({
      verify: defineAction(devices.signatures.verify, {
        label: () => t('access.devices.verify'),
        key: 'v',
        icon: IconShieldCheck,
        when: () => may(devices.signatures.verify),
        run: async () => {
          try {
            const { checked, problems } = await ask(core, devices.signatures.verify, {})
            const count = Number(checked)
            toasts.show(
              problems.length === 0
                ? { text: t('access.devices.verified', { count }) }
                : {
                    text: t('access.devices.problems', {
                      count: problems.length,
                      id: problems[0]!.commandId,
                    }),
                    tone: 'critical',
                  },
            )
          } catch (error) {
            toasts.fail(error)
          }
        },
      }),
      rename: defineAction<Row>(devices.rename, {
        label: () => t('access.devices.rename'),
        key: 'e',
        icon: IconPencil,
        when: row => row.revokedAt === null && may(devices.rename),
        run: row => setAsked({ what: 'rename', row }),
      }),
      leave: defineAction<Row>(devices.leave, {
        label: () => t('access.devices.leave'),
        icon: IconUserMinus,
        when: row => row.people.some(one => one.id === person?.id) && may(devices.leave),
        run: row => setAsked({ what: 'leave', row }),
      }),
      revoke: defineAction<Row>(devices.revoke, {
        label: () => t('access.devices.revoke'),
        key: 'd',
        icon: IconDeviceDesktopOff,
        danger: true,
        when: row => row.revokedAt === null && may(devices.revoke),
        run: row => setAsked({ what: 'revoke', row }),
      }),
    }),
    [t, may, core, toasts, person],
  )
  useActions(useMemo(() => [bindAction(actions.verify, undefined)], [actions]))
  const rowActions = useCallback(
    (row: Row) => [actions.rename, actions.leave, actions.revoke].map(action => bindAction(action, row)),
    [actions],
  )
  const columns = useMemo(() => columnsOf(t), [t])
  const close = () => setAsked(null)
  const name = asked?.row.name ?? ''
  return (
    <>
      <DataGrid
        id="workspace.access.devices"
        label={t('access.part.devices')}
        columns={columns}
        rows={query.data?.devices}
        rowKey={row => row.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        toolbarStart={<ActionButton action={actions.verify} context={undefined} />}
        empty={<EmptyState title={t('access.devices.nothing')} text={t('access.devices.nothingText')} />}
      />
      {asked?.what === 'rename' ? <RenameDialog row={asked.row} onClose={close} /> : null}
      <Confirm
        opened={asked?.what === 'revoke' || asked?.what === 'leave'}
        onClose={close}
        title={
          asked?.what === 'leave'
            ? t('access.devices.leaveTitle', { name })
            : t('access.devices.revokeTitle', { name })
        }
        confirm={asked?.what === 'leave' ? t('access.devices.leave') : t('access.devices.revoke')}
        danger
        onConfirm={async () => {
          const deviceId = asked?.row.id
          if (deviceId === undefined) return
          if (asked?.what === 'leave') await leave.run({ deviceId, personId: person?.id ?? '' })
          else await revoke.run({ deviceId })
        }}
      >
        <p>{asked?.what === 'leave' ? t('access.devices.leaveText') : t('access.devices.revokeText')}</p>
      </Confirm>
    </>
  )
}

function RenameDialog({ row, onClose }: { readonly row: Row; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const rename = useCommand(devices.rename)
  const said = useSaidWithUndo()
  const [name, setName] = useState(row.name)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('access.devices.rename')}
      submit={t('access.devices.rename')}
      ready={name.trim() !== ''}
      onSubmit={async () => {
        const commandId = newCommandId()
        await rename.run({ deviceId: row.id, name: name.trim() }, commandId)
        said(t('access.devices.renamed', { name: name.trim() }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('access.devices.name')}
        value={name}
        maxLength={100}
        onChange={event => setName(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Row>[] {
  return [
    textColumn({ id: 'name', header: t('access.devices.name'), value: row => row.name, width: 200 }),
    statusColumn({
      id: 'state',
      header: t('access.devices.state'),
      value: row => (row.revokedAt === null ? 'inUse' : 'revoked'),
      states: {
        inUse: { label: t('access.devices.inUse'), tone: 'ok' },
        revoked: { label: t('access.devices.revoked'), tone: 'critical' },
      },
    }),
    textColumn({
      id: 'people',
      header: t('access.devices.people'),
      value: row => row.people.map(person => person.name).join(', '),
      width: 220,
    }),
    textColumn({
      id: 'platform',
      header: t('access.devices.platform'),
      value: row => row.platform,
      width: 120,
    }),
    instantColumn({
      id: 'used',
      header: t('access.devices.used'),
      value: row => row.lastUsedAt,
      show: 'relative',
    }),
    instantColumn({ id: 'enrolled', header: t('access.devices.enrolled'), value: row => row.enrolledAt }),
    textColumn({ id: 'by', header: t('access.devices.by'), value: row => row.enrolledBy.name, width: 140 }),
    textColumn({
      id: 'key',
      header: t('access.devices.key'),
      value: row => row.keyId.slice(0, 16),
      width: 160,
      hidden: true,
    }),
  ]
}
