import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { HoldFile } from '#renderer/app/import/hold-file.tsx'
import { useListSearch } from '#renderer/app/list-search.ts'
import { RecoveryNotice } from '#renderer/app/recovery-notice.tsx'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { usage as leaf } from '#shared/contract/billing/usage.ts'
import shared from '../billing.module.css'

type Import = OutputOf<typeof leaf.imports.list>['imports'][number]

/** Endings that a file of usage can have. */
const ENDINGS = ['.csv', '.csv.gz', '.jsonl', '.jsonl.gz', '.ndjson', '.ndjson.gz']

const bringIn = defineAction<{ label: string; run: () => void; may: boolean }>('ui.billing.usage.new', {
  label: ({ label }) => label,
  key: 'b',
  when: ({ may }) => may,
  run: ({ run }) => run(),
})

/** The files of usage that came in, the newest first, and the way to bring in another. */
export function UsageList() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const format = useFormat()
  const { params } = useAddress()
  const { people } = useSession()
  const search = useListSearch('usage-import')
  const list = useCoreQuery(leaf.imports.list, { limit: 500 })
  const imports = list.data?.imports ?? []
  const columns = useMemo<readonly GridColumn<Import>[]>(
    () => [
      textColumn({
        id: 'file',
        header: t('billing.usage.column.file'),
        width: 260,
        pin: 'start',
        value: one => one.fileName,
      }),
      statusColumn({
        id: 'state',
        header: t('billing.usage.column.state'),
        width: 110,
        value: one => one.state,
        states: {
          reading: { label: t('billing.usage.state.reading'), tone: 'running' },
          stored: { label: t('billing.usage.state.stored'), tone: 'ok' },
          failed: { label: t('billing.usage.state.failed'), tone: 'critical' },
        },
      }),
      numberColumn({ id: 'stored', header: t('billing.usage.column.stored'), value: one => one.stored }),
      numberColumn({
        id: 'duplicates',
        header: t('billing.usage.column.duplicates'),
        width: 140,
        value: one => one.duplicates,
      }),
      numberColumn({ id: 'refused', header: t('billing.usage.column.refused'), value: one => one.refused }),
      numberColumn({
        id: 'late',
        header: t('billing.usage.column.late'),
        hint: t('billing.usage.hint.late'),
        width: 90,
        value: one => one.late,
      }),
      textColumn({
        id: 'span',
        header: t('billing.usage.column.span'),
        width: 220,
        value: one =>
          one.span && `${format.instant(one.span.from, 'day')} – ${format.instant(one.span.to, 'day')}`,
      }),
      instantColumn({ id: 'when', header: t('billing.usage.column.when'), value: one => one.importedAt }),
      textColumn({
        id: 'who',
        header: t('billing.usage.column.who'),
        width: 140,
        value: one => people.find(person => person.id === one.importedBy)?.name,
      }),
    ],
    [t, format, people],
  )
  const mayImport = may(leaf.import)
  const asking = mayImport && (params.has('new') || (list.data !== undefined && imports.length === 0))
  return (
    <Page
      title={t('billing.usage.title')}
      fill
      actions={
        asking ? null : (
          <OfferedButton
            primary
            action={bringIn}
            context={{
              label: t('billing.usage.bring'),
              run: () => go('/billing/usage?new=1'),
              may: mayImport,
            }}
          />
        )
      }
    >
      {asking ? (
        <div className={shared.hold}>
          <RecoveryNotice />
          <HoldFile
            title={t('billing.usage.drop')}
            endings={ENDINGS}
            onHeld={held => go(`/billing/usage?file=${encodeURIComponent(held.fileId)}`)}
          />
          <p className={shared.note}>{t('billing.usage.none.text')}</p>
        </div>
      ) : null}
      {list.error ? (
        <ErrorState centred error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <LoadingState />
      ) : imports.length === 0 ? (
        asking ? null : (
          <EmptyState centred title={t('billing.usage.none.title')} />
        )
      ) : (
        <DataGrid
          id="billing.usage.imports"
          label={t('billing.usage.title')}
          columns={columns}
          rows={imports}
          rowKey={one => one.id}
          selectable={false}
          search={search}
          defaultSort={[{ id: 'when', desc: true }]}
          onOpen={one =>
            go(
              one.state === 'reading' && one.jobId
                ? `/billing/usage?job=${one.jobId}`
                : `/billing/usage?receipt=${one.id}`,
            )
          }
        />
      )}
    </Page>
  )
}
