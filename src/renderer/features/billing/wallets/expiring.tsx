import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import {
  type GridColumn,
  instantColumn,
  moneyColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const { wallet: leaf } = contract.billing
/** How far it is looked ahead, and back. */
const DAYS = 30

type Row = NonNullable<ReturnType<typeof useCoreQuery<typeof leaf.expiring>>['data']>['grants'][number]

/** Grants that expire soon, and those that did with something left: what is about to be lost, and what was. */
export function Expiring() {
  const { t } = useTranslation()
  const go = useGo()
  const query = useCoreQuery(leaf.expiring, { days: DAYS })
  const columns: readonly GridColumn<Row>[] = [
    textColumn<Row>({
      ...{ id: 'customer', header: t('billing.wallets.customer'), width: 220, pin: 'start' },
      value: row => row.customer,
    }),
    textColumn<Row>({
      ...{ id: 'wallet', header: t('billing.wallets.name'), width: 170 },
      value: row => row.wallet,
    }),
    moneyColumn<Row>({
      ...{ id: 'amount', header: t('billing.wallets.soonAmount'), currency: row => row.currency },
      alignPlaces: 3,
      value: row => row.amount,
    }),
    instantColumn<Row>({
      ...{ id: 'expiresAt', header: t('billing.wallets.soonWhen'), width: 140, detail: 'day' },
      value: row => row.expiresAt,
    }),
    statusColumn<Row>({
      ...{ id: 'expired', header: t('billing.wallets.soonState'), width: 150 },
      value: row => (row.expired ? 'lost' : 'left'),
      states: {
        left: { label: t('billing.wallets.soonLeft'), tone: 'warning' },
        lost: { label: t('billing.wallets.soonLost'), tone: 'neutral' },
      },
    }),
    textColumn<Row>({
      ...{ id: 'kind', header: t('billing.wallets.kind'), width: 130 },
      value: row => t(`billing.wallets.kinds.${row.kind}`),
    }),
    textColumn<Row>({
      ...{ id: 'note', header: t('billing.wallets.note'), width: 200 },
      value: row => row.note,
    }),
    instantColumn<Row>({
      ...{ id: 'toldAt', header: t('billing.wallets.soonTold'), width: 140, detail: 'day' },
      value: row => row.toldAt,
    }),
  ]
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  if (query.data.grants.length === 0)
    return <EmptyState centred title={t('billing.wallets.soonNone', { count: DAYS })} />
  return (
    <DataGrid
      id="billing.wallets.expiring"
      label={t('billing.wallets.soonTitle', { count: DAYS })}
      columns={columns}
      rows={query.data.grants}
      rowKey={row => row.grantId}
      selectable={false}
      onOpen={row => go(`/billing/wallets?wallet=${row.walletId}`)}
    />
  )
}
