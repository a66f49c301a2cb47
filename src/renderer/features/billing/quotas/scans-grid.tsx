import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const { scan: leaf } = contract.billing.quota
type Scan = OutputOf<typeof leaf.list>['scans'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Scan>('usage-scans')
const COUNTS = ['customers', 'quotas', 'warnings', 'breaches', 'fresh', 'tasks'] as const

/** Scans and dry runs, the newest first. */
export function ScansGrid({ onOpen }: { readonly onOpen: (scanId: string) => void }) {
  const { t } = useTranslation()
  const { people } = useSession()
  const { data, error, refetch } = useCoreQuery(leaf.list, { limit: 500 })
  const columns = useMemo<readonly GridColumn<Scan>[]>(
    () => [
      instantColumn<Scan>({
        ...{ id: 'when', header: t('billing.quotas.scans.when'), pin: 'start' },
        value: scan => scan.startedAt,
      }),
      textColumn<Scan>({
        ...{ id: 'kind', header: t('billing.quotas.scans.kind'), width: 90 },
        value: scan => t(scan.dryRun ? 'billing.quotas.scans.dry' : 'billing.quotas.scans.real'),
      }),
      statusColumn<Scan>({
        ...{ id: 'state', header: t('billing.quotas.scans.took'), width: 110 },
        value: scan => scan.state,
        states: {
          running: { label: t('billing.quotas.scans.states.running'), tone: 'running' },
          done: { label: t('billing.quotas.scans.states.done'), tone: 'ok' },
          failed: { label: t('billing.quotas.scans.states.failed'), tone: 'critical' },
        },
      }),
      ...COUNTS.map(name =>
        numberColumn<Scan>({
          ...{ id: name, header: t(`billing.quotas.scans.${name}`), width: 100 },
          ...(name === 'fresh' ? { hint: t('billing.quotas.scans.freshHint') } : {}),
          value: scan => scan.report?.[name],
        }),
      ),
      textColumn<Scan>({
        ...{ id: 'who', header: t('billing.quotas.scans.who'), width: 150 },
        value: scan =>
          people.find(one => one.id === scan.requestedBy)?.name ?? t('billing.quotas.scans.nightly'),
      }),
    ],
    [t, people],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.scans.length === 0)
    return <EmptyState centred title={t('billing.quotas.scans.none')} text={t('billing.quotas.noneText')} />
  return (
    <DataGrid
      id="billing.quotas.scans"
      label={t('billing.quotas.showWord.scans')}
      columns={columns}
      rows={data.scans}
      rowKey={scan => scan.id}
      selectable={false}
      exportFormats={CSV}
      onExport={EXPORT}
      onOpen={scan => onOpen(scan.id)}
    />
  )
}
