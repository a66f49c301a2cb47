import { IconUserEdit, IconUserMinus, IconUserPlus, IconUserShield } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { type Person, useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { PersonDialog, RolesDialog } from './person-dialogs.tsx'

const { people } = contract.workspace

type Asked = {
  readonly what: 'add' | 'edit' | 'roles' | 'deactivate' | 'clear'
  readonly person: Person | null
}

/** Who may work here, and what each of them may do. */
export function PeoplePage() {
  const { t } = useTranslation()
  const may = useMay()
  const { params } = useAddress()
  const query = useCoreQuery(people.list, {})
  const search = useListSearch('person')
  const [asked, setAsked] = useState<Asked | null>(null)
  const setActive = useCommand(people.setActive)
  const clearPassphrase = useCommand(people.clearPassphrase)
  const said = useSaidWithUndo()
  const wanted = params.get('person')
  const all = query.data?.people ?? []
  const rows = useMemo(
    () => (wanted === null ? all : all.toSorted(a => (a.id === wanted ? -1 : 0))),
    [all, wanted],
  )

  const change = useCallback(
    async (person: Person, active: boolean) => {
      const commandId = newCommandId()
      await setActive.run({ personId: person.id, active }, commandId)
      said(t('workspace.people.saved', { name: person.name }), commandId)
    },
    [setActive, said, t],
  )
  const actions = useMemo(
    () => ({
      add: defineAction(people.add, {
        label: () => t('workspace.people.add'),
        key: 'n',
        icon: IconUserPlus,
        when: () => may(people.add),
        run: () => setAsked({ what: 'add', person: null }),
      }),
      edit: defineAction<Person>(people.edit, {
        label: () => t('workspace.people.edit'),
        key: 'e',
        icon: IconUserEdit,
        when: () => may(people.edit),
        run: person => setAsked({ what: 'edit', person }),
      }),
      roles: defineAction<Person>(people.setRoles, {
        label: () => t('workspace.people.roles'),
        key: 'r',
        icon: IconUserShield,
        when: () => may(people.setRoles),
        run: person => setAsked({ what: 'roles', person }),
      }),
      active: defineAction<Person>(people.setActive, {
        label: person => (person.active ? t('workspace.people.deactivate') : t('workspace.people.activate')),
        key: 'd',
        icon: IconUserMinus,
        when: () => may(people.setActive),
        run: person => (person.active ? setAsked({ what: 'deactivate', person }) : change(person, true)),
      }),
      clear: defineAction<Person>(people.clearPassphrase, {
        label: () => t('workspace.people.clearPassphrase'),
        danger: true,
        when: person => person.hasPassphrase && may(people.setActive),
        run: person => setAsked({ what: 'clear', person }),
      }),
    }),
    [t, may, change],
  )
  useActions(useMemo(() => [bindAction(actions.add, undefined)], [actions]))
  const rowActions = useCallback(
    (person: Person) =>
      [actions.edit, actions.roles, actions.active, actions.clear].map(action => bindAction(action, person)),
    [actions],
  )
  const columns = useMemo<readonly GridColumn<Person>[]>(
    () => [
      textColumn({
        id: 'name',
        header: t('workspace.people.name'),
        value: person => person.name,
        width: 220,
      }),
      textColumn({
        id: 'email',
        header: t('workspace.people.email'),
        value: person => person.email,
        width: 260,
      }),
      textColumn({
        id: 'roles',
        header: t('workspace.people.rolesColumn'),
        value: person => person.roles.map(role => t(`workspace.role.${role}`)).join(', '),
        width: 260,
      }),
      statusColumn({
        id: 'state',
        header: t('workspace.people.state'),
        value: person => (person.active ? 'active' : 'inactive'),
        states: {
          active: { label: t('workspace.people.active'), tone: 'ok' },
          inactive: { label: t('workspace.people.inactive'), tone: 'neutral' },
        },
      }),
      textColumn({
        id: 'passphrase',
        header: t('workspace.people.passphrase'),
        value: person =>
          person.hasPassphrase ? t('workspace.people.hasPassphrase') : t('workspace.people.noPassphrase'),
        width: 120,
      }),
    ],
    [t],
  )
  const close = () => setAsked(null)
  const { person } = asked ?? { person: null }
  return (
    <Page
      title={t('workspace.screen.people')}
      subtitle={
        query.data ? t('workspace.people.answer', { count: all.filter(one => one.active).length }) : undefined
      }
      actions={<ActionButton action={actions.add} context={undefined} primary />}
      fill
    >
      <DataGrid
        id="workspace.people"
        label={t('workspace.screen.people')}
        columns={columns}
        rows={rows}
        rowKey={row => row.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        rowActions={rowActions}
        search={search}
        {...(may(people.edit) ? { onOpen: (row: Person) => setAsked({ what: 'edit', person: row }) } : {})}
      />
      {asked?.what === 'add' || asked?.what === 'edit' ? (
        <PersonDialog person={person} onClose={close} />
      ) : null}
      {asked?.what === 'roles' && person ? <RolesDialog person={person} onClose={close} /> : null}
      <Confirm
        opened={asked?.what === 'deactivate'}
        onClose={close}
        title={t('workspace.people.deactivateTitle', { name: person?.name ?? '' })}
        confirm={t('workspace.people.deactivate')}
        danger
        onConfirm={async () => {
          if (person) await change(person, false)
        }}
      >
        <p>{t('workspace.people.deactivateText')}</p>
      </Confirm>
      <Confirm
        opened={asked?.what === 'clear'}
        onClose={close}
        title={t('workspace.people.clearTitle', { name: person?.name ?? '' })}
        confirm={t('workspace.people.clearPassphrase')}
        danger
        onConfirm={async () => {
          if (person) await clearPassphrase.run({ personId: person.id })
        }}
      >
        <p>{t('workspace.people.clearText')}</p>
      </Confirm>
    </Page>
  )
}
