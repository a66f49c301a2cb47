import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { TaxRule, tax } from '#shared/contract/billing/tax.ts'
import { placeText, rateText } from './basis.tsx'

/** All rules, by place and category, the newest first of each. */
export function RulesList({
  query,
  rowActions,
  onOpen,
  actions,
}: {
  readonly query: {
    readonly data: OutputOf<typeof tax.rules> | undefined
    readonly error: unknown
    refetch(): unknown
  }
  readonly rowActions: (rule: TaxRule) => readonly (BoundAction | null)[]
  readonly onOpen: (rule: TaxRule) => void
  /** What a page without rules offers. */
  readonly actions: ReactNode
}) {
  const { t } = useTranslation()
  const search = useListSearch('tax-rule')
  const columns = useColumns()
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  if (query.data.rules.length === 0)
    return (
      <EmptyState centred title={t('billing.tax.none')} text={t('billing.tax.noneText')} actions={actions} />
    )
  return (
    <DataGrid
      id="billing.tax.rules"
      label={t('billing.tax.tabs.rules')}
      columns={columns}
      rows={query.data.rules}
      rowKey={rule => rule.id}
      search={search}
      selectable={false}
      onOpen={onOpen}
      rowActions={rowActions}
    />
  )
}

function useColumns() {
  const { t } = useTranslation()
  const format = useFormat()
  const today = dayOf(useNow(), format.zone)
  return useMemo(
    () => [
      textColumn<TaxRule>({
        ...{ id: 'place', header: t('billing.tax.country'), width: 100, pin: 'start' },
        value: placeText,
      }),
      textColumn<TaxRule>({
        ...{ id: 'name', header: t('billing.tax.name'), width: 200 },
        value: rule => rule.name,
      }),
      textColumn<TaxRule>({
        ...{ id: 'category', header: t('billing.tax.category'), width: 130 },
        value: rule => rule.category,
      }),
      textColumn<TaxRule>({
        ...{ id: 'kind', header: t('billing.tax.kind'), width: 150 },
        value: rule => t(`billing.tax.kinds.${rule.kind}`),
      }),
      textColumn<TaxRule>({
        ...{ id: 'rate', header: t('billing.tax.rate'), width: 90 },
        value: rule => rateText(rule.rate, format.decimal),
      }),
      textColumn<TaxRule>({
        ...{ id: 'inclusive', header: t('billing.tax.prices'), width: 110 },
        value: rule => t(rule.inclusive ? 'billing.tax.inclusiveShort' : 'billing.tax.exclusiveShort'),
      }),
      textColumn<TaxRule>({
        ...{ id: 'validFrom', header: t('billing.tax.validFrom'), width: 120 },
        value: rule => format.day(rule.validFrom),
      }),
      statusColumn<TaxRule>({
        ...{ id: 'state', header: t('billing.tax.state'), width: 110 },
        value: rule => (rule.replaced ? 'replaced' : rule.validFrom > today ? 'later' : 'now'),
        states: {
          now: { label: t('billing.tax.states.now'), tone: 'ok' },
          later: { label: t('billing.tax.states.later'), tone: 'info' },
          replaced: { label: t('billing.tax.states.replaced'), tone: 'neutral' },
        },
      }),
      textColumn<TaxRule>({
        ...{ id: 'source', header: t('billing.tax.source'), width: 320 },
        value: rule => rule.source,
      }),
    ],
    [t, format, today],
  )
}
