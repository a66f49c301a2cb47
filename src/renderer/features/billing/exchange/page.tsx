import { IconCloudDownload, IconFileImport, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { instantColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { ExchangeRate } from '#shared/contract/billing/exchange.ts'
import { contract } from '#shared/contract/index.ts'
import { BankRates } from './bank-rates.tsx'
import { RateDialog } from './rate-dialog.tsx'
import { RatesImport } from './rates-import.tsx'

const { exchange: leaf } = contract.billing

/** What currencies were worth, day by day, and who says so. */
export function ExchangeRatesPage() {
  const { t } = useTranslation()
  const may = useMay()
  const format = useFormat()
  const query = useCoreQuery(leaf.list, {})
  const toasts = useToasts()
  const ready = useCoreQuery(leaf.fetches, {}).data?.service === 'ready'
  const { run: fetchRates } = useCommand(leaf.fetch)
  const [asked, setAsked] = useState<'add' | 'import' | ExchangeRate | null>(null)
  const actions = useMemo(
    () => ({
      add: defineAction(leaf.set, {
        label: () => t('billing.exchange.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.set),
        run: () => setAsked('add'),
      }),
      fetch: defineAction(leaf.fetch, {
        label: () => t('billing.exchange.fetch'),
        key: 'f',
        icon: IconCloudDownload,
        when: () => ready && may(leaf.fetch),
        run: async () => {
          await fetchRates({})
          toasts.show({ text: t('billing.exchange.fetchAsked') })
        },
      }),
      bring: defineAction(leaf.add, {
        label: () => t('billing.exchange.import'),
        key: 'i',
        icon: IconFileImport,
        when: () => may(leaf.add),
        run: () => setAsked('import'),
      }),
    }),
    [t, may, ready, fetchRates, toasts],
  )
  useActions([
    bindAction(actions.fetch, undefined),
    bindAction(actions.bring, undefined),
    bindAction(actions.add, undefined),
  ])
  const columns = useMemo(
    () => [
      textColumn<ExchangeRate>({
        ...{ id: 'day', header: t('billing.exchange.day'), width: 130, pin: 'start' },
        value: one => one.day,
        render: one => format.day(one.day),
      }),
      textColumn<ExchangeRate>({
        ...{ id: 'base', header: t('billing.exchange.base'), width: 90 },
        value: one => one.base,
      }),
      textColumn<ExchangeRate>({
        ...{ id: 'quote', header: t('billing.exchange.quote'), width: 110 },
        value: one => one.quote,
      }),
      textColumn<ExchangeRate>({
        ...{ id: 'rate', header: t('billing.exchange.rate'), width: 140 },
        value: one => one.rate,
        render: one => format.decimal(one.rate),
      }),
      textColumn<ExchangeRate>({
        ...{ id: 'source', header: t('billing.exchange.source'), width: 420 },
        value: one => one.source,
      }),
      instantColumn<ExchangeRate>({
        ...{ id: 'addedAt', header: t('billing.exchange.addedAt'), width: 150, detail: 'minute' },
        value: one => one.addedAt,
      }),
    ],
    [t, format],
  )
  const rates = query.data?.rates
  const buttons = (
    <>
      <ActionButton action={actions.fetch} context={undefined} />
      <ActionButton action={actions.bring} context={undefined} />
      <ActionButton action={actions.add} context={undefined} primary />
    </>
  )
  return (
    <Page
      title={t('billing.exchange.title')}
      subtitle={rates ? t('billing.exchange.count', { count: rates.length }) : undefined}
      actions={buttons}
      answer={<BankRates />}
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !rates ? (
        <LoadingState />
      ) : rates.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.exchange.none')}
          text={t('billing.exchange.noneText')}
          actions={buttons}
        />
      ) : (
        <DataGrid
          id="billing.exchange"
          label={t('billing.exchange.title')}
          columns={columns}
          rows={rates}
          rowKey={one => `${one.day}/${one.base}/${one.quote}`}
          selectable={false}
          onOpen={one => may(leaf.set) && setAsked(one)}
        />
      )}
      {asked === 'import' ? (
        <RatesImport onClose={() => setAsked(null)} />
      ) : asked === null ? null : (
        <RateDialog rate={asked === 'add' ? null : asked} onClose={() => setAsked(null)} />
      )}
    </Page>
  )
}
