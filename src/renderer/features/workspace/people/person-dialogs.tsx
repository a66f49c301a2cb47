import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import type { Person } from '#renderer/app/shell/session.ts'
import { contract } from '#shared/contract/index.ts'
import { ROLES, type Role } from '#shared/permissions.ts'
import { isEmail } from '../email.ts'
import { FormDialog } from '../form.tsx'
import classes from '../workspace.module.css'

const { people } = contract.workspace

/** The roles of a person, with what each may do. */
export function RoleChoice({
  roles,
  onChange,
}: {
  readonly roles: readonly Role[]
  readonly onChange: (roles: Role[]) => void
}) {
  const { t } = useTranslation()
  return (
    <Checkbox.Group
      label={t('workspace.people.rolesColumn')}
      value={[...roles]}
      onChange={chosen => onChange(ROLES.filter(role => chosen.includes(role)))}
      error={roles.length === 0 ? t('workspace.people.oneRole') : undefined}
    >
      <div className={classes.roles}>
        {ROLES.map(role => (
          <Checkbox
            key={role}
            value={role}
            label={t(`workspace.role.${role}`)}
            description={t(`workspace.roleMeaning.${role}`)}
          />
        ))}
      </div>
    </Checkbox.Group>
  )
}

/** Adds a person, or changes the name and the address of one. */
export function PersonDialog({
  person,
  onClose,
}: {
  readonly person: Person | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const add = useCommand(people.add)
  const edit = useCommand(people.edit)
  const said = useSaidWithUndo()
  const [name, setName] = useState(person?.name ?? '')
  const [email, setEmail] = useState(person?.email ?? '')
  const [roles, setRoles] = useState<Role[]>(['analyst'])
  const badEmail = email.trim() !== '' && !isEmail(email)
  const submit = async () => {
    const commandId = newCommandId()
    const given = { name: name.trim(), email: email.trim() }
    if (person) await edit.run({ personId: person.id, ...given }, commandId)
    else await add.run({ ...given, roles }, commandId)
    said(t(person ? 'workspace.people.saved' : 'workspace.people.added', { name: given.name }), commandId)
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={person ? t('workspace.people.editTitle', { name: person.name }) : t('workspace.people.addTitle')}
      submit={person ? t('workspace.people.save') : t('workspace.people.add')}
      ready={name.trim() !== '' && isEmail(email) && roles.length > 0}
      onSubmit={submit}
    >
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
        error={badEmail ? t('workspace.firstRun.badEmail') : undefined}
        onChange={event => setEmail(event.currentTarget.value)}
      />
      {person ? null : <RoleChoice roles={roles} onChange={setRoles} />}
    </FormDialog>
  )
}

/** Changes what a person may do. */
export function RolesDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const setRolesCommand = useCommand(people.setRoles)
  const said = useSaidWithUndo()
  const [roles, setRoles] = useState<Role[]>([...person.roles])
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('workspace.people.rolesTitle', { name: person.name })}
      submit={t('workspace.people.save')}
      ready={roles.length > 0}
      onSubmit={async () => {
        const commandId = newCommandId()
        await setRolesCommand.run({ personId: person.id, roles }, commandId)
        said(t('workspace.people.saved', { name: person.name }), commandId)
      }}
    >
      <RoleChoice roles={roles} onChange={setRoles} />
    </FormDialog>
  )
}
