import { SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import type { ChartSeries } from '#renderer/ui/chart/chart-data.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { ChurnMonth } from '#shared/contract/billing/churn.ts'
import { findCurrency } from '#shared/currencies.ts'
import classes from './chart.module.css'

const DRAWN = ['end', 'moves'] as const
const MOVES = ['new', 'reactivation', 'expansion', 'contraction', 'churn'] as const
/** What is lost is drawn below zero. */
const LOST: ReadonlySet<string> = new Set(['contraction', 'churn'])

/** What recurs at the end of each month, or what moved in it. Each month opens to who moved. */
export function MonthsChart(props: {
  readonly months: readonly ChurnMonth[]
  readonly currency: string
  readonly drawn: string | null
  readonly onDrawn: (drawn: string) => void
  readonly onWhy: (month: string) => void
}) {
  const { months, currency, onDrawn, onWhy } = props
  const { t } = useTranslation()
  const format = useFormat()
  const drawn = DRAWN.find(one => one === props.drawn) ?? 'end'
  const unit = 10 ** (findCurrency(currency)?.minorDigits ?? 2)
  const exact = useMemo(() => {
    const of = (id: (typeof MOVES)[number] | 'end') => (month: ChurnMonth) =>
      LOST.has(id) ? -month[id] : month[id]
    return new Map((drawn === 'end' ? (['end'] as const) : MOVES).map(id => [id as string, of(id)]))
  }, [drawn])
  const series = useMemo<ChartSeries[]>(
    () =>
      [...exact].map(([id, value]) => ({
        id,
        label: t(`billing.churn.${id as 'end'}`),
        // A drawing; the table behind it has the amounts exactly.
        values: months.map(month => Number(value(month)) / unit),
      })),
    [exact, months, unit, t],
  )
  return (
    <div className={classes.chart}>
      <Chart
        label={drawn === 'end' ? t('billing.churn.chart') : t('billing.churn.chartMoves')}
        type={drawn === 'end' ? 'bar' : 'stacked-bar'}
        unit={currency}
        categoryLabel={t('billing.churn.month')}
        categories={months.map(({ month }) => format.month(month))}
        series={series}
        exact={({ id }, index) => format.money(exact.get(id)!(months[index]!), currency).figure}
        onSelect={({ index }) => onWhy(months[index]!.month)}
        aside={
          <SegmentedControl
            size="xs"
            aria-label={t('billing.churn.drawn')}
            value={drawn}
            onChange={onDrawn}
            data={DRAWN.map(value => ({ value, label: t(`billing.churn.drawnOf.${value}`) }))}
          />
        }
      />
    </div>
  )
}
