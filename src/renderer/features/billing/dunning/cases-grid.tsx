import { IconFileInvoice, IconPlayerPause } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import {
  instantColumn,
  moneyColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { DunningCase } from '#shared/contract/billing/dunning.ts'
import { contract } from '#shared/contract/index.ts'
import { CasePane } from './case-pane.tsx'
import { PauseDialog } from './pause-dialog.tsx'
import { holdWords, OVERDUE_TONES, RETRY_TONES, statesOf, stepWords } from './words.ts'

const { dunning } = contract.billing
const CSV = ['csv'] as const
const EXPORT = saveCsv<DunningCase>('dunning')

/** Overdue invoices and failed payments: how far each is, and what comes when. */
export function CasesGrid({
  invoiceId,
  set,
}: {
  readonly invoiceId: string | null
  readonly set: (changes: Readonly<Record<string, string | null>>) => void
}) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const search = useListSearch('invoice')
  const { data, error, refetch } = useCoreQuery(dunning.list, { limit: 20_000 })
  const [paused, setPaused] = useState<DunningCase | null>(null)
  const columns = useCaseColumns()
  const actions = useMemo(
    () => [
      defineAction<DunningCase>(dunning.pause, {
        label: () => t('billing.dunning.pause'),
        key: 'p',
        icon: IconPlayerPause,
        when: () => may(dunning.pause),
        run: setPaused,
      }),
      defineAction<DunningCase>('ui.billing.dunning.invoice', {
        label: () => t('billing.dunning.openInvoice'),
        key: 'i',
        icon: IconFileInvoice,
        run: row => go(`/billing/invoices?invoice=${row.invoiceId}`),
      }),
    ],
    [t, may, go],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (data.count === 0)
    return <EmptyState centred title={t('billing.dunning.none')} text={t('billing.dunning.noneText')} />
  return (
    <Split
      pane={
        invoiceId ? (
          <CasePane key={invoiceId} invoiceId={invoiceId} onClose={() => set({ invoice: null })} />
        ) : null
      }
    >
      <DataGrid
        id="billing.dunning"
        label={t('billing.dunning.part.cases')}
        columns={columns}
        rows={data.cases}
        rowKey={row => row.invoiceId}
        search={search}
        selectable={false}
        exportFormats={CSV}
        onExport={EXPORT}
        rowActions={row => actions.map(action => bindAction(action, row))}
        onOpen={row => set({ invoice: row.invoiceId })}
        onEscape={() => invoiceId !== null && set({ invoice: null })}
      />
      {paused ? (
        <PauseDialog customerId={paused.customerId} invoice={paused} onClose={() => setPaused(null)} />
      ) : null}
    </Split>
  )
}

function useCaseColumns() {
  const { t } = useTranslation()
  return useMemo(
    () => [
      textColumn<DunningCase>({
        ...{ id: 'customer', header: t('billing.dunning.customer'), width: 200, pin: 'start' as const },
        value: row => row.customer,
      }),
      textColumn<DunningCase>({
        ...{ id: 'number', header: t('billing.dunning.invoice'), width: 140 },
        value: row => row.number,
      }),
      moneyColumn<DunningCase>({
        ...{ id: 'open', header: t('billing.dunning.open'), alignPlaces: 3, width: 140 },
        value: row => row.open,
        currency: row => row.currency,
      }),
      numberColumn<DunningCase>({
        ...{ id: 'overdueDays', header: t('billing.dunning.overdueDays'), width: 100 },
        value: row => Math.max(0, row.overdueDays),
      }),
      statusColumn<DunningCase>({
        ...{ id: 'state', header: t('billing.dunning.stateName'), width: 140 },
        value: row => row.state,
        states: statesOf(OVERDUE_TONES, state => t(`billing.dunning.state.${state}`)),
      }),
      instantColumn<DunningCase>({
        ...{ id: 'nextAt', header: t('billing.dunning.nextAt'), width: 150 },
        value: row => row.next?.at,
      }),
      textColumn<DunningCase>({
        ...{ id: 'next', header: t('billing.dunning.next'), width: 240 },
        value: row => (row.next ? stepWords(t, row.next) : holdWords(t, row.hold)),
      }),
      statusColumn<DunningCase>({
        ...{ id: 'retries', header: t('billing.dunning.retriesName'), width: 150 },
        value: row => row.retries,
        states: statesOf(RETRY_TONES, state => t(`billing.dunning.retries.${state}`)),
      }),
      textColumn<DunningCase>({
        ...{ id: 'hold', header: t('billing.dunning.holdName'), width: 150 },
        value: row => holdWords(t, row.hold),
      }),
      textColumn<DunningCase>({
        ...{ id: 'campaign', header: t('billing.dunning.campaign'), width: 140 },
        value: row => row.campaign?.name,
      }),
      numberColumn<DunningCase>({
        ...{ id: 'steps', header: t('billing.dunning.steps'), width: 90 },
        value: row => row.steps,
      }),
      instantColumn<DunningCase>({
        ...{ id: 'lastAt', header: t('billing.dunning.lastAt'), width: 150 },
        value: row => row.lastAt,
      }),
    ],
    [t],
  )
}
