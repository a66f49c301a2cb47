import { IconCashBanknote } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { instantColumn, moneyColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const leaf = contract.billing.payment.open
type Row = OutputOf<typeof leaf>['invoices'][number]
/** More than so many open invoices are looked through by customer. */
const MOST = 20_000

/** Invoices that still ask for something, longest due first. */
export function OpenInvoices({ onRecord }: { readonly onRecord: (customerId: string) => void }) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const query = useCoreQuery(leaf, { limit: MOST })
  const columns = useMemo(
    () => [
      textColumn<Row>({
        ...{ id: 'number', header: t('billing.payments.invoice'), width: 150, pin: 'start' as const },
        value: row => row.number,
      }),
      textColumn<Row>({
        ...{ id: 'customer', header: t('billing.payments.customer'), width: 240 },
        value: row => row.customer,
      }),
      numberColumn<Row>({
        ...{ id: 'overdueDays', header: t('billing.payments.overdueDays'), width: 110 },
        value: row => Math.max(0, row.overdueDays),
      }),
      instantColumn<Row>({
        ...{ id: 'dueAt', header: t('billing.payments.dueAt'), width: 120, detail: 'day' as const },
        value: row => row.dueAt,
      }),
      moneyColumn<Row>({
        ...{ id: 'open', header: t('billing.payments.open'), alignPlaces: 3 },
        value: row => row.open,
        currency: row => row.currency,
      }),
      moneyColumn<Row>({
        ...{ id: 'total', header: t('billing.payments.total'), alignPlaces: 3 },
        value: row => row.total,
        currency: row => row.currency,
      }),
      instantColumn<Row>({
        ...{ id: 'issuedAt', header: t('billing.payments.issuedAt'), width: 120, detail: 'day' as const },
        value: row => row.issuedAt,
      }),
    ],
    [t],
  )
  const record = useMemo(
    () =>
      defineAction<Row>('ui.billing.payment.recordFor', {
        label: () => t('billing.payments.recordFor'),
        key: 'p',
        icon: IconCashBanknote,
        when: () => may(contract.billing.payment.record),
        run: row => onRecord(row.customerId),
      }),
    [t, may, onRecord],
  )
  const rowActions = useCallback((row: Row) => [bindAction(record, row)], [record])
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={12} />
  if (query.data.count === 0)
    return (
      <EmptyState title={t('billing.payments.nothingOpen')} text={t('billing.payments.nothingOpenText')} />
    )
  return (
    <DataGrid
      id="billing.payments.open"
      label={t('billing.payments.part.open')}
      columns={columns}
      rows={query.data.invoices}
      rowKey={row => row.invoiceId}
      selectable={false}
      rowActions={rowActions}
      onOpen={row => go(`/billing/invoices?invoice=${row.invoiceId}`)}
    />
  )
}
