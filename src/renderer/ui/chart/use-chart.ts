import { type RefObject, useEffect, useRef, useState } from 'react'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useShownTheme } from '#renderer/ui/theme/theme-provider.tsx'
import type { ChartLook, ChartOption } from './chart-option.ts'

type Instance = ReturnType<typeof import('./echarts.ts').init>

/** Draws into an element, again whenever what is drawn, the theme or the size changes. */
export function useChart(
  element: RefObject<HTMLDivElement | null>,
  shown: boolean,
  build: (look: ChartLook) => ChartOption,
  onClick:
    | ((point: { readonly index: number; readonly id: string; readonly seriesId: string | null }) => void)
    | undefined,
): { readonly pointAt: (index: number) => void } {
  const { theme, contrast } = useShownTheme()
  const format = useFormat()
  const [chart, setChart] = useState<Instance | null>(null)
  const click = useRef(onClick)
  click.current = onClick

  useEffect(() => {
    const box = element.current
    if (!shown || !box) return
    let made: Instance | null = null
    let gone = false
    const resized = new ResizeObserver(() => made?.resize())
    void import('./echarts.ts').then(({ init }) => {
      if (gone) return
      made = init(box)
      made.on('click', event => {
        const data = event.data as { id?: string } | null
        click.current?.({
          index: event.dataIndex,
          id: data?.id ?? event.name,
          seriesId: event.seriesId ?? null,
        })
      })
      resized.observe(box)
      setChart(made)
    })
    return () => {
      gone = true
      resized.disconnect()
      made?.dispose()
      setChart(null)
    }
  }, [element, shown])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the colour variables say
  useEffect(() => {
    const box = element.current
    if (!chart || !box) return
    // The root element gets its theme in an effect of the provider, which runs after this one.
    const frame = requestAnimationFrame(() => {
      const styles = getComputedStyle(box)
      chart.setOption(
        build({
          colour: variable => styles.getPropertyValue(variable).trim(),
          short: value => format.short(value),
          full: value => format.number(value, Math.abs(value) >= 1000 ? 0 : 2),
          highContrast: contrast,
          reducedMotion: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
        }),
        { notMerge: true },
      )
    })
    return () => cancelAnimationFrame(frame)
  }, [chart, build, format, theme, contrast, element])

  return {
    pointAt: index => chart?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: index }),
  }
}
