import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Role } from '#shared/permissions.ts'
import { isEmail } from '../email.ts'
import { FormDialog } from '../form.tsx'
import { RoleChoice } from '../people/person-dialogs.tsx'

const { people, roles } = contract.access

/** Adds a person and gives the link by which they come in. */
export function InviteDialog(props: {
  readonly onClose: () => void
  readonly onInvited: (name: string, path: string) => void
}) {
  const { t } = useTranslation()
  const core = useCore()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState<Role[]>(['analyst'])
  return (
    <FormDialog
      opened
      onClose={props.onClose}
      title={t('access.people.inviteTitle')}
      submit={t('access.people.inviteDo')}
      ready={name.trim() !== '' && isEmail(email) && chosen.length > 0}
      onSubmit={async () => {
        const given = { name: name.trim(), email: email.trim(), roles: chosen }
        const { link } = await ask(core, people.invite, given)
        props.onInvited(given.name, link.path)
      }}
    >
      <p>{t('access.people.inviteText')}</p>
      <TextInput
        data-autofocus
        label={t('workspace.people.name')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('workspace.people.email')}
        type="email"
        value={email}
        error={email.trim() !== '' && !isEmail(email) ? t('workspace.firstRun.badEmail') : undefined}
        onChange={event => setEmail(event.currentTarget.value)}
      />
      <RoleChoice roles={chosen} onChange={setChosen} />
    </FormDialog>
  )
}

/** An admin asks to be approver too. */
export function ApproverDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const { person } = useSession()
  const { data } = useCoreQuery(roles.list, {})
  const request = useCommand(roles.request)
  const admins = data?.admins ?? []
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('access.request.ask')}
      submit={t('access.request.send')}
      ready={admins.length > 0}
      onSubmit={async () => {
        await request.run({ roles: [...(person?.roles ?? []), 'approver'] })
        toasts.show({ text: t('access.request.sent') })
      }}
    >
      <p>{t('access.request.text')}</p>
      <p>
        {data === undefined
          ? null
          : admins.length === 0
            ? t('errors.ACCESS_ONLY_ADMIN')
            : t('access.request.who', { admins: admins.map(one => one.name).join(', ') })}
      </p>
    </FormDialog>
  )
}
