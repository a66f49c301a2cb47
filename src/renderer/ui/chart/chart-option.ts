import type { BarSeriesOption, LineSeriesOption, TreemapSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { type ChartSeries, type ChartType, seriesColour, type TreeNode } from './chart-data.ts'

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | TreemapSeriesOption | GridComponentOption | TooltipComponentOption
>

/** What a drawing needs of the theme and the person's formats. */
export interface ChartLook {
  /** The value of a variable of theme.css. */
  readonly colour: (variable: string) => string
  readonly short: (value: number) => string
  readonly full: (value: number) => string
  readonly highContrast: boolean
  readonly reducedMotion: boolean
}

/** The face of everything that is written in a drawing. */
export const FONT = { fontFamily: 'Inter Variable, system-ui, sans-serif', fontSize: 11 }

/** Lines that fit into what a person reads at once: the largest ones, then how many more. */
const TOOLTIP_LINES = 12

/** How a tooltip looks. */
export function tooltipLook(look: ChartLook): TooltipComponentOption {
  return {
    // Rich text is drawn on the canvas; HTML would need inline styles, which the policy forbids.
    renderMode: 'richText',
    confine: true,
    backgroundColor: look.colour('--qd-raised'),
    borderColor: look.colour('--qd-line-strong'),
    borderWidth: 1,
    padding: [6, 10],
    transitionDuration: 0,
    textStyle: { ...FONT, fontSize: 12, color: look.colour('--qd-text') },
  }
}

export interface CartesianInput {
  readonly type: ChartType
  readonly categories: readonly string[]
  readonly series: readonly ChartSeries[]
  readonly hidden: ReadonlySet<string>
  readonly unit: string
  readonly totalWord: string
}

/** The text of the tooltip at one category: its name, the figures by size, their sum. */
export function pointText(input: CartesianInput, index: number, full: (value: number) => string): string {
  const lines = input.series
    .filter(series => !input.hidden.has(series.id))
    .map(series => ({ label: series.label, value: series.values[index] ?? null, role: series.role }))
    .filter(line => line.value !== null)
  const sorted = lines.toSorted((a, b) => Math.abs(b.value!) - Math.abs(a.value!))
  const shown = sorted
    .slice(0, TOOLTIP_LINES)
    .map(line => `${line.label}  ${full(line.value!)} ${input.unit}`)
  const more = sorted.length - TOOLTIP_LINES
  const stacked = input.type === 'stacked-bar' || input.type === 'area'
  const summed = lines.filter(line => line.role !== 'previous')
  const total = summed.reduce((sum, line) => sum + line.value!, 0)
  return [
    input.categories[index] ?? '',
    ...shown,
    ...(more > 0 ? [`+ ${more}`] : []),
    ...(stacked && summed.length > 1 ? [`${input.totalWord}  ${full(total)} ${input.unit}`] : []),
  ].join('\n')
}

/** How lines, areas and bars are drawn. Zero is always on the axis, and the axis says its unit. */
export function cartesianOption(input: CartesianInput, look: ChartLook): ChartOption {
  const { type, categories, series, hidden } = input
  const line = look.colour('--qd-line')
  const stacked = type === 'stacked-bar' || type === 'area'
  const drawn = series.map((one, index) => ({ one, colour: look.colour(seriesColour(index, one.role)) }))
  return {
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: look.highContrast } },
    grid: { left: 8, right: 16, top: 28, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltipLook(look),
      trigger: 'axis',
      axisPointer: {
        type: type === 'line' || type === 'area' ? 'line' : 'shadow',
        lineStyle: { color: look.colour('--qd-line-strong') },
        shadowStyle: { color: look.colour('--qd-text'), opacity: 0.06 },
      },
      formatter: params => {
        const first = Array.isArray(params) ? params[0] : params
        return pointText(input, first?.dataIndex ?? 0, look.full)
      },
    },
    xAxis: {
      type: 'category',
      data: [...categories],
      boundaryGap: type === 'bar' || type === 'stacked-bar',
      axisLine: { lineStyle: { color: look.colour('--qd-line-strong') } },
      axisTick: { alignWithLabel: true, lineStyle: { color: look.colour('--qd-line-strong') } },
      axisLabel: {
        ...FONT,
        color: look.colour('--qd-text-2'),
        hideOverlap: true,
        // The last name ends where the drawing does, instead of half outside.
        alignMaxLabel: 'right',
      },
    },
    yAxis: {
      type: 'value',
      name: input.unit,
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { ...FONT, color: look.colour('--qd-text-2'), align: 'left' },
      splitNumber: 4,
      axisLabel: {
        ...FONT,
        color: look.colour('--qd-text-2'),
        formatter: (value: number) => look.short(value),
      },
      splitLine: { lineStyle: { color: line } },
    },
    series: drawn
      .filter(({ one }) => !hidden.has(one.id))
      .map(({ one, colour }): BarSeriesOption | LineSeriesOption => {
        const shared = { id: one.id, name: one.label, data: [...one.values] }
        if (one.role === 'previous' || type === 'line' || type === 'area') {
          const previous = one.role === 'previous'
          return {
            ...shared,
            type: 'line',
            ...(stacked && !previous ? { stack: 'all' } : {}),
            showSymbol: one.values.length === 1,
            symbolSize: 5,
            connectNulls: false,
            lineStyle: { width: 2, color: colour, type: previous ? 'dashed' : 'solid' },
            itemStyle: { color: colour },
            ...(type === 'area' && !previous ? { areaStyle: { color: colour, opacity: 0.75 } } : {}),
            emphasis: { disabled: true },
          }
        }
        return {
          ...shared,
          // A part of nothing would still have its edge drawn across the axis.
          data: stacked ? one.values.map(value => (value === 0 ? null : value)) : [...one.values],
          type: 'bar',
          ...(stacked ? { stack: 'all' } : {}),
          barMaxWidth: 48,
          barCategoryGap: '28%',
          // A hair of the background between neighbours, so that they differ without their colour.
          itemStyle: {
            color: colour,
            borderColor: look.colour('--qd-surface'),
            borderWidth: stacked ? 0.5 : 0,
          },
          emphasis: { disabled: true },
        }
      }),
  }
}

