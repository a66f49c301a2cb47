import type { ChartLook, ChartOption } from './chart-option.ts'
import { FONT, tooltipLook } from './chart-option.ts'

/** One step of a waterfall: a total that stands on zero, or a difference that begins where the last one ended. */
export interface WaterfallStep {
  readonly id: string
  readonly label: string
  readonly kind: 'total' | 'difference'
  readonly value: number
}

/** Where a step's bar stands: from the nearer edge to zero, and the parts of it above and below zero. */
export interface WaterfallBar {
  /** Space between zero and the bar; 0 where the bar touches or crosses it. */
  readonly base: number
  readonly above: number
  readonly below: number
}

/**
 * The bars of a waterfall. A bar that crosses zero has a part on either side of it, because what is stacked in
 * a chart is stacked away from zero.
 */
export function waterfallBars(steps: readonly WaterfallStep[]): readonly WaterfallBar[] {
  let at = 0
  return steps.map(({ kind, value }) => {
    const from = kind === 'total' ? 0 : at
    const to = kind === 'total' ? value : at + value
    at = to
    const [low, high] = from < to ? [from, to] : [to, from]
    return {
      base: low > 0 ? low : high < 0 ? high : 0,
      above: Math.max(0, high) - Math.max(0, low),
      below: Math.min(0, low) - Math.min(0, high),
    }
  })
}

export interface WaterfallInput {
  readonly steps: readonly WaterfallStep[]
  readonly unit: string
}

/** How a waterfall is drawn. A rise and a fall differ by colour, by their sign and by a pattern of their own. */
export function waterfallOption({ steps, unit }: WaterfallInput, look: ChartLook): ChartOption {
  const bars = waterfallBars(steps)
  const colourOf = ({ kind, value }: WaterfallStep) =>
    look.colour(kind === 'total' ? '--qd-series-other' : value < 0 ? '--qd-series-2' : '--qd-series-1')
  const part = (id: string, of: (bar: WaterfallBar) => number) => ({
    id,
    type: 'bar' as const,
    stack: 'all',
    barMaxWidth: 44,
    barCategoryGap: '24%',
    emphasis: { disabled: true },
    data: bars.map((bar, i) => ({
      value: of(bar) === 0 ? '-' : of(bar),
      itemStyle: { color: colourOf(steps[i]!) },
    })),
  })
  return {
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: look.highContrast } },
    grid: { left: 8, right: 8, top: 28, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltipLook(look),
      trigger: 'axis',
      axisPointer: {
        type: 'shadow',
        shadowStyle: { color: look.colour('--qd-text'), opacity: 0.06 },
      },
      formatter: params => {
        const [first] = Array.isArray(params) ? params : [params]
        const step = steps[first?.dataIndex ?? 0]
        return step ? `${step.label}\n${signed(step, look)} ${unit}` : ''
      },
    },
    xAxis: {
      type: 'category',
      data: steps.map(({ label }) => label),
      axisLine: { lineStyle: { color: look.colour('--qd-line-strong') } },
      axisTick: { show: false },
      axisLabel: { ...FONT, color: look.colour('--qd-text-2'), interval: 0, hideOverlap: false },
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { ...FONT, color: look.colour('--qd-text-2'), align: 'left' },
      splitNumber: 4,
      axisLabel: {
        ...FONT,
        color: look.colour('--qd-text-2'),
        formatter: (value: number) => look.short(value),
      },
      splitLine: { lineStyle: { color: look.colour('--qd-line') } },
    },
    series: [
      {
        ...part('base', bar => bar.base),
        silent: true,
        itemStyle: { color: 'transparent' },
        data: bars.map(({ base }) => ({ value: base, itemStyle: { color: 'transparent' } })),
      },
      part('above', bar => bar.above),
      part('below', bar => bar.below),
    ],
  }
}

function signed({ kind, value }: WaterfallStep, look: ChartLook): string {
  return `${kind === 'difference' && value > 0 ? '+' : ''}${look.full(value)}`
}
