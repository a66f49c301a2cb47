import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { ImportedFiles } from '#renderer/app/import/imported-files.tsx'
import { useSession } from '#renderer/app/shell/session.ts'
import { minorDigits } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { instantColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { finops } from '#shared/contract/finops.ts'
import { useFormatWord, useImportStates } from './states.ts'

/** Endings that a bill can have. */
const ENDINGS = ['.csv', '.csv.gz', '.tsv', '.txt', '.gz']

type Import = OutputOf<typeof finops.imports.list>['imports'][number]

/** The bills that came in, the newest first, and the way to bring in another. */
export function BillsList() {
  const { t } = useTranslation()
  const format = useFormat()
  const states = useImportStates()
  const formatWord = useFormatWord()
  const { people } = useSession()
  const list = useCoreQuery(finops.imports.list, { limit: 500 })
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
  return (
    <ImportedFiles
      path="/finops/bills"
      gridId="finops.imports.list"
      actionId="ui.finops.imports.new"
      entity="import"
      start={finops.imports.start}
      endings={ENDINGS}
      words={{
        title: t('finops.imports.title'),
        bring: t('finops.imports.bring'),
        drop: t('finops.imports.drop'),
        none: t('finops.imports.none.title'),
        noneText: t('finops.imports.none.text'),
      }}
      list={list}
      columns={columns}
      isRunning={one => one.state === 'staging'}
    />
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
