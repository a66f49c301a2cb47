import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { close as leaf } from '#shared/contract/billing/close.ts'

type Run = OutputOf<typeof leaf.runs>['runs'][number]

/** Earlier closes and dry runs, the newest first. */
export function RunList() {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const { people } = useSession()
  const { data, error, refetch, isPending } = useCoreQuery(leaf.runs, {})
  const columns = useMemo<readonly GridColumn<Run>[]>(
    () => [
      instantColumn({ id: 'when', header: t('billing.close.runs.when'), value: run => run.startedAt }),
      textColumn({
        id: 'month',
        header: t('billing.close.runs.month'),
        width: 110,
        value: run => format.month(run.period),
      }),
      textColumn({
        id: 'kind',
        header: t('billing.close.runs.kind'),
        width: 100,
        value: run => t(run.dryRun ? 'billing.close.runs.dry' : 'billing.close.runs.real'),
      }),
      statusColumn({
        id: 'state',
        header: t('billing.close.runs.state'),
        width: 110,
        value: run => run.state,
        states: {
          running: { label: t('billing.close.runs.running'), tone: 'running' },
          done: { label: t('billing.close.runs.done'), tone: 'ok' },
          failed: { label: t('billing.close.runs.failed'), tone: 'critical' },
        },
      }),
      numberColumn({
        id: 'drafts',
        header: t('billing.close.runs.drafts'),
        value: run => run.report?.drafts,
      }),
      numberColumn({
        id: 'problems',
        header: t('billing.close.runs.problems'),
        value: run => run.report?.problemCount,
      }),
      textColumn({
        id: 'who',
        header: t('billing.close.runs.who'),
        width: 150,
        value: run => people.find(person => person.id === run.requestedBy)?.name ?? run.requestedBy,
      }),
    ],
    [t, format, people],
  )
  if (data?.runs.length === 0) return <p>{t('billing.close.runs.none')}</p>
  return (
    <DataGrid
      id="billing.close.runs"
      label={t('billing.close.runs.title')}
      columns={columns}
      rows={data?.runs}
      rowKey={run => run.id}
      loading={isPending}
      error={error}
      onRetry={() => void refetch()}
      selectable={false}
      toolbar={false}
      height={12}
      defaultSort={[{ id: 'when', desc: true }]}
      onOpen={run => go(`/billing/close?run=${run.id}`)}
      empty={<EmptyState title={t('billing.close.runs.none')} />}
    />
  )
}
