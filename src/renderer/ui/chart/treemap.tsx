import { useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './chart.module.css'
import { TableSwitch } from './chart.tsx'
import type { TreeNode } from './chart-data.ts'
import { type ChartLook, treemapOption } from './chart-option.ts'
import { useChart } from './use-chart.ts'

export interface TreemapProps {
  readonly label: string
  readonly nodes: readonly TreeNode[]
  readonly unit: string
  /** The head of the first column of the table behind it. */
  readonly categoryLabel: string
  readonly exact?: ((node: TreeNode) => string) | undefined
  readonly onSelect?: ((id: string) => void) | undefined
}

/** Shares of a whole as areas, with the table behind them. */
export function Treemap({ label, nodes, unit, categoryLabel, exact, onSelect }: TreemapProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const canvas = useRef<HTMLDivElement>(null)
  const figure = useRef<HTMLElement>(null)
  const [asTable, setAsTable] = useState(false)
  const build = useCallback((look: ChartLook) => treemapOption(nodes, unit, look), [nodes, unit])
  useChart(canvas, !asTable, build, chosen => onSelect?.(chosen.id))
  const total = nodes.reduce((sum, node) => sum + Math.max(0, node.value), 0)
  const largest = nodes.reduce<TreeNode | null>(
    (best, node) => (best && best.value >= node.value ? best : node),
    null,
  )
  const summary = t('ui.chart.summary', {
    type: t('ui.chart.type.treemap'),
    measure: label,
    unit,
    count: nodes.length,
    series: 1,
    largest: largest ? `${largest.label}, ${format.number(largest.value, 0)} ${unit}` : '–',
  })
  const rows = nodes.flatMap(node => [
    { node, depth: 0 },
    ...(node.children ?? []).map(child => ({ node: child, depth: 1 })),
  ])
  return (
    <figure
      ref={figure}
      className={classes.chart}
      tabIndex={-1}
      aria-label={label}
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
        <div className={classes.legend} />
        <TableSwitch asTable={asTable} onChange={setAsTable} />
      </div>
      {asTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        // biome-ignore lint/a11y/useSemanticElements: a scrolling box around a table
        <div className={classes.tableBox} role="region" aria-label={label} tabIndex={0}>
          <table className={classes.table}>
            <caption className="qd-visually-hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">{categoryLabel}</th>
                <th scope="col">{unit}</th>
                <th scope="col">{t('ui.chart.share')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ node, depth }) => (
                <tr key={`${depth}-${node.id}`}>
                  <th scope="row">{depth === 0 ? node.label : `– ${node.label}`}</th>
                  <td>{exact?.(node) ?? format.number(node.value, 2)}</td>
                  <td>{total === 0 ? '–' : format.percent(node.value / total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its key opens the table
        <div className={classes.canvas} role="img" aria-label={summary} tabIndex={0}>
          <div ref={canvas} />
        </div>
      )}
    </figure>
  )
}
