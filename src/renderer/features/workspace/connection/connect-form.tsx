import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'
import { FormError } from '../form.tsx'
import classes from '../workspace.module.css'

/** Asks for the address of a server and begins to connect. */
export function ConnectForm({
  failure,
  onBack,
}: {
  /** Why the try before ended. */
  readonly failure: unknown
  readonly onBack?: (() => void) | undefined
}) {
  const { t } = useTranslation()
  const core = useCore()
  const [url, setUrl] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const before = useErrorWords(failure)
  const begin = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await ask(core, contract.sync.connection.begin, { url })
    } catch (failed) {
      setError(failed)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={classes.form} onSubmit={event => void begin(event)}>
      {failure && !error ? (
        <div className={classes.formError} role="alert">
          {before.text}
        </div>
      ) : null}
      <TextInput
        label={t('workspace.connection.url')}
        description={t('workspace.connection.urlHint')}
        placeholder="https://quarterdeck.example.com"
        value={url}
        onChange={event => setUrl(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="url"
        autoFocus={onBack !== undefined}
        required
      />
      <FormError error={error} />
      <div className={classes.buttons}>
        <Button type="submit" variant="filled" loading={busy} disabled={url.trim() === ''}>
          {t('workspace.connection.begin')}
        </Button>
        {onBack ? (
          <Button onClick={onBack} disabled={busy}>
            {t('workspace.connection.back')}
          </Button>
        ) : null}
      </div>
    </form>
  )
}
