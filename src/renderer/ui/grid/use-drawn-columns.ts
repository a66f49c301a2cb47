import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react'
import { CHECK_WIDTH, type DrawnColumns } from './grid-row.tsx'
import type { ShownColumn } from './use-grid-model.ts'

/** Pixels of columns drawn beyond what is seen. Scrolling by less than half of it draws nothing anew. */
const BEYOND = 400

/** Which columns to draw: the pinned ones, and of the others those that can be seen. */
export function drawnColumns<T>(shown: readonly ShownColumn<T>[], from: number, to: number): DrawnColumns<T> {
  const pinnedStart = shown.filter(column => column.pinned === 'start').length
  const pinnedEnd = shown.filter(column => column.pinned === 'end').length
  const centreEnd = shown.length - pinnedEnd
  let at = 0
  let before = 0
  let after = 0
  const columns: DrawnColumns<T>['columns'][number][] = []
  shown.forEach((column, index) => {
    if (index < pinnedStart || index >= centreEnd) {
      columns.push({ shown: column, index })
      return
    }
    const end = at + column.width
    if (end < from) before += column.width
    else if (at > to) after += column.width
    else columns.push({ shown: column, index })
    at = end
  })
  return { columns, before, after, pinnedStart, pinnedEnd, count: shown.length }
}

/** Follows the scroller sideways. */
export function useDrawnColumns<T>(
  scroller: RefObject<HTMLElement | null>,
  shown: readonly ShownColumn<T>[],
  checks: boolean,
) {
  const [view, setView] = useState({ left: 0, width: 1600 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() =>
      setView(before =>
        before.width === element.clientWidth ? before : { ...before, width: element.clientWidth },
      ),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const left = Math.floor(element.scrollLeft / (BEYOND / 2)) * (BEYOND / 2)
    setView(before => (before.left === left ? before : { ...before, left }))
  }, [scroller])
  const columns = useMemo(
    () => drawnColumns(shown, view.left - BEYOND, view.left + view.width + BEYOND),
    [shown, view],
  )
  const reveal = (index: number) => {
    const element = scroller.current
    const column = shown[index]
    if (!element || !column || column.pinned) return
    const sum = (list: readonly ShownColumn<T>[]) => list.reduce((total, entry) => total + entry.width, 0)
    const startPinned = sum(shown.filter(entry => entry.pinned === 'start')) + (checks ? CHECK_WIDTH : 0)
    const endPinned = sum(shown.filter(entry => entry.pinned === 'end'))
    const start = (checks ? CHECK_WIDTH : 0) + sum(shown.slice(0, index))
    if (start < element.scrollLeft + startPinned) element.scrollLeft = start - startPinned
    const end = start + column.width
    if (end > element.scrollLeft + element.clientWidth - endPinned) {
      element.scrollLeft = end - element.clientWidth + endPinned
    }
  }
  return { columns, onScroll, reveal }
}
