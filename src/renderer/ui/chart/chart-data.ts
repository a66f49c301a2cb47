/** One series of figures over the categories of a chart. A missing figure is null, never zero. */
export interface ChartSeries {
  readonly id: string
  readonly label: string
  readonly values: readonly (number | null)[]
  /** `other` is grey and drawn last; `previous` is a dashed line for comparison. */
  readonly role?: 'other' | 'previous' | undefined
}

export type ChartType = 'line' | 'area' | 'bar' | 'stacked-bar'

/** How many colours there are that can be told apart. What is more goes into «Other». */
export const SERIES_COLOURS = 8

/** The largest series, and all others as one. Keeps the order by size; `max` counts the one for the others. */
export function withOther(
  series: readonly ChartSeries[],
  max: number,
  otherLabel: string,
): readonly ChartSeries[] {
  const bySize = [...series].sort((a, b) => size(b) - size(a))
  if (bySize.length <= max) return bySize
  const rest = bySize.slice(max - 1)
  const length = Math.max(...rest.map(one => one.values.length))
  const values = Array.from({ length }, (_, i) => {
    const known = rest.map(one => one.values[i] ?? null).filter(value => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
  })
  return [...bySize.slice(0, max - 1), { id: 'other', label: otherLabel, values, role: 'other' }]
}

function size(series: ChartSeries): number {
  return series.values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0)
}

/** The sum of a series; figures that are missing count as nothing. */
export function sumOf(series: ChartSeries): number {
  return series.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

/** The variable of theme.css that holds the colour of the n-th series. */
export function seriesColour(index: number, role: ChartSeries['role']): string {
  return role === 'other' ? '--qd-series-other' : `--qd-series-${(index % SERIES_COLOURS) + 1}`
}

/** One rectangle of a treemap. */
export interface TreeNode {
  readonly id: string
  readonly label: string
  readonly value: number
  readonly children?: readonly TreeNode[] | undefined
}
