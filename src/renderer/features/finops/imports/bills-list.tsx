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
import { minorDigits } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { instantColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { finops } from '#shared/contract/finops.ts'
import classes from './imports.module.css'
import { useFormatWord, useImportStates } from './states.ts'

/** Endings that a bill can have. */
const ENDINGS = ['.csv', '.csv.gz', '.tsv', '.txt', '.gz']

type Import = OutputOf<typeof finops.imports.list>['imports'][number]

const bringIn = defineAction<{ label: string; run: () => void; may: boolean }>('ui.finops.imports.new', {
  label: ({ label }) => label,
  key: 'b',
  when: ({ may }) => may,
  run: ({ run }) => run(),
})

/** The bills that came in, the newest first, and the way to bring in another. */
export function BillsList() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const format = useFormat()
  const { params } = useAddress()
  const states = useImportStates()
  const formatWord = useFormatWord()
  const { people } = useSession()
  const search = useListSearch('import')
  const list = useCoreQuery(finops.imports.list, { limit: 500 })
  const imports = list.data?.imports ?? []
  const columns = useMemo(
    () => [
      textColumn<Import>({
        id: 'file',
        header: t('finops.imports.column.file'),
        width: 280,
        pin: 'start',
        value: one => one.fileName,
      }),
      statusColumn<Import>({
        id: 'state',
        header: t('finops.imports.column.state'),
        value: one => one.state,
        states,
      }),
      textColumn<Import>({
        id: 'format',
        header: t('finops.imports.column.format'),
        width: 120,
        value: one => formatWord(one.format, one.version),
      }),
      numberColumn<Import>({
        id: 'lines',
        header: t('finops.imports.column.lines'),
        value: one => one.stored,
      }),
      numberColumn<Import>({
        id: 'refused',
        header: t('finops.imports.column.refused'),
        value: one => one.refused,
      }),
      textColumn<Import>({
        id: 'effective',
        header: t('finops.imports.column.effective'),
        width: 220,
        value: one =>
          one.totals
            .map(total => `${format.decimal(rounded(total.effective, total.currency))} ${total.currency}`)
            .join(', '),
      }),
      textColumn<Import>({
        id: 'periods',
        header: t('finops.imports.column.periods'),
        width: 180,
        value: one => periodsOf(one, format.month),
      }),
      instantColumn<Import>({
        id: 'when',
        header: t('finops.imports.column.when'),
        value: one => one.importedAt,
      }),
      textColumn<Import>({
        id: 'who',
        header: t('finops.imports.column.who'),
        width: 140,
        value: one => people.find(person => person.id === one.importedBy)?.name,
      }),
    ],
    [t, states, format, people, formatWord],
  )
  const mayImport = may(finops.imports.start)
  const asking = mayImport && (params.has('new') || (list.data !== undefined && imports.length === 0))
  return (
    <Page
      title={t('finops.imports.title')}
      fill
      actions={
        asking ? null : (
          <OfferedButton
            primary
            action={bringIn}
            context={{
              label: t('finops.imports.bring'),
              run: () => go('/finops/bills?new=1'),
              may: mayImport,
            }}
          />
        )
      }
    >
      {asking ? (
        <div className={classes.hold}>
          <RecoveryNotice />
          <HoldFile
            title={t('finops.imports.drop')}
            endings={ENDINGS}
            onHeld={held => go(`/finops/bills?file=${encodeURIComponent(held.fileId)}`)}
          />
          <p className={classes.note}>{t('finops.imports.none.text')}</p>
        </div>
      ) : null}
      {list.error ? (
        <ErrorState centred error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <LoadingState />
      ) : imports.length === 0 ? (
        asking ? null : (
          <EmptyState centred title={t('finops.imports.none.title')} />
        )
      ) : (
        <DataGrid
          id="finops.imports.list"
          label={t('finops.imports.title')}
          columns={columns}
          rows={imports}
          rowKey={one => one.id}
          selectable={false}
          search={search}
          defaultSort={[{ id: 'when', desc: true }]}
          onOpen={one =>
            go(
              one.state === 'staging' && one.jobId
                ? `/finops/bills?job=${one.jobId}`
                : `/finops/bills?receipt=${one.id}`,
            )
          }
        />
      )}
    </Page>
  )
}

/** The currency's own places, for a list; the receipt has every digit. */
function rounded(decimal: string, currency: string): string {
  return Number(decimal).toFixed(minorDigits(currency))
}

/** The billing periods of an import: its month, or its first and last one. */
function periodsOf(one: Import, month: (text: string) => string): string {
  const starts = one.batches
    .map(batch => new Date(Number(batch.period.from)).toISOString().slice(0, 7))
    .sort()
  const first = starts[0]
  const last = starts.at(-1)
  if (!first || !last) return ''
  return first === last ? month(first) : `${month(first)} – ${month(last)}`
}
