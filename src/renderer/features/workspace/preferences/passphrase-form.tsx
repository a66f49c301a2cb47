import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import type { Person } from '#renderer/app/shell/session.ts'
import { useConnection } from '#renderer/state/connection.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import { PASSPHRASE_MINIMUM } from '#shared/contract/workspace/people.ts'
import { FormDialog } from '../form.tsx'

const { people } = contract.workspace

/** Sets, changes or takes away the passphrase of the acting person. */
export function PassphraseForm(props: {
  readonly person: Person
  readonly what: 'set' | 'clear'
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const { person, what } = props
  const short = next !== '' && next.length < PASSPHRASE_MINIMUM
  const differ = again !== '' && again !== next
  const given = person.hasPassphrase ? { current } : {}
  const submit = async () => {
    if (what === 'set') {
      const { proof } = await ask(core, people.setPassphrase, { passphrase: next, ...given })
      useConnection.getState().set({ proof })
      toasts.show({ text: t('workspace.preferences.saved') })
    } else {
      await ask(core, people.clearPassphrase, { personId: person.id, ...given })
      useConnection.getState().set({ proof: null })
      toasts.show({ text: t('workspace.preferences.cleared') })
    }
    await core.queries.invalidateQueries()
  }
  return (
    <FormDialog
      opened
      onClose={props.onClose}
      title={
        what === 'set' ? t('workspace.preferences.passphrase') : t('workspace.preferences.clearPassphrase')
      }
      submit={what === 'set' ? t('workspace.preferences.save') : t('workspace.preferences.clearPassphrase')}
      ready={
        (!person.hasPassphrase || current !== '') &&
        (what === 'clear' || (next.length >= PASSPHRASE_MINIMUM && next === again))
      }
      onSubmit={submit}
    >
      {person.hasPassphrase ? (
        <PasswordInput
          data-autofocus
          label={t('workspace.preferences.current')}
          autoComplete="current-password"
          value={current}
          onChange={event => setCurrent(event.currentTarget.value)}
        />
      ) : null}
      {what === 'set' ? (
        <>
          <PasswordInput
            data-autofocus={person.hasPassphrase ? undefined : true}
            label={t('workspace.preferences.next')}
            description={t('workspace.preferences.least', { minimum: PASSPHRASE_MINIMUM })}
            autoComplete="new-password"
            value={next}
            error={short ? t('workspace.preferences.least', { minimum: PASSPHRASE_MINIMUM }) : undefined}
            onChange={event => setNext(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('workspace.preferences.again')}
            autoComplete="new-password"
            value={again}
            error={differ ? t('workspace.preferences.differ') : undefined}
            onChange={event => setAgain(event.currentTarget.value)}
          />
        </>
      ) : null}
    </FormDialog>
  )
}
