import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './chart.module.css'
import type { ChartSeries } from './chart-data.ts'

export interface ChartTableProps {
  readonly label: string
  readonly unit: string
  readonly categoryLabel: string
  readonly categories: readonly string[]
  readonly series: readonly ChartSeries[]
  readonly exact?: ((series: ChartSeries, index: number) => string) | undefined
}

/** The figures of a chart as a table. */
export function ChartTable({ label, unit, categoryLabel, categories, series, exact }: ChartTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scrolling box around a table
    <div className={classes.tableBox} role="region" aria-label={label} tabIndex={0}>
      <table className={classes.table}>
        <caption className="qd-visually-hidden">{`${label}, ${unit}`}</caption>
        <thead>
          <tr>
            <th scope="col">{categoryLabel}</th>
            {series.map(one => (
              <th key={one.id} scope="col">{`${one.label} (${unit})`}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {categories.map((category, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names of categories may repeat, their places do not
            <tr key={index}>
              <th scope="row">{category}</th>
              {series.map(one => (
                <td key={one.id}>
                  {one.values[index] == null
                    ? '–'
                    : (exact?.(one, index) ?? format.number(one.values[index], 2))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {categories.length === 0 ? <p>{t('ui.chart.empty')}</p> : null}
    </div>
  )
}
