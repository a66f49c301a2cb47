// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { useFilters } from '#renderer/state/filters.ts'
import { useLayout } from '#renderer/state/layout.ts'
import { isSelected } from '#renderer/state/selection.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { QuietContext } from '#renderer/ui/display/quiet.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import classes from './grid.module.css'
import { GridBody } from './grid-body.tsx'
import { GridHead } from './grid-head.tsx'
import { gridCommand } from './grid-keys.ts'
import type { DataGridProps } from './grid-props.ts'
import { CHECK_WIDTH, widthVariable } from './grid-row.tsx'
import { GridRowMenu, type MenuPlace } from './grid-row-menu.tsx'
import { type GridSort, pagesOf, usePagedRows } from './grid-source.ts'
import { GridStatus } from './grid-status.tsx'
import { GridToolbar } from './grid-toolbar.tsx'
import { GridTotals } from './grid-totals.tsx'
import { scrollToRow } from './row-window.ts'
import { useDrawnColumns } from './use-drawn-columns.ts'
import { useGridModel } from './use-grid-model.ts'
import { useGridRows } from './use-grid-rows.ts'
import { useStable } from './use-stable.ts'

export type { DataGridProps, GridExport } from './grid-props.ts'

const NO_ROWS: readonly never[] = []
const NO_SORT: readonly GridSort[] = []
const FORMATS = ['csv', 'xlsx'] as const
const NO_ACTIONS: readonly (BoundAction | null)[] = []
const FIRST_PAGE: readonly number[] = [0]

