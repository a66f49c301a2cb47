import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { gridCommand } from './grid-keys.ts'
import type { DataGridProps, GridHandle } from './grid-props.ts'
import type { MenuPlace } from './grid-row-menu.tsx'
import { PAGE_SIZE } from './grid-source.ts'
import { scrollToRow } from './row-window.ts'
import { useFollowedRow } from './use-followed-row.ts'
import type { GridModel } from './use-grid-model.ts'
import type { GridRowCommands } from './use-grid-rows.ts'

const NO_ACTIONS: readonly (BoundAction | null)[] = []

interface ControlInput<T> {
  readonly props: Pick<
    DataGridProps<T>,
    'onOpen' | 'onActiveChange' | 'rowActions' | 'onEscape' | 'search' | 'handle' | 'followRow' | 'rowKey'
  >
  readonly selectable: boolean
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly model: GridModel<T>
  readonly rows: GridRowCommands<T>
  readonly rowAt: (index: number) => T | undefined
  readonly total: number
  readonly rowHeight: number
  /** Rows of the head and of totals, which do not scroll. */
  readonly fixedRows: number
  readonly reveal: (column: number) => void
  readonly onShowFilters: () => void
}

/** The cell that has the focus, and what keys and pointer do to it and to its row. */
export function useGridControl<T>(input: ControlInput<T>) {
  const { props, selectable, scroller, model, rows, rowAt, total, rowHeight, fixedRows } = input
  const { onOpen, onActiveChange, rowActions } = props
  const toasts = useToasts()
  const [active, setActive] = useState({ row: 0, column: 0 })
  const [byKeys, setByKeys] = useState(false)
  const [menuColumn, setMenuColumn] = useState<string | null>(null)
  const [rowMenu, setRowMenu] = useState<MenuPlace | null>(null)

  const inHead = active.row < 0
  const activeRow = Math.min(active.row, total - 1)
  const activeColumn = Math.min(active.column, model.shown.length - 1)
  const current = activeRow >= 0 ? rowAt(activeRow) : undefined
  useFollowedRow(props.followRow === true, activeRow, rowAt, props.rowKey, row =>
    setActive(before => ({ ...before, row })),
  )
  useEffect(() => onActiveChange?.(current ?? null), [current, onActiveChange])
  const actions = useMemo(
    () => (current === undefined || !rowActions ? NO_ACTIONS : rowActions(current)),
    [current, rowActions],
  )
  useActions(actions)

  const focus = () => scroller.current?.focus({ preventScroll: true })
  const moveTo = (row: number, column: number, extend: boolean) => {
    const nextRow = Math.max(-1, Math.min(total - 1, row))
    const nextColumn = Math.max(0, Math.min(model.shown.length - 1, column))
    setActive({ row: nextRow, column: nextColumn })
    const element = scroller.current
    if (nextRow >= 0 && element) {
      const viewHeight = Math.max(rowHeight, element.clientHeight - fixedRows * rowHeight)
      const to = scrollToRow({ count: total, rowHeight, viewHeight, overscan: 0 }, element.scrollTop, nextRow)
      if (to !== null) element.scrollTop = to
    }
    input.reveal(nextColumn)
    if (nextRow < 0) return
    if (extend && selectable) rows.selectRange(nextRow, true)
    else rows.setAnchor(nextRow)
  }
  const latest = useRef({ activeRow, moveTo, rows, total })
  latest.current = { activeRow, moveTo, rows, total }
  useImperativeHandle(
    props.handle,
    (): GridHandle<T> => ({
      at: () => latest.current.activeRow,
      goTo: row => {
        setByKeys(true)
        latest.current.moveTo(row, activeColumn, false)
      },
      focus: () => scroller.current?.focus({ preventScroll: true }),
      chosen: () => latest.current.rows.chosen(),
      find: async (wanted, from, end = latest.current.total) => {
        for (let first = from; first < end; first += PAGE_SIZE) {
          const until = Math.min(end, first + PAGE_SIZE)
          const part = await latest.current.rows.between(first, until - 1)
          const at = part.findIndex(wanted)
          if (at !== -1) return first + at
          if (part.length < until - first) return null
        }
        return null
      },
    }),
    [activeColumn, scroller],
  )
  const focusFilter = () => {
    input.onShowFilters()
    const column = model.shown[activeColumn]?.column
    const target = column?.filter ? column : model.shown.find(shown => shown.column.filter)?.column
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-filter="${CSS.escape(target?.id ?? '')}"]`)?.focus()
    })
  }
  const openRowMenu = () => {
    const box = scroller.current?.querySelector(`[data-row="${activeRow}"]`)?.getBoundingClientRect()
    if (box) setRowMenu({ x: box.left + 48, y: box.bottom })
  }

  /** Does what a key says. False where it is not the grid's after all, and the page should hear it. */
  const obey = (command: NonNullable<ReturnType<typeof gridCommand>>, shift: boolean): boolean => {
    const shown = model.shown[activeColumn]
    const sortable = shown !== undefined && shown.column.sortable !== false
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - fixedRows - 1)
    switch (command.do) {
      case 'move':
        moveTo((inHead ? -1 : activeRow) + command.rows, activeColumn + command.columns, command.extend)
        return true
      case 'page':
        moveTo(Math.max(0, activeRow + command.by * perPage), activeColumn, command.extend)
        return true
      case 'edge':
        moveTo(command.to === 'first' ? 0 : total - 1, activeColumn, command.extend)
        return true
      case 'open':
        if (inHead && sortable) {
          model.layout.sortBy(shown.column.id, shown.sorted === 'asc' ? 'desc' : 'asc', shift)
        } else if (current !== undefined && onOpen) onOpen(current)
        else return false
        return true
      case 'toggle':
        if (selectable && !inHead) rows.toggle(activeRow)
        return selectable
      case 'range':
        if (selectable) rows.selectRange(activeRow, false)
        return selectable
      case 'all':
        if (selectable) rows.toggleAll()
        return selectable
      case 'copy': {
        // Text that was marked with the pointer is copied by the browser.
        if (getSelection()?.toString()) return false
        const columns = model.shown.map(one => one.column)
        rows.copy(columns, current).catch(error => toasts.fail(error))
        return true
      }
      case 'search':
        // The box of the search hears the key of the page; where there is none, the filters are nearest.
        if (props.search) return false
        focusFilter()
        return true
      case 'filter':
        focusFilter()
        return true
      case 'escape':
        if (rows.selected > 0) rows.clear()
        else if (props.onEscape) props.onEscape()
        else return false
        return true
      case 'sort':
        if (sortable) model.layout.sortBy(shown.column.id, command.direction, false)
        return true
      case 'menu':
        setMenuColumn(shown?.column.id ?? null)
        return true
      case 'row-menu':
        if (actions.length === 0) return false
        openRowMenu()
        return true
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.target !== event.currentTarget) return
    const command = gridCommand(event)
    if (!command) return
    setByKeys(true)
    if (!obey(command, event.shiftKey)) return
    event.preventDefault()
    event.stopPropagation()
  }

  const placeOf = (event: MouseEvent) => {
    const target = event.target as HTMLElement
    const row = target.closest<HTMLElement>('[data-row]')?.dataset.row
    if (row === undefined) return null
    const cell = target.closest<HTMLElement>('[role="gridcell"]')
    const column = Number(cell?.getAttribute('aria-colindex') ?? 1) - 1 - (selectable ? 1 : 0)
    return { row: Number(row), column: Math.max(0, column), check: cell?.dataset.check === 'true' }
  }
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event)
    if (!place) return
    setByKeys(false)
    setActive({ row: place.row, column: place.column })
    if (selectable && event.shiftKey) rows.selectRange(place.row, false)
    else if (selectable && (place.check || event.ctrlKey || event.metaKey)) rows.toggle(place.row)
    else rows.setAnchor(place.row)
  }
  const onDoubleClick = (event: MouseEvent) => {
    const place = placeOf(event)
    const row = place && !place.check ? rowAt(place.row) : undefined
    if (row !== undefined) onOpen?.(row)
  }
  const onContextMenu = (event: MouseEvent) => {
    const place = placeOf(event)
    if (!place || !rowActions) return
    event.preventDefault()
    setActive({ row: place.row, column: place.column })
    setRowMenu({ x: event.clientX, y: event.clientY })
  }
  return {
    inHead,
    activeRow,
    activeColumn,
    current,
    actions,
    byKeys,
    menuColumn,
    setMenuColumn,
    rowMenu,
    setRowMenu,
    focus,
    events: { onKeyDown, onClick, onDoubleClick, onContextMenu },
  }
}
