import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import { FormDialog, FormError } from '../form.tsx'
import classes from '../workspace.module.css'

const { keys } = contract.workspace

interface KeyDialogProps {
  readonly onClose: () => void
  readonly onChanged: () => Promise<unknown>
}

/**
 * Makes a recovery key, shows it this one time, and asks for it again. It is kept in this component only, and
 * is gone when the dialog closes.
 */
export function MakeRecoveryDialog(
  props: KeyDialogProps & { readonly opened: boolean; readonly replaces: boolean },
) {
  const { t } = useTranslation()
  const core = useCore()
  const copy = useCopy()
  const [recoveryKey, setRecoveryKey] = useState<string | null>(null)
  const [written, setWritten] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const { opened, replaces, onChanged } = props
  useEffect(() => {
    if (opened) return
    setRecoveryKey(null)
    setWritten(false)
    setError(null)
  }, [opened])
  const make = async () => {
    setBusy(true)
    setError(null)
    try {
      setRecoveryKey((await ask(core, keys.makeRecoveryKey, {})).recoveryKey)
      await onChanged()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  if (written) return <ConfirmRecoveryDialog opened={opened} onClose={props.onClose} onChanged={onChanged} />
  return (
    <Dialog opened={opened} onClose={props.onClose} title={t('workspace.keys.shownTitle')}>
      <div className={classes.form}>
        {recoveryKey === null ? (
          <>
            {replaces ? <p>{t('workspace.keys.makeAgainText')}</p> : null}
            <p>{t('workspace.keys.shownText')}</p>
            <FormError error={error} />
            <DialogButtons>
              <Button onClick={props.onClose}>{t('ui.cancel')}</Button>
              <Button variant="filled" loading={busy} data-autofocus onClick={() => void make()}>
                {replaces ? t('workspace.keys.makeAgain') : t('workspace.keys.make')}
              </Button>
            </DialogButtons>
          </>
        ) : (
          <>
            <p>{t('workspace.keys.shownText')}</p>
            <output className={classes.recoveryKey}>{recoveryKey}</output>
            <DialogButtons>
              <Button onClick={() => copy(recoveryKey)}>{t('ui.copy')}</Button>
              <Button variant="filled" data-autofocus onClick={() => setWritten(true)}>
                {t('workspace.keys.shownNext')}
              </Button>
            </DialogButtons>
          </>
        )}
      </div>
    </Dialog>
  )
}

/** Asks for the recovery key, which proves that somebody has it. */
export function ConfirmRecoveryDialog(props: KeyDialogProps & { readonly opened: boolean }) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const [typed, setTyped] = useState('')
  const { opened } = props
  useEffect(() => {
    if (opened) setTyped('')
  }, [opened])
  return (
    <FormDialog
      opened={opened}
      onClose={props.onClose}
      title={t('workspace.keys.confirmTitle')}
      submit={t('workspace.keys.confirm')}
      ready={typed.trim() !== ''}
      size="md"
      onSubmit={async () => {
        await ask(core, keys.confirmRecoveryKey, { recoveryKey: typed.trim() })
        toasts.show({ text: t('workspace.keys.confirmedToast') })
        await props.onChanged()
      }}
    >
      <p>{t('workspace.keys.confirmText')}</p>
      <TextInput
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        label={t('workspace.keys.confirmLabel')}
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

/** Adds a passphrase that opens the database. */
export function AddPassphraseDialog({ onClose, onChanged }: KeyDialogProps) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('workspace.keys.passphraseTitle')}
      submit={t('workspace.keys.add')}
      ready={passphrase !== '' && passphrase === again}
      onSubmit={async () => {
        await ask(core, keys.addPassphrase, { passphrase })
        toasts.show({ text: t('workspace.keys.added') })
        await onChanged()
      }}
    >
      <p>{t('workspace.keys.passphraseText')}</p>
      <PasswordInput
        data-autofocus
        label={t('workspace.keys.passphrase')}
        autoComplete="new-password"
        value={passphrase}
        onChange={event => setPassphrase(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('workspace.keys.again')}
        autoComplete="new-password"
        value={again}
        error={again !== '' && again !== passphrase ? t('workspace.keys.differ') : undefined}
        onChange={event => setAgain(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
