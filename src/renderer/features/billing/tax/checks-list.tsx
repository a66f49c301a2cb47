import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { VatCheck } from '#shared/contract/billing/tax.ts'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { viesReason } from './vat-number.tsx'

/** What a service said of a number, or why it said nothing; what a person wrote down. */
function answerText({ answer, note, way, state }: VatCheck, t: TFunction): string {
  if (way === 'hand') return note
  if (state === 'not-reached') return t(`billing.tax.checks.reasons.${viesReason(note)}`)
  const { name = '', address = '', consultation } = answer
  const number =
    consultation === undefined ? '' : t('billing.tax.checks.consultation', { number: consultation })
  return [name, address, number].filter(text => text !== '').join(' · ')
}

/** What was found out of the VAT numbers of all customers, the newest first. */
export function ChecksList() {
  const { t } = useTranslation()
  const go = useGo()
  const query = useCoreQuery(contract.billing.tax.checks, {})
  const columns = useMemo(
    () => [
      instantColumn<VatCheck>({
        ...{ id: 'at', header: t('billing.tax.checks.at'), width: 160, detail: 'minute' },
        value: row => row.at,
      }),
      textColumn<VatCheck>({
        ...{ id: 'customer', header: t('billing.tax.customer'), width: 220 },
        value: row => row.customer,
      }),
      textColumn<VatCheck>({
        ...{ id: 'number', header: t('billing.tax.vatNumber'), width: 170 },
        value: row => row.number,
      }),
      statusColumn<VatCheck>({
        ...{ id: 'state', header: t('billing.tax.state'), width: 150 },
        value: row => row.state,
        states: {
          valid: { label: t('billing.tax.own.vat.valid'), tone: 'ok' },
          invalid: { label: t('billing.tax.own.vat.invalid'), tone: 'critical' },
          'not-reached': { label: t('billing.tax.own.vat.not-reached'), tone: 'warning' },
        },
      }),
      textColumn<VatCheck>({
        ...{ id: 'way', header: t('billing.tax.checks.way'), width: 100 },
        value: row => t(`billing.tax.checks.ways.${row.way}`),
      }),
      textColumn<VatCheck>({
        ...{ id: 'answer', header: t('billing.tax.checks.answer'), width: 360 },
        value: row => answerText(row, t),
      }),
    ],
    [t],
  )
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  if (query.data.checks.length === 0)
    return <EmptyState centred title={t('billing.tax.checks.none')} text={t('billing.tax.checks.noneText')} />
  return (
    <DataGrid
      id="billing.tax.checks"
      label={t('billing.tax.tabs.checks')}
      columns={columns}
      rows={query.data.checks}
      rowKey={row => row.id}
      selectable={false}
      onOpen={row => go(`${CUSTOMERS_PATH}?customer=${row.customerId}`)}
    />
  )
}
