import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { type ChartSeries, SERIES_COLOURS, type TreeNode } from '#renderer/ui/chart/chart-data.ts'
import { Treemap } from '#renderer/ui/chart/treemap.tsx'
import { decimalText, groupDecimal } from '#renderer/ui/format/decimal.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { ExploreRow } from '#shared/contract/finops-costs.ts'
import type { ExplorerState } from './address.ts'
import {
  type Denomination,
  denominationText,
  drawnSeries,
  type Explored,
  sameDenomination,
  toNumber,
} from './series.ts'
import { bucketNames, type ExplorerWords } from './words.ts'

interface CostChartProps {
  readonly result: Explored
  readonly state: ExplorerState
  readonly denomination: Denomination
  readonly words: ExplorerWords
  /** A bar, a point or a rectangle was chosen. */
  readonly onSelect: (choice: { keys: ExploreRow['keys']; bucket: number | null }) => void
}

/** The chart of the explorer: one denomination, the largest groups by themselves and the rest as one. */
export function CostChart({ result, state, denomination, words, onSelect }: CostChartProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const unit = denominationText(denomination)
  const label = `${t(`finops.measure.${state.measure}`)}${state.by.length > 0 ? ` – ${state.by.map(words.dimension).join(', ')}` : ''}`
  const drawn = useMemo(() => drawnSeries(result, denomination, SERIES_COLOURS - 1), [result, denomination])
  const series = useMemo<ChartSeries[]>(() => {
    const own: ChartSeries[] = drawn.map(one => ({
      id: one.keys === null ? 'rest' : JSON.stringify(one.keys),
      label: words.row(one.keys, one.merged),
      values: one.values,
      role: one.keys === null ? ('other' as const) : undefined,
    }))
    const total = result.totals.find(row => sameDenomination(row, denomination))
    // Buckets of the previous period can be one more or fewer; the line stands below the same places.
    if (state.chart === 'lines' && total?.previous) {
      const values = total.amounts.map((_, index) => {
        const amount = total.previous?.[index]
        return amount === undefined ? null : toNumber(amount, total.scale)
      })
      own.push({ id: 'previous', label: t('finops.explorer.previous'), values, role: 'previous' })
    }
    return own
  }, [drawn, result, denomination, words, state.chart, t])

  const exactOf = (row: ExploreRow | undefined, amount: bigint | undefined) =>
    row && amount !== undefined ? groupDecimal(decimalText(amount, row.scale), format.numberStyle) : null
  const rowOf = (id: string) =>
    result.rows.find(row => sameDenomination(row, denomination) && JSON.stringify(row.keys) === id)
  const keysOf = (id: string): ExploreRow['keys'] => rowOf(id)?.keys ?? null

  if (state.chart === 'treemap') {
    return (
      <Treemap
        label={label}
        unit={unit}
        categoryLabel={state.by[0] ? words.dimension(state.by[0]) : t('finops.explorer.total')}
        nodes={treeOf(result, denomination, words)}
        onSelect={id => onSelect({ keys: JSON.parse(id), bucket: null })}
      />
    )
  }
  const oneBucket = state.grain === 'none'
  return (
    <Chart
      label={label}
      type={state.chart === 'lines' && !oneBucket ? 'line' : 'stacked-bar'}
      unit={unit}
      categories={oneBucket ? [t('finops.explorer.total')] : bucketNames(words, result, state.grain)}
      categoryLabel={t('finops.explorer.grain')}
      series={series}
      exact={(one, index) =>
        exactOf(rowOf(one.id), rowOf(one.id)?.amounts[index]) ?? format.number(one.values[index] ?? 0, 2)
      }
      onSelect={({ index, seriesId }) =>
        onSelect({ keys: seriesId === null ? null : keysOf(seriesId), bucket: oneBucket ? null : index })
      }
    />
  )
}

/** Groups as areas; with two dimensions the second within the first. Only what costs something has an area. */
function treeOf(result: Explored, denomination: Denomination, words: ExplorerWords): TreeNode[] {
  const rows = result.rows.filter(row => sameDenomination(row, denomination) && row.total > 0n)
  const nodes = new Map<string, TreeNode & { children: TreeNode[] }>()
  for (const row of rows) {
    const first = row.keys?.slice(0, 1) ?? null
    const id = JSON.stringify(first)
    const node = nodes.get(id) ?? { id, label: words.row(first, row.merged), value: 0, children: [] }
    const value = toNumber(row.total, row.scale)
    if (row.keys && row.keys.length > 1) {
      node.children.push({ id: JSON.stringify(row.keys), label: words.value(row.keys[1] ?? null), value })
    }
    nodes.set(id, { ...node, value: node.value + value })
  }
  return [...nodes.values()].map(({ children, ...node }) =>
    children.length > 0 ? { ...node, children } : node,
  )
}
