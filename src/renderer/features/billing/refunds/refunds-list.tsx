import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import {
  dayColumn,
  instantColumn,
  moneyColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import type { PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { EmptyState, ErrorState } from '#renderer/ui/page/states.tsx'
import type { Refund } from '#shared/contract/billing/refunds.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../payments/payments.module.css'
import { refundRoute, useRefundStates } from './states.ts'

const leaf = contract.billing.refund.list

/** Refunds, the newest first, beside the one that is looked at. */
export function RefundsList({ pane, shown }: { readonly pane: ReactNode; readonly shown: string | null }) {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const states = useRefundStates()
  const search = useListSearch(null)
  const { asked } = search
  const counted = useCoreQuery(leaf, { filter: { search: asked }, limit: 1 })
  const source = useMemo<PagedSource<Refund>>(
    () => ({
      queryKey: ['billing.refund.list', { search: asked }],
      async fetchPage({ offset, limit, signal }) {
        const page = await ask(core, leaf, { filter: { search: asked }, offset, limit }, signal)
        return { rows: page.refunds, total: page.count }
      },
    }),
    [core, asked],
  )
  const columns = useMemo(() => {
    const plain = { filter: undefined, sortable: false } as const
    return [
      instantColumn<Refund>({
        ...{ id: 'createdAt', header: t('billing.refunds.createdAt'), width: 120, detail: 'day' as const },
        ...{ ...plain, pin: 'start' as const },
        value: row => row.createdAt,
      }),
      textColumn<Refund>({
        ...{ id: 'customer', header: t('billing.refunds.customer'), width: 220, ...plain },
        value: row => row.customer,
      }),
      moneyColumn<Refund>({
        ...{ id: 'amount', header: t('billing.refunds.amount'), alignPlaces: 3, ...plain },
        value: row => row.amount,
        currency: row => row.currency,
      }),
      statusColumn<Refund>({
        ...{ id: 'state', header: t('billing.refunds.stateName'), states, ...plain },
        value: row => row.state,
      }),
      textColumn<Refund>({
        ...{ id: 'source', header: t('billing.refunds.from'), width: 110, ...plain },
        value: row => t(`billing.refunds.source.${row.source}`),
      }),
      textColumn<Refund>({
        ...{ id: 'way', header: t('billing.refunds.way'), width: 220, ...plain },
        value: row => (row.way === 'original' ? t('billing.refunds.ways.original') : row.iban),
      }),
      textColumn<Refund>({
        ...{ id: 'reason', header: t('billing.refunds.reason'), width: 240, ...plain },
        value: row => row.reason,
      }),
      dayColumn<Refund>({
        ...{ id: 'paidOn', header: t('billing.refunds.paidOn'), ...plain },
        value: row => row.paidOn,
      }),
    ]
  }, [t, states])
  if (counted.error) return <ErrorState error={counted.error} onRetry={() => void counted.refetch()} />
  if (counted.data?.count === 0 && asked === '')
    return <EmptyState title={t('billing.refunds.none')} text={t('billing.refunds.noneText')} />
  const waiting = counted.data?.waiting ?? []
  return (
    <>
      {waiting.length > 0 ? (
        <p className={classes.waiting}>
          {t('billing.refunds.toPayOut')}{' '}
          {waiting.map(({ currency, amount }) => (
            <Money key={currency} minor={amount} currency={currency} />
          ))}
        </p>
      ) : null}
      <Split pane={pane}>
        <DataGrid
          id="billing.refunds"
          label={t('billing.refunds.title')}
          columns={columns}
          source={source}
          rowKey={row => row.id}
          search={search}
          selectable={false}
          onEscape={() => shown !== null && go('/billing/payments?view=refunds')}
          onOpen={row => go(refundRoute(row.id))}
        />
      </Split>
    </>
  )
}
