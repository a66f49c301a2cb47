import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { ImportedFiles } from '#renderer/app/import/imported-files.tsx'
import { useSession } from '#renderer/app/shell/session.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { usage as leaf } from '#shared/contract/billing/usage.ts'

type Import = OutputOf<typeof leaf.imports.list>['imports'][number]

/** Endings that a file of usage can have. */
const ENDINGS = ['.csv', '.csv.gz', '.jsonl', '.jsonl.gz', '.ndjson', '.ndjson.gz']

/** The files of usage that came in, the newest first, and the way to bring in another. */
export function UsageList() {
  const { t } = useTranslation()
  const format = useFormat()
  const { people } = useSession()
  const list = useCoreQuery(leaf.imports.list, { limit: 500 })
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
  return (
    <ImportedFiles
      path="/billing/usage"
      gridId="billing.usage.imports"
      actionId="ui.billing.usage.new"
      entity="usage-import"
      start={leaf.import}
      endings={ENDINGS}
      words={{
        title: t('billing.usage.title'),
        bring: t('billing.usage.bring'),
        drop: t('billing.usage.drop'),
        none: t('billing.usage.none.title'),
        noneText: t('billing.usage.none.text'),
      }}
      list={list}
      columns={columns}
      isRunning={one => one.state === 'reading'}
    />
  )
}