/** Shares of the whole from which a rectangle has room for its name, and for its figure too. */
const NAMED = 0.012
const FIGURED = 0.03

/** How a treemap is drawn. What is not above zero has no area and is left out; the table behind has it. */
export function treemapOption(nodes: readonly TreeNode[], unit: string, look: ChartLook): ChartOption {
  const surface = look.colour('--qd-surface')
  const total = nodes.reduce((sum, node) => sum + Math.max(0, node.value), 0)
  const share = (value: number) => (total === 0 ? '' : `${((value / total) * 100).toFixed(1)} %`)
  const dataOf = (node: TreeNode, colour: string): object => ({
    id: node.id,
    name: node.label,
    value: Math.max(0, node.value),
    itemStyle: { color: colour },
    label: { color: readableOn(colour) },
    ...(node.children ? { children: node.children.map(child => dataOf(child, colour)) } : {}),
  })
  return {
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: look.highContrast } },
    tooltip: {
      ...tooltipLook(look),
      formatter: params => {
        const { name, value } = params as unknown as { name: string; value: number }
        return `${name}\n${look.full(value)} ${unit}\n${share(value)}`
      },
    },
    series: [
      {
        type: 'treemap',
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        itemStyle: { borderColor: surface, borderWidth: 1, gapWidth: 1 },
        label: {
          ...FONT,
          fontSize: 12,
          lineHeight: 16,
          overflow: 'truncate',
          formatter: params => {
            // A rectangle knows its share and not its size: what has no room for words gets none.
            const part = total === 0 ? 0 : Number(params.value) / total
            if (part < NAMED) return ''
            return part < FIGURED
              ? params.name
              : `${params.name}\n${look.short(Number(params.value))} ${unit}`
          },
        },
        upperLabel: { show: false },
        levels: [
          { itemStyle: { borderWidth: 0, gapWidth: 2 } },
          { itemStyle: { gapWidth: 1, borderColor: surface }, colorSaturation: [0.35, 0.6] },
        ],
        data: nodes
          .filter(node => node.value > 0)
          .map((node, index) =>
            dataOf(node, look.colour(seriesColour(index, node.id === 'other' ? 'other' : undefined))),
          ) as NonNullable<TreemapSeriesOption['data']>,
      },
    ],
  }
}

/** Black or white, whichever reads better on a colour `#rrggbb`. */
export function readableOn(colour: string): '#000000' | '#ffffff' {
  const channels = [1, 3, 5].map(at => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * channels[0]! + 0.7152 * channels[1]! + 0.0722 * channels[2]!
  return luminance > 0.179 ? '#000000' : '#ffffff'
}
