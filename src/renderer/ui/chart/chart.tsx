import { ActionIcon } from '@mantine/core'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './chart.module.css'
import { type ChartSeries, type ChartType, seriesColour, sumOf } from './chart-data.ts'
import { type ChartLook, cartesianOption, pointText } from './chart-option.ts'
import { ChartTable } from './chart-table.tsx'
import { useChart } from './use-chart.ts'

export interface ChartProps {
  /** What it shows, such as `Effective cost by service`. */
  readonly label: string
  readonly type: ChartType
  /** Names of the places on the x axis, already in the person's words. */
  readonly categories: readonly string[]
  /** In the order of the legend. Make at most eight and an «Other» with `withOther`. */
  readonly series: readonly ChartSeries[]
  /** Of every figure, such as `USD`. */
  readonly unit: string
  /** The head of the first column of the table behind the chart, such as `Month`. */
  readonly categoryLabel: string
  /** The exact figure for the table, where a double is not it. */
  readonly exact?: ((series: ChartSeries, index: number) => string) | undefined
  /** A bar or a point was chosen; without a series by keyboard. */
  readonly onSelect?:
    | ((point: { readonly index: number; readonly seriesId: string | null }) => void)
    | undefined
  /** Beside the legend. */
  readonly aside?: ReactNode
}

/** Lines, areas or bars, with the table behind them. Takes the size of its container. */
export function Chart(props: ChartProps) {
  const { type, categories, series, unit, onSelect } = props
  const { t } = useTranslation()
  const format = useFormat()
  const canvas = useRef<HTMLDivElement>(null)
  const figure = useRef<HTMLElement>(null)
  const [asTable, setAsTable] = useState(false)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [point, setPoint] = useState<number | null>(null)
  const totalWord = t('ui.chart.total')
  const input = useMemo(
    () => ({ type, categories, series, hidden, unit, totalWord }),
    [type, categories, series, hidden, unit, totalWord],
  )
  const build = useCallback((look: ChartLook) => cartesianOption(input, look), [input])
  const { pointAt } = useChart(canvas, !asTable, build, chosen =>
    onSelect?.({ index: chosen.index, seriesId: chosen.seriesId }),
  )
  const largest = useMemo(
    () =>
      series.reduce<ChartSeries | null>(
        (best, one) => (best && sumOf(best) >= sumOf(one) ? best : one),
        null,
      ),
    [series],
  )
  const summary = t('ui.chart.summary', {
    type: t(`ui.chart.type.${type}`),
    measure: props.label,
    unit,
    count: categories.length,
    series: series.length,
    largest: largest ? `${largest.label}, ${format.number(sumOf(largest), 0)} ${unit}` : '–',
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const last = categories.length - 1
    const from = point ?? (event.key === 'ArrowLeft' ? last + 1 : -1)
    const to =
      event.key === 'ArrowRight'
        ? Math.min(last, from + 1)
        : event.key === 'ArrowLeft'
          ? Math.max(0, from - 1)
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : null
    if (to !== null && last >= 0) {
      setPoint(to)
      pointAt(to)
    } else if (event.key === 'Enter' && point !== null && onSelect) onSelect({ index: point, seriesId: null })
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const toggle = (id: string) =>
    setHidden(before => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  return (
    <figure
      ref={figure}
      className={classes.chart}
      tabIndex={-1}
      aria-label={props.label}
      onKeyDown={event => {
        if (event.key !== 't' || event.altKey || event.ctrlKey || event.metaKey) return
        setAsTable(!asTable)
        // What had the focus is about to go.
        figure.current?.focus()
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <div className={classes.head}>
        <ul className={classes.legend}>
          {series.map((one, index) => (
            <li key={one.id}>
              <button
                type="button"
                aria-pressed={!hidden.has(one.id)}
                title={one.label}
                onClick={() => toggle(one.id)}
              >
                <span
                  className={classes.swatch}
                  style={{ background: `var(${seriesColour(index, one.role)})` }}
                  aria-hidden="true"
                />
                <span>{one.label}</span>
              </button>
            </li>
          ))}
        </ul>
        {props.aside}
        <TableSwitch asTable={asTable} onChange={setAsTable} />
      </div>
      {asTable ? (
        <ChartTable
          label={props.label}
          unit={unit}
          categoryLabel={props.categoryLabel}
          categories={categories}
          series={series}
          exact={props.exact}
        />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk over the points of the drawing
        <div className={classes.canvas} role="img" aria-label={summary} tabIndex={0} onKeyDown={onKeyDown}>
          <div ref={canvas} />
        </div>
      )}
      <div className="qd-visually-hidden" aria-live="polite">
        {point === null || asTable
          ? ''
          : pointText(input, point, value => format.number(value, 2)).replaceAll('\n', ', ')}
      </div>
    </figure>
  )
}

/** Changes between a drawing and its table. Its key is `t` while the focus is in the chart. */
export function TableSwitch({
  asTable,
  onChange,
}: {
  readonly asTable: boolean
  readonly onChange: (asTable: boolean) => void
}) {
  const { t } = useTranslation()
  const label = asTable ? t('ui.chart.showChart') : t('ui.chart.showTable')
  return (
    <ActionIcon
      aria-label={label}
      title={`${label} (T)`}
      aria-keyshortcuts="T"
      aria-pressed={asTable}
      onClick={() => onChange(!asTable)}
    >
      {asTable ? <IconChartBar size={16} /> : <IconTable size={16} />}
    </ActionIcon>
  )
}
