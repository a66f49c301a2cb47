// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import { memo, type RefObject, useEffect, useReducer, useRef } from 'react'
import { type GridSelection, isSelected } from '#renderer/state/selection.ts'
import classes from './grid.module.css'
import { cellId, type DrawnColumns, GridRow } from './grid-row.tsx'
import { rowWindow } from './row-window.ts'

/** Rows drawn beyond what is seen, to either side. */
export const OVERSCAN = 12
/** How long after the first rows those beyond are drawn, in milliseconds: the first screen does not wait for them. */
const THEN_BEYOND = 120

export interface GridBodyProps<T> {
  readonly gridId: string
  readonly scroller: RefObject<HTMLElement | null>
  readonly total: number
  readonly rowAt: (index: number) => T | undefined
  readonly rowKey: (row: T) => string
  readonly rowHeight: number
  /** Heads and totals, which stay in place. */
  readonly fixedRows: number
  readonly headRows: number
  readonly drawn: DrawnColumns<T>
  readonly checks: boolean
  readonly selection: GridSelection
  /** −1 for the head. */
  readonly activeRow: number
  readonly activeColumn: number
  readonly openable: boolean
  /** Tells which rows are drawn, when they have changed. */
  readonly onRange: (first: number, end: number) => void
}

/**
 * The rows that can be seen. It follows the scrollbar by itself, so that scrolling draws nothing else anew;
 * within a step of rows it only moves what is drawn.
 */
function GridBodyOf<T>(props: GridBodyProps<T>) {
  const { gridId, scroller, total, rowHeight, fixedRows, activeRow, activeColumn, onRange } = props
  const [, redraw] = useReducer((times: number) => times + 1, 0)
  const box = useRef<HTMLDivElement>(null)
  const view = useRef({ scrollTop: 0, height: 600, beyond: 0 })
  const windowNow = () =>
    rowWindow(
      {
        count: total,
        rowHeight,
        viewHeight: Math.max(rowHeight, view.current.height - fixedRows * rowHeight),
        overscan: view.current.beyond,
      },
      view.current.scrollTop,
    )
  const shown = windowNow()
  const latest = useRef({ shown, windowNow })
  latest.current = { shown, windowNow }

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const follow = () => {
      const { scrollTop, clientHeight } = element
      const beyond = scrollTop === 0 ? view.current.beyond : OVERSCAN
      view.current = { scrollTop, height: clientHeight, beyond }
      const next = latest.current.windowNow()
      const { first, end, height } = latest.current.shown
      if (next.first !== first || next.end !== end || next.height !== height) redraw()
      else if (box.current) box.current.style.transform = `translateY(${next.top}px)`
    }
    follow()
    const observer = new ResizeObserver(follow)
    observer.observe(element)
    element.addEventListener('scroll', follow, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', follow)
    }
  }, [scroller])

  const begun = total > 0
  useEffect(() => {
    if (!begun) return
    const timer = setTimeout(() => {
      view.current.beyond = OVERSCAN
      redraw()
    }, THEN_BEYOND)
    return () => clearTimeout(timer)
  }, [begun])

  const { first, end } = shown
  useEffect(() => onRange(first, end), [onRange, first, end])
  // After the paint, because the grid around this is there only then.
  useEffect(() => {
    const inView = total > 0 && (activeRow < 0 || (activeRow >= first && activeRow < end))
    if (inView && activeColumn >= 0) {
      scroller.current?.setAttribute(
        'aria-activedescendant',
        cellId(gridId, Math.max(-1, activeRow), activeColumn),
      )
    } else scroller.current?.removeAttribute('aria-activedescendant')
  }, [scroller, gridId, total, activeRow, activeColumn, first, end])

  return (
    <div role="rowgroup" className={classes.body} style={{ height: shown.height }}>
      <div
        ref={box}
        role="presentation"
        className={classes.window}
        style={{ transform: `translateY(${shown.top}px)` }}
      >
        {Array.from({ length: end - first }, (_, i) => {
          const index = first + i
          const row = props.rowAt(index)
          return (
            <GridRow
              key={index}
              gridId={gridId}
              index={index}
              row={row}
              drawn={props.drawn}
              checks={props.checks}
              selected={row !== undefined && isSelected(props.selection, props.rowKey(row))}
              activeColumn={index === activeRow ? activeColumn : null}
              openable={props.openable}
              headRows={props.headRows}
            />
          )
        })}
      </div>
    </div>
  )
}

export const GridBody = memo(GridBodyOf) as typeof GridBodyOf
