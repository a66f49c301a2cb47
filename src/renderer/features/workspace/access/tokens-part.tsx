import { MultiSelect, Select, TextInput } from '@mantine/core'
import { IconKeyOff, IconPlus } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { SCOPE_GROUPS } from '#shared/service-scopes.ts'
import { FormDialog } from '../form.tsx'
import { SecretDialog, type ShownSecret } from './secret-dialog.tsx'

const { tokens } = contract.access
type Row = OutputOf<typeof tokens.list>['tokens'][number]

/** Tokens by which programs come in. */
export function Tokens() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const query = useCoreQuery(tokens.list, {})
  const [asked, setAsked] = useState<Row | 'new' | null>(null)
  const [shown, setShown] = useState<ShownSecret | null>(null)
  const revoke = useCommand(tokens.revoke)
  const changed = () => core.queries.invalidateQueries({ queryKey: ['access.tokens.list'] })
  const actions = useMemo(
    () => ({
      create: defineAction(tokens.create, {
        label: () => t('access.tokens.create'),
        key: 'n',
        icon: IconPlus,
        when: () => may(tokens.create),
        run: () => setAsked('new'),
      }),
      revoke: defineAction<Row>(tokens.revoke, {
        label: () => t('access.tokens.revoke'),
        key: 'd',
        icon: IconKeyOff,
        danger: true,
        when: row => row.revokedAt === null && may(tokens.revoke),
        run: setAsked,
      }),
    }),
    [t, may],
  )
  useActions(useMemo(() => [bindAction(actions.create, undefined)], [actions]))
  const rowActions = useCallback((row: Row) => [bindAction(actions.revoke, row)], [actions])
  const columns = useMemo(() => columnsOf(t), [t])
  const row = asked === 'new' ? null : asked
  return (
    <>
      <DataGrid
        id="workspace.access.tokens"
        label={t('access.part.tokens')}
        columns={columns}
        rows={query.data?.tokens}
        rowKey={one => one.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        toolbarStart={<ActionButton action={actions.create} context={undefined} primary />}
        empty={<EmptyState title={t('access.tokens.nothing')} text={t('access.tokens.nothingText')} />}
      />
      {asked === 'new' ? (
        <TokenDialog
          onClose={() => setAsked(null)}
          onMade={(name, secret) => {
            setShown({
              title: t('access.tokens.shown', { name }),
              text: t('access.tokens.shownText'),
              secret,
            })
            void changed()
          }}
        />
      ) : null}
      {shown ? <SecretDialog shown={shown} onClose={() => setShown(null)} /> : null}
      <Confirm
        opened={row !== null}
        onClose={() => setAsked(null)}
        title={t('access.tokens.revokeTitle', { name: row?.name ?? '' })}
        confirm={t('access.tokens.revoke')}
        danger
        onConfirm={async () => {
          if (row) await revoke.run({ tokenId: row.id })
          await changed()
        }}
      >
        <p>{t('access.tokens.revokeText')}</p>
      </Confirm>
    </>
  )
}

const DAYS = ['30', '90', '365', ''] as const

function TokenDialog(props: {
  readonly onClose: () => void
  readonly onMade: (name: string, secret: string) => void
}) {
  const { t } = useTranslation()
  const core = useCore()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<string[]>(['usage.ingest'])
  const [days, setDays] = useState('90')
  return (
    <FormDialog
      opened
      onClose={props.onClose}
      title={t('access.tokens.create')}
      submit={t('access.tokens.make')}
      ready={name.trim() !== '' && scopes.length > 0}
      onSubmit={async () => {
        const given = { name: name.trim(), scopes, days: days === '' ? null : Number(days) }
        const { secret } = await ask(core, tokens.create, given)
        props.onMade(given.name, secret)
      }}
    >
      <TextInput
        data-autofocus
        label={t('access.tokens.name')}
        description={t('access.tokens.nameHint')}
        value={name}
        maxLength={100}
        onChange={event => setName(event.currentTarget.value)}
      />
      <MultiSelect
        label={t('access.tokens.scopes')}
        data={Object.keys(SCOPE_GROUPS).map(scope => ({
          value: scope,
          label: t(`access.scope.${scope.replace('.', '_') as 'usage_ingest'}`),
        }))}
        value={scopes}
        onChange={setScopes}
      />
      <Select
        label={t('access.tokens.days')}
        data={DAYS.map(value => ({
          value,
          label:
            value === '' ? t('access.tokens.forever') : t('access.tokens.daysOf', { count: Number(value) }),
        }))}
        value={days}
        allowDeselect={false}
        onChange={value => setDays(value ?? '90')}
      />
    </FormDialog>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Row>[] {
  const stateOf = (row: Row) =>
    row.revokedAt !== null
      ? 'revoked'
      : row.expiresAt !== null && Number(row.expiresAt) < Date.now()
        ? 'ended'
        : 'inUse'
  return [
    textColumn({ id: 'name', header: t('access.tokens.name'), value: row => row.name, width: 200 }),
    statusColumn({
      id: 'state',
      header: t('access.tokens.state'),
      value: stateOf,
      states: {
        inUse: { label: t('access.tokens.inUse'), tone: 'ok' },
        ended: { label: t('access.tokens.ended'), tone: 'neutral' },
        revoked: { label: t('access.tokens.revoked'), tone: 'critical' },
      },
    }),
    textColumn({
      id: 'scopes',
      header: t('access.tokens.scopes'),
      value: row => row.scopes.join(', '),
      width: 260,
    }),
    instantColumn({
      id: 'used',
      header: t('access.tokens.used'),
      value: row => row.lastUsedAt,
      show: 'relative',
    }),
    instantColumn({ id: 'ends', header: t('access.tokens.ends'), value: row => row.expiresAt }),
    instantColumn({ id: 'made', header: t('access.tokens.made'), value: row => row.createdAt }),
    textColumn({ id: 'by', header: t('access.tokens.by'), value: row => row.createdBy.name, width: 140 }),
  ]
}
