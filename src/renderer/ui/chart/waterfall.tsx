import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './chart.module.css'
import { TableSwitch } from './chart.tsx'
import type { ChartLook } from './chart-option.ts'
import { useChart } from './use-chart.ts'
import { type WaterfallStep, waterfallOption } from './waterfall-option.ts'

/** How one figure becomes another, step by step, with a table behind it. Takes the size of its container. */
export function Waterfall(props: {
  readonly label: string
  readonly steps: readonly WaterfallStep[]
  readonly unit: string
  /** The same figures, exact. */
  readonly table: ReactNode
}) {
  const { steps, unit } = props
  const { t } = useTranslation()
  const format = useFormat()
  const canvas = useRef<HTMLDivElement>(null)
  const figure = useRef<HTMLElement>(null)
  const [asTable, setAsTable] = useState(false)
  const [point, setPoint] = useState<number | null>(null)
  const build = useCallback((look: ChartLook) => waterfallOption({ steps, unit }, look), [steps, unit])
  const { pointAt } = useChart(canvas, !asTable, build, undefined)
  const words = useMemo(
    () =>
      steps.map(
        ({ kind, label, value }) =>
          `${label} ${kind === 'difference' && value > 0 ? '+' : ''}${format.number(value, 2)} ${unit}`,
      ),
    [steps, unit, format],
  )
  const summary = `${t('ui.chart.type.waterfall')}: ${words.join(', ')}`
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
    const to = Math.max(0, Math.min(steps.length - 1, (point ?? -1) + (event.key === 'ArrowRight' ? 1 : -1)))
    setPoint(to)
    pointAt(to)
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <figure
      ref={figure}
      className={classes.chart}
      tabIndex={-1}
      aria-label={props.label}
      onKeyDown={event => {
        if (event.key !== 't' || event.altKey || event.ctrlKey || event.metaKey) return
        setAsTable(!asTable)
        figure.current?.focus()
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <div className={classes.head}>
        <span className={classes.legend}>{props.label}</span>
        <TableSwitch asTable={asTable} onChange={setAsTable} />
      </div>
      {asTable ? (
        <div className={classes.tableBox}>{props.table}</div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk over the steps of the drawing
        <div className={classes.canvas} role="img" aria-label={summary} tabIndex={0} onKeyDown={onKeyDown}>
          <div ref={canvas} />
        </div>
      )}
      <div className="qd-visually-hidden" aria-live="polite">
        {point === null || asTable ? '' : words[point]}
      </div>
    </figure>
  )
}
