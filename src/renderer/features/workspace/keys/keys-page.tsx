import { Button } from '@mantine/core'
import { IconFileCode, IconFingerprint, IconLifebuoy, IconPassword, IconTrash } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { type GridColumn, instantColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import type { KeySlot } from '#shared/contract/workspace/keys.ts'
import type { RecoveryState } from '#shared/contract/workspace/setup.ts'
import { inAppAddress } from '#shared/deep-link.ts'
import classes from '../workspace.module.css'
import { AddPassphraseDialog, ConfirmRecoveryDialog, MakeRecoveryDialog } from './key-dialogs.tsx'

const { keys } = contract.workspace

const TONES: Readonly<Record<RecoveryState, Tone>> = {
  none: 'warning',
  unconfirmed: 'warning',
  confirmed: 'ok',
  unavailable: 'neutral',
}

type Asked = 'make' | 'confirm' | 'passphrase' | 'key-file' | KeySlot | null

/** What opens the database, and whether a lost key can be made up for. */
export function KeysPage() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const go = useGo()
  const toasts = useToasts()
  const { params } = useAddress()
  const query = useCoreQuery(keys.list, {})
  const setup = useCoreQuery(contract.workspace.setup.state, {})
  const [asked, setAsked] = useState<Asked>(null)
  // Keys are not rows of the database, so no change of a table tells about them.
  const changed = useCallback(
    () =>
      Promise.all([
        core.queries.invalidateQueries({ queryKey: ['workspace.keys.list'] }),
        core.queries.invalidateQueries({ queryKey: ['workspace.setup.state'] }),
        core.queries.invalidateQueries({ queryKey: ['workspace.session'] }),
      ]),
    [core],
  )
  const addKeychain = useCallback(async () => {
    await ask(core, keys.addKeychain, {})
    toasts.show({ text: t('workspace.keys.added') })
    await changed()
  }, [core, toasts, t, changed])
  const recovery = query.data?.recovery
  const actions = useMemo(
    () => ({
      make: defineAction(keys.makeRecoveryKey, {
        label: () => (recovery === 'none' ? t('workspace.keys.make') : t('workspace.keys.makeAgain')),
        key: 'm',
        icon: IconLifebuoy,
        when: () => recovery !== undefined && recovery !== 'unavailable' && may(keys.makeRecoveryKey),
        run: () => setAsked('make'),
      }),
      confirm: defineAction(keys.confirmRecoveryKey, {
        label: () => t('workspace.keys.confirm'),
        key: 'c',
        when: () => recovery === 'unconfirmed' && may(keys.confirmRecoveryKey),
        run: () => setAsked('confirm'),
      }),
      passphrase: defineAction(keys.addPassphrase, {
        label: () => t('workspace.keys.addPassphrase'),
        icon: IconPassword,
        key: 'a',
        when: () => recovery !== undefined && may(keys.addPassphrase),
        run: () => setAsked('passphrase'),
      }),
      keyFile: defineAction(keys.addKeyFile, {
        label: () => t('workspace.keys.addKeyFile'),
        icon: IconFileCode,
        key: 'f',
        when: () => recovery !== undefined && may(keys.addKeyFile),
        run: () => setAsked('key-file'),
      }),
      keychain: defineAction(keys.addKeychain, {
        label: () => t('workspace.keys.addKeychain'),
        icon: IconFingerprint,
        when: () =>
          core.desktop !== null &&
          may(keys.addKeychain) &&
          query.data?.slots.every(slot => slot.kind !== 'keychain') === true,
        run: addKeychain,
      }),
      remove: defineAction<KeySlot>(keys.removeSlot, {
        label: () => t('workspace.keys.remove'),
        icon: IconTrash,
        key: 'd',
        danger: true,
        when: () => (query.data?.slots.length ?? 0) > 1 && may(keys.removeSlot),
        run: setAsked,
      }),
    }),
    [t, may, recovery, query.data, core.desktop, addKeychain],
  )
  const offered = useMemo(
    () => [actions.make, actions.confirm, actions.passphrase, actions.keyFile, actions.keychain],
    [actions],
  )
  useActions(useMemo(() => offered.map(action => bindAction(action, undefined)), [offered]))
  const rowActions = useCallback((slot: KeySlot) => [bindAction(actions.remove, slot)], [actions])
  const columns = useMemo(() => columnsOf(t), [t])
  const next = inAppAddress(params.get('next') ?? '')
  const close = () => setAsked(null)
  const slot = typeof asked === 'object' ? asked : null
  return (
    <Page
      title={t('workspace.screen.keys')}
      subtitle={t('workspace.keys.text')}
      actions={[actions.passphrase, actions.keyFile, actions.keychain].map(action => (
        <ActionButton key={action.id} action={action} context={undefined} />
      ))}
      answer={
        recovery === undefined ? null : (
          <div className={classes.notice} data-tone={TONES[recovery] === 'warning' ? 'warning' : 'ok'}>
            <span>
              <StatusBadge tone={TONES[recovery]} label={t(`workspace.keys.recoveryWord.${recovery}`)} />{' '}
              {t(`workspace.keys.recovery.${recovery}`)}{' '}
              {setup.data?.recoveryNeeded ? t('workspace.keys.needed') : null}
            </span>
            <ActionButton action={actions.confirm} context={undefined} primary />
            <ActionButton action={actions.make} context={undefined} primary={recovery === 'none'} />
            {next !== null && recovery !== 'none' && recovery !== 'unconfirmed' ? (
              <Button variant="filled" onClick={() => go(next)}>
                {t('workspace.keys.goOn')}
              </Button>
            ) : null}
          </div>
        )
      }
      fill
    >
      <DataGrid
        id="workspace.keys"
        label={t('workspace.screen.keys')}
        columns={columns}
        rows={query.data?.slots}
        rowKey={row => row.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
      />
      <MakeRecoveryDialog
        opened={asked === 'make'}
        replaces={recovery !== 'none'}
        onClose={close}
        onChanged={changed}
      />
      <ConfirmRecoveryDialog opened={asked === 'confirm'} onClose={close} onChanged={changed} />
      {asked === 'passphrase' ? <AddPassphraseDialog onClose={close} onChanged={changed} /> : null}
      <Confirm
        opened={asked === 'key-file'}
        onClose={close}
        title={t('workspace.keys.keyFileTitle')}
        confirm={t('workspace.keys.addKeyFile')}
        onConfirm={async () => {
          await ask(core, keys.addKeyFile, {})
          toasts.show({ text: t('workspace.keys.added') })
          await changed()
        }}
      >
        <p>{t('workspace.keys.keyFileText')}</p>
      </Confirm>
      <Confirm
        opened={slot !== null}
        onClose={close}
        title={t('workspace.keys.removeTitle')}
        confirm={t('workspace.keys.remove')}
        danger
        onConfirm={async () => {
          if (!slot) return
          await ask(core, keys.removeSlot, { slotId: slot.id })
          toasts.show({ text: t('workspace.keys.removed') })
          await changed()
        }}
      >
        <p>{slot ? `${t(`workspace.keys.kind.${slot.kind}`)} · ${slot.label}` : ''}</p>
        <p>{t('workspace.keys.removeText')}</p>
      </Confirm>
    </Page>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<KeySlot>[] {
  return [
    textColumn({
      id: 'kind',
      header: t('workspace.keys.kindColumn'),
      value: slot => t(`workspace.keys.kind.${slot.kind}`),
      width: 240,
    }),
    textColumn({ id: 'label', header: t('workspace.keys.label'), value: slot => slot.label, width: 280 }),
    instantColumn({
      id: 'created',
      header: t('workspace.keys.created'),
      value: slot => Date.parse(slot.createdAt),
    }),
    instantColumn({
      id: 'confirmed',
      header: t('workspace.keys.confirmed'),
      value: slot => (slot.confirmedAt === null ? null : Date.parse(slot.confirmedAt)),
    }),
  ]
}