/** The one table: virtual, sortable, filterable, selectable, by keyboard throughout. */
export function DataGrid<T>(props: DataGridProps<T>) {
  const { id, columns, rowKey, source, defaultSort = NO_SORT, selectable = true, rowActions } = props
  const { t } = useTranslation()
  const gridId = useId()
  const toasts = useToasts()
  const paged = source !== undefined
  const model = useGridModel(id, columns, props.rows ?? NO_ROWS, defaultSort, paged)
  const rowHeight = useLayout(state => (state.density === 'compact' ? 28 : 36))
  const setColumnFilter = useFilters(state => state.setColumn)
  const clearFilters = useFilters(state => state.clear)
  const [showFilters, setShowFilters] = useState(false)
  const [menuColumn, setMenuColumn] = useState<string | null>(null)
  const [active, setActive] = useState({ row: 0, column: 0 })
  const [byKeys, setByKeys] = useState(false)
  const [rowMenu, setRowMenu] = useState<MenuPlace | null>(null)
  const [wanted, setWanted] = useState(FIRST_PAGE)
  const scroller = useRef<HTMLDivElement>(null)

  const filtered = Object.keys(model.filters).length > 0
  const filtersShown = showFilters || filtered
  const headRows = filtersShown ? 2 : 1
  const fixedRows = headRows + (props.totals ? 1 : 0)
  const pages = usePagedRows(source, model.sort, model.filters, wanted)
  const total = paged ? pages.count : model.rows.length
  const { at } = pages
  const rowAt = useCallback(
    (index: number): T | undefined => (paged ? at(index) : model.rows[index]),
    [paged, at, model.rows],
  )
  const onRange = useCallback((first: number, end: number) => {
    const next = pagesOf(first, Math.max(end, 1))
    setWanted(before => (before.join() === next.join() ? before : next))
  }, [])
  const drawn = useDrawnColumns(scroller, model.shown, selectable)
  const rows = useGridRows({ id, model, source, rowAt, rowKey, total })
  const { selection, selected } = rows

  const inHead = active.row < 0
  const activeRow = Math.min(active.row, total - 1)
  const activeColumn = Math.min(active.column, model.shown.length - 1)
  const current = activeRow >= 0 ? rowAt(activeRow) : undefined
  const { onActiveChange } = props
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
    drawn.reveal(nextColumn)
    if (nextRow < 0) return
    if (extend && selectable) rows.selectRange(nextRow, true)
    else rows.setAnchor(nextRow)
  }
  const focusFilter = () => {
    setShowFilters(true)
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

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.target !== event.currentTarget) return
    const command = gridCommand(event)
    if (!command) return
    const shown = model.shown[activeColumn]
    const sortable = shown !== undefined && shown.column.sortable !== false
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - fixedRows - 1)
    setByKeys(true)
    switch (command.do) {
      case 'move':
        moveTo((inHead ? -1 : activeRow) + command.rows, activeColumn + command.columns, command.extend)
        break
      case 'page':
        moveTo(Math.max(0, activeRow + command.by * perPage), activeColumn, command.extend)
        break
      case 'edge':
        moveTo(command.to === 'first' ? 0 : total - 1, activeColumn, command.extend)
        break
      case 'open':
        if (inHead && sortable) {
          model.layout.sortBy(shown.column.id, shown.sorted === 'asc' ? 'desc' : 'asc', event.shiftKey)
        } else if (current !== undefined && props.onOpen) props.onOpen(current)
        else return
        break
      case 'toggle':
        if (!selectable) return
        if (!inHead) rows.toggle(activeRow)
        break
      case 'range':
        if (!selectable) return
        rows.selectRange(activeRow, false)
        break
      case 'all':
        if (!selectable) return
        rows.toggleAll()
        break
      case 'copy':
        // Text that was marked with the pointer is copied by the browser.
        if (getSelection()?.toString()) return
        rows
          .copy(
            model.shown.map(one => one.column),
            current,
          )
          .catch(error => toasts.fail(error))
        break
      case 'filter':
        focusFilter()
        break
      case 'escape':
        if (selected === 0) return
        rows.clear()
        break
      case 'sort':
        if (sortable) model.layout.sortBy(shown.column.id, command.direction, false)
        break
      case 'menu':
        setMenuColumn(shown?.column.id ?? null)
        break
      case 'row-menu':
        if (actions.length === 0) return
        openRowMenu()
        break
    }
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
    if (row !== undefined) props.onOpen?.(row)
  }
  const onContextMenu = (event: MouseEvent) => {
    const place = placeOf(event)
    if (!place || !rowActions) return
    event.preventDefault()
    setActive({ row: place.row, column: place.column })
    setRowMenu({ x: event.clientX, y: event.clientY })
  }
  const stable = useStable({
    onCheckAll: rows.toggleAll,
    onClearSelection: rows.clear,
    onMenu: (column: string | null) => {
      setMenuColumn(column)
      if (column === null) focus()
    },
    onFilter: (column: string, filter: Parameters<typeof setColumnFilter>[2]) =>
      setColumnFilter(id, column, filter),
    onLeaveFilters: focus,
    onShowFilters: (show: boolean) => {
      setShowFilters(show)
      if (!show) clearFilters(id)
    },
    onClearFilters: () => clearFilters(id),
    onExport: (format: 'csv' | 'xlsx', selectedOnly: boolean) => {
      const chosen = selectedOnly ? model.rows.filter(row => isSelected(selection, rowKey(row))) : model.rows
      Promise.resolve(
        props.onExport?.({
          format,
          columns: model.shown.map(one => one.column),
          sort: model.sort,
          filters: model.filters,
          selection: selectedOnly ? selection : null,
          rows: paged ? null : chosen,
        }),
      ).catch(failure => toasts.fail(failure))
    },
  })

  const error = props.error ?? (paged && total === 0 ? pages.error : null)
  const loading = props.loading === true || (paged && pages.loading)
  const totals = props.totals?.(model.rows)
  const most = typeof props.height === 'number' ? Math.min(Math.max(total, 1), props.height) : null
  const width = model.shown.reduce((sum, shown) => sum + shown.width, selectable ? CHECK_WIDTH : 0)
  const widths = Object.fromEntries(
    model.shown.map(shown => [widthVariable(shown.column.id), `${shown.width}px`]),
  )

  return (
    <QuietContext value={true}>
      <div className={classes.frame} data-height={most === null ? 'fill' : 'content'}>
        {props.toolbar === false ? null : (
          <GridToolbar
            model={model}
            start={props.toolbarStart}
            count={loading || error ? null : total}
            selected={selected}
            showFilters={filtersShown}
            formats={props.onExport ? (props.exportFormats ?? FORMATS) : NO_ROWS}
            onClearSelection={stable.onClearSelection}
            onShowFilters={stable.onShowFilters}
            onClearFilters={stable.onClearFilters}
            onExport={stable.onExport}
          />
        )}
        <div className={classes.viewport}>
          <div
            ref={scroller}
            role="grid"
            id={gridId}
            className={classes.scroller}
            tabIndex={0}
            aria-label={props.label}
            aria-rowcount={total + headRows}
            aria-colcount={model.shown.length + (selectable ? 1 : 0)}
            aria-multiselectable={selectable || undefined}
            aria-busy={loading || pages.stale}
            data-keys={byKeys}
            data-empty={total === 0}
            style={{ ...widths, ...(most === null ? {} : { height: (most + fixedRows) * rowHeight + 16 }) }}
            onKeyDown={onKeyDown}
            onClick={onClick}
            onDoubleClick={onDoubleClick}
            onContextMenu={onContextMenu}
            onScroll={drawn.onScroll}
          >
            <div className={classes.content} style={{ width }} role="presentation">
              {pages.stale ? (
                <div className={classes.progress} aria-hidden="true">
                  <div />
                </div>
              ) : null}
              <GridHead
                gridId={gridId}
                drawn={drawn.columns}
                layout={model.layout}
                checks={selectable}
                checked={selected === 0 ? 'none' : selected >= total ? 'all' : 'some'}
                activeColumn={inHead ? activeColumn : null}
                menuColumn={menuColumn}
                showFilters={filtersShown}
                filters={model.filters}
                onCheckAll={stable.onCheckAll}
                onMenu={stable.onMenu}
                onFilter={stable.onFilter}
                onLeaveFilters={stable.onLeaveFilters}
              />
              <GridBody
                gridId={gridId}
                scroller={scroller}
                total={total}
                rowAt={rowAt}
                rowKey={rowKey}
                rowHeight={rowHeight}
                fixedRows={fixedRows}
                headRows={headRows}
                drawn={drawn.columns}
                checks={selectable}
                selection={selection}
                activeRow={inHead ? -1 : activeRow}
                activeColumn={activeColumn}
                openable={props.onOpen !== undefined}
                onRange={onRange}
              />
              {totals && total > 0 ? (
                <GridTotals
                  totals={totals}
                  drawn={drawn.columns}
                  checks={selectable}
                  rowIndex={total + headRows + 1}
                />
              ) : null}
            </div>
          </div>
          {total === 0 ? (
            <div className={classes.over} style={{ top: headRows * rowHeight + 1 }}>
              {loading ? (
                <LoadingState />
              ) : error ? (
                <ErrorState error={error} onRetry={props.onRetry ?? (paged ? pages.retry : undefined)} />
              ) : filtered ? (
                <EmptyState title={t('ui.grid.noMatch')} />
              ) : (
                (props.empty ?? <EmptyState title={t('ui.grid.nothing')} />)
              )}
            </div>
          ) : null}
        </div>
        <GridStatus
          column={model.shown[activeColumn]?.column}
          row={current}
          error={total > 0 ? pages.error : null}
          onRetry={pages.retry}
        />
        {rowMenu ? (
          <GridRowMenu
            place={rowMenu}
            actions={actions}
            onClose={() => {
              setRowMenu(null)
              focus()
            }}
          />
        ) : null}
      </div>
    </QuietContext>
  )
}
