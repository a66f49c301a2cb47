import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, send, useCore } from '#renderer/app/core/hooks.ts'
import { useActAs } from '#renderer/app/shell/session.ts'
import { contract } from '#shared/contract/index.ts'
import { CURRENCY_OPTIONS, ZONE_OPTIONS } from '../choices.ts'
import { isEmail } from '../email.ts'
import { FormError } from '../form.tsx'
import classes from '../workspace.module.css'

const { setup } = contract.workspace

/** Names the workspace and its first admin, and goes on to the recovery key where one is needed. */
export function BeginForm({ next, onBack }: { readonly next: string; readonly onBack: () => void }) {
  const { t } = useTranslation()
  const core = useCore()
  const actAs = useActAs()
  const [name, setName] = useState('')
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [currency, setCurrency] = useState('USD')
  const [person, setPerson] = useState('')
  const [email, setEmail] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const missing = (text: string) =>
    tried && text.trim() === '' ? t('workspace.firstRun.required') : undefined
  const ready = name.trim() !== '' && person.trim() !== '' && isEmail(email)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!ready) return
    setBusy(true)
    setError(null)
    try {
      const { recoveryNeeded } = await ask(core, setup.state, {})
      const { admin } = await send(core, setup.begin, {
        name: name.trim(),
        zone,
        currency,
        admin: { name: person.trim(), email: email.trim() },
      })
      // The page behind this one opens here as soon as the workspace has a name.
      location.hash = recoveryNeeded ? `#/workspace/keys?next=${encodeURIComponent(next)}` : `#${next}`
      await actAs(admin)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        autoFocus
        label={t('workspace.firstRun.name')}
        description={t('workspace.firstRun.nameHint')}
        value={name}
        error={missing(name)}
        onChange={event => setName(event.currentTarget.value)}
      />
      <div className={classes.two}>
        <Select
          label={t('workspace.firstRun.zone')}
          description={t('workspace.firstRun.zoneHint')}
          searchable
          limit={60}
          data={ZONE_OPTIONS}
          value={zone}
          onChange={value => value && setZone(value)}
        />
        <Select
          label={t('workspace.firstRun.currency')}
          description={'\u00a0'}
          searchable
          limit={60}
          data={CURRENCY_OPTIONS}
          value={currency}
          onChange={value => value && setCurrency(value)}
        />
      </div>
      <div className={classes.two}>
        <TextInput
          label={t('workspace.firstRun.yourName')}
          description={t('workspace.firstRun.admin')}
          autoComplete="name"
          value={person}
          error={missing(person)}
          onChange={event => setPerson(event.currentTarget.value)}
        />
        <TextInput
          label={t('workspace.firstRun.email')}
          description={t('workspace.firstRun.emailHint')}
          type="email"
          autoComplete="email"
          value={email}
          error={missing(email) ?? (tried && !isEmail(email) ? t('workspace.firstRun.badEmail') : undefined)}
          onChange={event => setEmail(event.currentTarget.value)}
        />
      </div>
      <FormError error={error} />
      <div className={classes.buttons}>
        <Button type="submit" variant="filled" loading={busy}>
          {t('workspace.firstRun.begin')}
        </Button>
        <Button onClick={onBack}>{t('ui.cancel')}</Button>
      </div>
    </form>
  )
}
