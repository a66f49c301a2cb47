import { IconArchive, IconArchiveOff, IconPencil, IconPlus, IconStar } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { LegalEntity } from '#shared/contract/billing/entities.ts'
import { contract } from '#shared/contract/index.ts'
import shared from '../billing.module.css'
import { EntityDialog } from './entity-dialog.tsx'

const { entity: leaf } = contract.billing

/** The companies that bill, with their tax numbers and the series of their documents. */
export function EntitiesPage() {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const search = useListSearch('legal-entity')
  const query = useCoreQuery(leaf.list, {})
  const archive = useCommand(leaf.setArchived)
  const makeDefault = useCommand(leaf.setDefault)
  const [edited, setEdited] = useState<LegalEntity | 'new' | null>(null)
  const columns = useColumns()
  const actions = useMemo(() => {
    const to = (archived: boolean) => async (one: LegalEntity) => {
      const commandId = newCommandId()
      await archive.run({ entityId: one.id, archived }, commandId)
      said(
        t(archived ? 'billing.entities.archived' : 'billing.entities.unarchived', { name: one.name }),
        commandId,
      )
    }
    return {
      add: defineAction(leaf.create, {
        label: () => t('billing.entities.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.create),
        run: () => setEdited('new'),
      }),
      edit: defineAction<LegalEntity>(leaf.edit, {
        label: () => t('billing.entities.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: setEdited,
      }),
      makeDefault: defineAction<LegalEntity>(leaf.setDefault, {
        label: () => t('billing.entities.makeDefault'),
        key: 'd',
        icon: IconStar,
        when: one => !one.isDefault && one.archivedAt === null && may(leaf.setDefault),
        run: async one => {
          const commandId = newCommandId()
          await makeDefault.run({ entityId: one.id }, commandId)
          said(t('billing.entities.nowDefault', { name: one.name }), commandId)
        },
      }),
      archive: defineAction<LegalEntity>(leaf.setArchived, {
        label: () => t('billing.entities.archive'),
        key: 'x',
        icon: IconArchive,
        when: one => !one.isDefault && one.archivedAt === null && may(leaf.setArchived),
        run: to(true),
      }),
      unarchive: defineAction<LegalEntity>('ui.billing.entities.unarchive', {
        label: () => t('billing.entities.unarchive'),
        key: 'u',
        icon: IconArchiveOff,
        when: one => one.archivedAt !== null && may(leaf.setArchived),
        run: to(false),
      }),
    }
  }, [t, may, archive.run, makeDefault.run, said])
  useActions([bindAction(actions.add, undefined)])
  const entities = query.data?.entities
  return (
    <Page
      title={t('billing.entities.title')}
      subtitle={entities ? t('billing.entities.count', { count: entities.length }) : undefined}
      actions={<ActionButton action={actions.add} context={undefined} primary />}
      answer={
        may(leaf.create) ? undefined : <p className={shared.note}>{t('billing.entities.onlyAdmins')}</p>
      }
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !entities ? (
        <LoadingState />
      ) : entities.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.entities.none')}
          text={t('billing.entities.noneText')}
          actions={<ActionButton action={actions.add} context={undefined} primary />}
        />
      ) : (
        <DataGrid
          id="billing.entities"
          label={t('billing.entities.title')}
          columns={columns}
          rows={entities}
          rowKey={one => one.id}
          search={search}
          selectable={false}
          onOpen={one => may(leaf.edit) && setEdited(one)}
          rowActions={one => [
            bindAction(actions.edit, one),
            bindAction(actions.makeDefault, one),
            bindAction(actions.archive, one),
            bindAction(actions.unarchive, one),
          ]}
        />
      )}
      {edited ? (
        <EntityDialog
          entity={edited === 'new' ? null : edited}
          first={entities?.length === 0}
          onClose={() => setEdited(null)}
        />
      ) : null}
    </Page>
  )
}

function useColumns() {
  const { t } = useTranslation()
  return useMemo(
    () => [
      textColumn<LegalEntity>({
        ...{ id: 'name', header: t('billing.entities.name'), width: 260, pin: 'start' },
        value: one => one.name,
      }),
      textColumn<LegalEntity>({
        ...{ id: 'key', header: t('billing.entities.key'), width: 110 },
        value: one => one.key,
      }),
      statusColumn<LegalEntity>({
        ...{ id: 'state', header: t('billing.entities.state'), width: 110 },
        value: one => (one.isDefault ? 'default' : one.archivedAt === null ? 'used' : 'archived'),
        states: {
          default: { label: t('billing.entities.states.default'), tone: 'ok' },
          used: { label: t('billing.entities.states.used'), tone: 'info' },
          archived: { label: t('billing.entities.states.archived'), tone: 'neutral' },
        },
      }),
      textColumn<LegalEntity>({
        ...{ id: 'country', header: t('billing.entities.country'), width: 90 },
        value: one => one.country,
      }),
      textColumn<LegalEntity>({
        ...{ id: 'taxId', header: t('billing.entities.taxId'), width: 170 },
        value: one => one.taxId,
      }),
      textColumn<LegalEntity>({
        ...{ id: 'registrations', header: t('billing.entities.registrations'), width: 170 },
        value: one => one.registrations.map(({ country }) => country).join(', '),
      }),
      textColumn<LegalEntity>({
        ...{ id: 'currency', header: t('billing.entities.currency'), width: 150 },
        value: one => one.currency,
      }),
      textColumn<LegalEntity>({
        ...{ id: 'numbers', header: t('billing.entities.numbers'), width: 150 },
        value: one => `${one.invoicePrefix}, ${one.creditNotePrefix}`,
      }),
      numberColumn<LegalEntity>({
        ...{ id: 'customers', header: t('billing.entities.customers'), width: 150 },
        value: one => one.customers,
      }),
    ],
    [t],
  )
}
