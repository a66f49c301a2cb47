import { IconLink, IconLinkOff, IconShieldOff, IconShieldPlus, IconUserPlus } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import { ApproverDialog, InviteDialog } from './people-dialogs.tsx'
import { SecretDialog, type ShownSecret } from './secret-dialog.tsx'
import { useServerAddress } from './server-address.ts'

const { people, secondFactor, roles } = contract.access
type Row = OutputOf<typeof people.list>['people'][number]
type Asked = { readonly what: 'factor' | 'provider' | 'links'; readonly row: Row }

/** How everybody comes in. */
export function AccessPeople() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const { workspace, person } = useSession()
  const server = useServerAddress()
  const query = useCoreQuery(people.list, {})
  const [asked, setAsked] = useState<Asked | 'invite' | 'approver' | null>(null)
  const [shown, setShown] = useState<ShownSecret | null>(null)
  const removeFactor = useCommand(secondFactor.remove)
  const unlink = useCommand(people.unlinkProvider)
  const revokeLinks = useCommand(people.revokeLinks)
  const changed = useCallback(
    () => core.queries.invalidateQueries({ queryKey: ['access.people.list'] }),
    [core],
  )
  const onServer = workspace.authority !== 'standalone'
  const showLink = useCallback(
    (kind: 'invitation' | 'reset', name: string, path: string) =>
      setShown({
        title: t(`access.link.${kind}`, { name }),
        text: t(`access.link.${kind}Text`),
        secret: `${server ?? ''}${path}`,
      }),
    [t, server],
  )
  const actions = useMemo(
    () => ({
      invite: defineAction(people.invite, {
        label: () => t('access.people.invite'),
        key: 'n',
        icon: IconUserPlus,
        when: () => onServer && may(people.invite),
        run: () => setAsked('invite'),
      }),
      approver: defineAction(roles.request, {
        label: () => t('access.request.ask'),
        icon: IconShieldPlus,
        when: () => may(roles.request) && person?.roles.includes('approver') === false,
        run: () => setAsked('approver'),
      }),
      link: defineAction<Row>(people.link, {
        label: row => (row.person.hasPassphrase ? t('access.people.reset') : t('access.people.linkAgain')),
        key: 'l',
        icon: IconLink,
        when: row => onServer && row.person.active && may(people.link),
        run: async row => {
          try {
            const { kind, link } = await ask(core, people.link, { personId: row.person.id })
            showLink(kind, row.person.name, link.path)
            await changed()
          } catch (error) {
            toasts.fail(error)
          }
        },
      }),
      links: defineAction<Row>(people.revokeLinks, {
        label: () => t('access.people.revokeLinks'),
        icon: IconLinkOff,
        when: row => row.invitedUntil !== null && may(people.revokeLinks),
        run: row => setAsked({ what: 'links', row }),
      }),
      factor: defineAction<Row>(secondFactor.remove, {
        label: () => t('access.people.removeFactor'),
        icon: IconShieldOff,
        danger: true,
        when: row => row.secondFactor && may(secondFactor.remove),
        run: row => setAsked({ what: 'factor', row }),
      }),
      provider: defineAction<Row>(people.unlinkProvider, {
        label: () => t('access.people.unlink'),
        icon: IconLinkOff,
        danger: true,
        when: row => row.provider !== null && may(people.unlinkProvider),
        run: row => setAsked({ what: 'provider', row }),
      }),
    }),
    [t, may, onServer, person, core, toasts, changed, showLink],
  )
  useActions(
    useMemo(() => [actions.invite, actions.approver].map(one => bindAction(one, undefined)), [actions]),
  )
  const rowActions = useCallback(
    (row: Row) =>
      [actions.link, actions.links, actions.factor, actions.provider].map(action => bindAction(action, row)),
    [actions],
  )
  const columns = useMemo(() => columnsOf(t, onServer), [t, onServer])
  const close = () => setAsked(null)
  const about = typeof asked === 'object' && asked !== null ? asked : null
  const run = async () => {
    if (!about) return
    const personId = about.row.person.id
    if (about.what === 'factor') await removeFactor.run({ personId })
    else if (about.what === 'provider') await unlink.run({ personId })
    else await revokeLinks.run({ personId })
    await changed()
  }
  return (
    <>
      <DataGrid
        id="workspace.access.people"
        label={t('access.part.people')}
        columns={columns}
        rows={query.data?.people}
        rowKey={row => row.person.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        toolbarStart={
          <>
            <ActionButton action={actions.invite} context={undefined} primary />
            <ActionButton action={actions.approver} context={undefined} />
          </>
        }
      />
      {asked === 'invite' ? (
        <InviteDialog
          onClose={close}
          onInvited={(name, path) => {
            showLink('invitation', name, path)
            void changed()
          }}
        />
      ) : null}
      {asked === 'approver' ? <ApproverDialog onClose={close} /> : null}
      {shown ? <SecretDialog shown={shown} onClose={() => setShown(null)} /> : null}
      <Confirm
        opened={about !== null}
        onClose={close}
        title={about ? t(`access.people.${about.what}Title`, { name: about.row.person.name }) : ''}
        confirm={about ? t(`access.people.${about.what}Do`) : ''}
        danger
        onConfirm={run}
      >
        <p>{about ? t(`access.people.${about.what}Text`) : ''}</p>
      </Confirm>
    </>
  )
}

function columnsOf(t: TFunction, onServer: boolean): readonly GridColumn<Row>[] {
  const way = (row: Row) =>
    row.provider
      ? 'provider'
      : row.person.hasPassphrase
        ? 'passphrase'
        : row.invitedUntil
          ? 'invited'
          : 'none'
  return [
    textColumn({ id: 'name', header: t('workspace.people.name'), value: row => row.person.name, width: 200 }),
    textColumn({
      id: 'email',
      header: t('workspace.people.email'),
      value: row => row.person.email,
      width: 240,
    }),
    statusColumn({
      id: 'way',
      header: t('access.people.way'),
      value: way,
      width: 160,
      states: {
        provider: { label: t('access.people.provider'), tone: 'ok' },
        passphrase: { label: t('access.people.passphrase'), tone: 'ok' },
        invited: { label: t('access.people.invited'), tone: 'info' },
        none: {
          label: t(onServer ? 'access.people.none' : 'access.people.free'),
          tone: onServer ? 'warning' : 'neutral',
        },
      },
    }),
    textColumn({
      id: 'factor',
      header: t('access.people.factor'),
      value: row => (row.secondFactor ? t('access.people.factorCodes', { count: row.recoveryCodes }) : ''),
      width: 180,
    }),
    instantColumn({
      id: 'last',
      header: t('access.people.last'),
      value: row => row.lastSignInAt,
      show: 'relative',
      width: 140,
    }),
    numberColumn({ id: 'devices', header: t('access.people.devices'), value: row => row.devices, width: 90 }),
    instantColumn({ id: 'invited', header: t('access.people.invitedUntil'), value: row => row.invitedUntil }),
  ]
}
