import { type RefObject, useCallback, useEffect, useState } from 'react'
import { type RowWindow, rowWindow, scrollToRow } from './row-window.ts'

/** Rows drawn beyond what is seen, to either side. */
const OVERSCAN = 12

/** Follows a scroller down. `fixedRows` are the heads and totals that stay in place. */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, rowHeight: number, fixedRows: number) {
  const [view, setView] = useState({ scrollTop: 0, height: 600 })
  const viewHeight = Math.max(rowHeight, view.height - fixedRows * rowHeight)
  const inputFor = (count: number) => ({ count, rowHeight, viewHeight, overscan: OVERSCAN })

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() =>
      setView(before => ({ ...before, height: element.clientHeight })),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (element) setView(before => ({ ...before, scrollTop: element.scrollTop }))
  }, [scroller])

  return {
    /** The rows to draw of a table of so many rows. */
    rowsOf: (count: number): RowWindow => rowWindow(inputFor(count), view.scrollTop),
    perPage: Math.floor(viewHeight / rowHeight),
    onScroll,
    /** Scrolls as far as it takes to see a row whole. */
    reveal: (row: number, count: number) => {
      const element = scroller.current
      const to = element ? scrollToRow(inputFor(count), element.scrollTop, row) : null
      if (element && to !== null) element.scrollTop = to
    },
  }
}
