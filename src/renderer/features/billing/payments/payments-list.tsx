import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { instantColumn, moneyColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import type { PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { usePaymentStates } from './states.ts'

const leaf = contract.billing.payment.list
type Row = OutputOf<typeof leaf>['payments'][number]

/** Payments, the newest first, beside the one that is looked at. */
export function PaymentsList({ pane, shown }: { readonly pane: ReactNode; readonly shown: string | null }) {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const states = usePaymentStates()
  const search = useListSearch(null)
  const { asked } = search
  const counted = useCoreQuery(leaf, { filter: { search: asked }, limit: 1 })
  const source = useMemo<PagedSource<Row>>(
    () => ({
      queryKey: ['billing.payment.list', { search: asked }],
      async fetchPage({ offset, limit, signal }) {
        const page = await ask(core, leaf, { filter: { search: asked }, offset, limit }, signal)
        return { rows: page.payments, total: page.count }
      },
    }),
    [core, asked],
  )
  const columns = useMemo(() => {
    const plain = { filter: undefined, sortable: false } as const
    return [
      instantColumn<Row>({
        ...{ id: 'receivedAt', header: t('billing.payments.receivedAt'), width: 120, detail: 'day' as const },
        ...{ ...plain, pin: 'start' as const },
        value: row => row.receivedAt,
      }),
      textColumn<Row>({
        ...{ id: 'customer', header: t('billing.payments.customer'), width: 220, ...plain },
        value: row => row.customer,
      }),
      moneyColumn<Row>({
        ...{ id: 'amount', header: t('billing.payments.amount'), alignPlaces: 3, ...plain },
        value: row => row.amount,
        currency: row => row.currency,
      }),
      moneyColumn<Row>({
        ...{ id: 'left', header: t('billing.payments.left'), alignPlaces: 3, ...plain },
        value: row => (row.left === 0n ? null : row.left),
        currency: row => row.currency,
      }),
      statusColumn<Row>({
        ...{ id: 'state', header: t('billing.payments.stateName'), states, ...plain },
        value: row => row.state,
      }),
      textColumn<Row>({
        ...{ id: 'method', header: t('billing.payments.method'), width: 130, ...plain },
        value: row => t(`billing.payments.methods.${row.method}`),
      }),
      textColumn<Row>({
        ...{ id: 'reference', header: t('billing.payments.reference'), width: 260, ...plain },
        value: row => row.reference,
      }),
    ]
  }, [t, states])
  if (counted.data?.count === 0 && asked === '')
    return <EmptyState title={t('billing.payments.none')} text={t('billing.payments.noneText')} />
  return (
    <Split pane={pane}>
      <DataGrid
        id="billing.payments"
        label={t('billing.payments.part.payments')}
        columns={columns}
        source={source}
        rowKey={row => row.id}
        search={search}
        selectable={false}
        onEscape={() => shown !== null && go('/billing/payments?view=payments')}
        onOpen={row => go(`/billing/payments?payment=${row.id}`)}
      />
    </Split>
  )
}
