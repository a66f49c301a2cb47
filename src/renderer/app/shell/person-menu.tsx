import { Button, Menu, PasswordInput } from '@mantine/core'
import { IconCheck, IconChevronDown, IconLock, IconUser } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { useGo } from '../address.ts'
import { isServed } from '../core/session-secret.ts'
import { type Person, useActAs, useSession } from './session.ts'
import classes from './shell.module.css'

/** Who acts; on one's own machine who else may, on a server the way out. */
export function PersonMenu() {
  const { t } = useTranslation()
  const { person } = useSession()
  const served = isServed()
  const go = useGo()
  const toasts = useToasts()
  const actAs = useActAs()
  const [asked, setAsked] = useState<Person | null>(null)
  const choose = (chosen: Person) => {
    if (chosen.hasPassphrase) setAsked(chosen)
    else
      actAs(chosen.id).then(
        () => toasts.show({ text: t('shell.person.actingAs', { name: chosen.name }) }),
        error => toasts.fail(error),
      )
  }
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconUser size={16} stroke={1.75} aria-hidden="true" />}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
            aria-label={`${t('shell.person.label')}: ${person?.name ?? t('shell.person.nobody')}`}
          >
            {person?.name ?? t('shell.person.nobody')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {served ? (
            <Menu.Label>{person?.roles.map(role => t(`workspace.role.${role}`)).join(', ')}</Menu.Label>
          ) : (
            <OtherPeople onChoose={choose} />
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => go('/workspace/people')}>{t('shell.person.manage')}</Menu.Item>
          <Menu.Item onClick={() => go('/workspace/preferences')}>{t('shell.person.preferences')}</Menu.Item>
          {served && (
            <Menu.Item onClick={() => location.assign('/sign-out')}>{t('shell.person.signOut')}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <PassphraseDialog person={asked} onClose={() => setAsked(null)} />
    </>
  )
}

/** The people of the workspace, as whom one may act. */
function OtherPeople({ onChoose }: { readonly onChoose: (person: Person) => void }) {
  const { t } = useTranslation()
  const { people, person } = useSession()
  return (
    <>
      <Menu.Label>{t('shell.person.switch')}</Menu.Label>
      {people
        .filter(other => other.active)
        .map(other => (
          <Menu.Item
            key={other.id}
            leftSection={
              other.hasPassphrase ? (
                <IconLock size={14} aria-hidden="true" />
              ) : (
                <IconUser size={14} aria-hidden="true" />
              )
            }
            rightSection={other.id === person?.id ? <IconCheck size={14} aria-hidden="true" /> : null}
            onClick={() => onChoose(other)}
          >
            {other.name}
            <div className={classes.note}>
              {other.roles.map(role => t(`workspace.role.${role}`)).join(', ')}
            </div>
          </Menu.Item>
        ))}
    </>
  )
}

/** Asks a person's passphrase before acting as them. */
export function PassphraseDialog({
  person,
  onClose,
}: {
  readonly person: Person | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const actAs = useActAs()
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const words = useErrorWords(error)
  const close = () => {
    setPassphrase('')
    setError(null)
    onClose()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!person) return
    setBusy(true)
    try {
      await actAs(person.id, passphrase)
      close()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      opened={person !== null}
      onClose={close}
      title={t('shell.person.passphraseTitle', { name: person?.name ?? '' })}
      size="sm"
    >
      <form onSubmit={submit}>
        <PasswordInput
          data-autofocus
          label={t('shell.person.passphrase')}
          value={passphrase}
          autoComplete="current-password"
          error={error === null ? undefined : words.text}
          onChange={event => setPassphrase(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button onClick={close}>{t('ui.cancel')}</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={passphrase === ''}>
            {t('shell.person.unlock')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
