// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import {
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { type ColumnFilter, useFilters } from '#renderer/state/filters.ts'
import { useLayout } from '#renderer/state/layout.ts'
import {
  type GridSelection,
  isSelected,
  NOTHING_SELECTED,
  selectedCount,
  useSelection,
  withRows,
} from '#renderer/state/selection.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { ActionMenuItem, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { QuietContext } from '#renderer/ui/display/quiet.ts'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { cellText, type GridColumn } from './columns.tsx'
import { toDelimited } from './delimited.ts'
import classes from './grid.module.css'
import { GridHead } from './grid-head.tsx'
import { gridCommand } from './grid-keys.ts'
import { CHECK_WIDTH, cellId, cellStyle, drawCells, GridRow, widthVariable } from './grid-row.tsx'
import { type GridSort, PAGE_SIZE, type PagedSource, pageKey, pagesOf, usePagedRows } from './grid-source.ts'
import { GridToolbar } from './grid-toolbar.tsx'
import { useDrawnColumns } from './use-drawn-columns.ts'
import { useGridModel } from './use-grid-model.ts'
import { useRowWindow } from './use-row-window.ts'

/** What the export menu asks for. */
export interface GridExport<T> {
  readonly format: 'csv' | 'xlsx'
  /** The columns that are shown, in their order. */
  readonly columns: readonly GridColumn<T>[]
  readonly sort: readonly GridSort[]
  readonly filters: Readonly<Record<string, ColumnFilter>>
  /** Given when only the selected rows are asked for. */
  readonly selection: GridSelection | null
  /** The rows, where they are at hand (not in a paged grid). */
  readonly rows: readonly T[] | null
}

export interface DataGridProps<T> {
  /** Under which the arrangement, the filters and the selection are kept. */
  readonly id: string
  /** What the table shows, for screen readers. */
  readonly label: string
  readonly columns: readonly GridColumn<T>[]
  readonly rowKey: (row: T) => string
  /** The rows themselves … */
  readonly rows?: readonly T[] | undefined
  /** … or where to fetch them from, for any number of rows. */
  readonly source?: PagedSource<T> | undefined
  readonly defaultSort?: readonly GridSort[]
  readonly loading?: boolean
  readonly error?: unknown
  readonly onRetry?: () => void
  /** Shown where there is no row at all (and no filter that hides one). */
  readonly empty?: ReactNode
  /** The last row, by column id. `rows` are those that pass the filters. */
  readonly totals?: ((rows: readonly T[]) => Readonly<Record<string, ReactNode>>) | undefined
  readonly onOpen?: ((row: T) => void) | undefined
  readonly onActiveChange?: ((row: T | null) => void) | undefined
  /** What can be done to a row: offered for the row that has the focus, and in its menu. */
  readonly rowActions?: ((row: T) => readonly (BoundAction | null)[]) | undefined
  readonly selectable?: boolean
  readonly onExport?: ((request: GridExport<T>) => void | Promise<void>) | undefined
  readonly exportFormats?: readonly ('csv' | 'xlsx')[]
  readonly toolbarStart?: ReactNode
  /** False hides what is above the rows. */
  readonly toolbar?: boolean
  /** `fill` (default) takes all the height there is; a number is the most rows seen at once. */
  readonly height?: 'fill' | number
}

const NO_ROWS: readonly never[] = []
const NO_SORT: readonly GridSort[] = []
const FORMATS = ['csv', 'xlsx'] as const
const NO_ACTIONS: readonly (BoundAction | null)[] = []

/** Most rows that are copied or selected as a range at once. More is an export. */
export const COPY_LIMIT = 10_000

/** The one table: virtual, sortable, filterable, selectable, by keyboard throughout. */
export function DataGrid<T>(props: DataGridProps<T>) {
  const { id, columns, rowKey, source, defaultSort = NO_SORT, selectable = true, toolbar = true } = props
  const { t } = useTranslation()
  const gridId = useId()
  const toasts = useToasts()
  const copy = useCopy()
  const queries = useQueryClient()
  const paged = source !== undefined
  const model = useGridModel(id, columns, props.rows ?? NO_ROWS, defaultSort, paged)
  const density = useLayout(state => state.density)
  const rowHeight = density === 'compact' ? 28 : 36
  const setColumnFilter = useFilters(state => state.setColumn)
  const clearFilters = useFilters(state => state.clear)
  const selection = useSelection(state => state.grids[id] ?? NOTHING_SELECTED)
  const select = useSelection(state => state.select)
  const [showFilters, setShowFilters] = useState(false)
  const [menuColumn, setMenuColumn] = useState<string | null>(null)
  const [active, setActive] = useState({ row: 0, column: 0 })
  const [byKeys, setByKeys] = useState(false)
  const [rowMenu, setRowMenu] = useState<{ readonly x: number; readonly y: number } | null>(null)
  const anchor = useRef(0)
  const scroller = useRef<HTMLDivElement>(null)

  const filtered = Object.keys(model.filters).length > 0
  const filtersShown = showFilters || filtered
  const headRows = filtersShown ? 2 : 1
  const view = useRowWindow(scroller, rowHeight, headRows + (props.totals ? 1 : 0))
  const pages = usePagedRows(source, model.sort, model.filters, view.rowsOf)
  const total = paged ? pages.count : model.rows.length
  const window = view.rowsOf(total)
  const rowAt = useCallback(
    (index: number): T | undefined => (paged ? pages.at(index) : model.rows[index]),
    [paged, pages, model.rows],
  )
  const drawn = useDrawnColumns(scroller, model.shown, selectable)
  const width = model.shown.reduce((sum, column) => sum + column.width, selectable ? CHECK_WIDTH : 0)
  const selected = selectedCount(selection, total)

  const activeRow = Math.min(active.row, total - 1)
  const activeColumn = Math.min(active.column, model.shown.length - 1)
  const current = activeRow >= 0 ? rowAt(activeRow) : undefined
  const { onActiveChange } = props
  useEffect(() => onActiveChange?.(current ?? null), [current, onActiveChange])

  const { rowActions } = props
  const actions = useMemo(
    () => (current === undefined || !rowActions ? NO_ACTIONS : rowActions(current)),
    [current, rowActions],
  )
  useActions(actions)

  /** Rows of a range, fetched where they are not at hand. */
  const rowsBetween = async (from: number, to: number): Promise<readonly T[]> => {
    if (!source) return model.rows.slice(from, to + 1)
    const parts = await Promise.all(
      pagesOf(from, to + 1).map(page =>
        queries.fetchQuery({
          queryKey: pageKey(source, model.sort, model.filters, page),
          queryFn: ({ signal }) =>
            source.fetchPage({
              offset: page * PAGE_SIZE,
              limit: PAGE_SIZE,
              sort: model.sort,
              filters: model.filters,
              signal,
            }),
          staleTime: Number.POSITIVE_INFINITY,
        }),
      ),
    )
    const first = Math.floor(from / PAGE_SIZE) * PAGE_SIZE
    return parts.flatMap(part => part.rows).slice(from - first, to - first + 1)
  }

  const selectRange = (to: number, fresh: boolean) => {
    const [from, until] = anchor.current < to ? [anchor.current, to] : [to, anchor.current]
    if (until - from >= COPY_LIMIT && paged) {
      toasts.show({ text: t('ui.grid.copyTooMany', { limit: COPY_LIMIT }), tone: 'warning' })
      return
    }
    rowsBetween(from, until).then(
      rows => select(id, withRows(fresh ? NOTHING_SELECTED : selection, rows.map(rowKey), true)),
      error => toasts.fail(error),
    )
  }
  const toggle = (index: number) => {
    const row = rowAt(index)
    if (row === undefined) return
    const key = rowKey(row)
    anchor.current = index
    select(id, withRows(selection, [key], !isSelected(selection, key)))
  }
  const toggleAll = () =>
    select(id, selected === total && total > 0 ? NOTHING_SELECTED : { mode: 'all-but', keys: new Set() })

  const moveTo = (row: number, column: number, extend: boolean) => {
    const nextRow = Math.max(-1, Math.min(total - 1, row))
    const nextColumn = Math.max(0, Math.min(model.shown.length - 1, column))
    setActive({ row: nextRow, column: nextColumn })
    if (nextRow >= 0) view.reveal(nextRow, total)
    drawn.reveal(nextColumn)
    if (extend && selectable && nextRow >= 0) selectRange(nextRow, true)
    else if (nextRow >= 0) anchor.current = nextRow
  }

  const copyRows = async () => {
    const all = await rowsBetween(0, Math.min(total, COPY_LIMIT) - 1)
    const chosen =
      selected > 0 ? all.filter(row => isSelected(selection, rowKey(row))) : current ? [current] : []
    if (chosen.length === 0) return
    const shownColumns = model.shown.map(shown => shown.column)
    copy(
      toDelimited(shownColumns, chosen, '\t'),
      t('ui.grid.copied', { count: chosen.length, formatted: chosen.length.toString() }),
    )
    if (selected > chosen.length) {
      toasts.show({ text: t('ui.grid.copyTooMany', { limit: COPY_LIMIT }), tone: 'warning' })
    }
  }

  const focusFilter = () => {
    setShowFilters(true)
    const column = model.shown[activeColumn]?.column
    const target = column?.filter ? column : model.shown.find(shown => shown.column.filter)?.column
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-filter="${CSS.escape(target?.id ?? '')}"]`)?.focus()
    })
  }
  const openRowMenu = (row: number) => {
    const element = scroller.current?.querySelector(`[data-row="${row}"]`)
    const box = element?.getBoundingClientRect()
    if (box) setRowMenu({ x: box.left + 48, y: box.bottom })
  }

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.defaultPrevented || event.target !== event.currentTarget) return
    const command = gridCommand(event)
    if (!command) return
    const column = model.shown[activeColumn]
    const inHead = active.row < 0
    setByKeys(true)
    switch (command.do) {
      case 'move':
        moveTo((inHead ? -1 : activeRow) + command.rows, activeColumn + command.columns, command.extend)
        break
      case 'page':
        moveTo(
          Math.max(0, activeRow + command.by * Math.max(1, view.perPage - 1)),
          activeColumn,
          command.extend,
        )
        break
      case 'edge':
        moveTo(command.to === 'first' ? 0 : total - 1, activeColumn, command.extend)
        break
      case 'open':
        if (inHead && column && column.column.sortable !== false) {
          model.layout.sortBy(column.column.id, column.sorted === 'asc' ? 'desc' : 'asc', event.shiftKey)
        } else if (current !== undefined && props.onOpen) props.onOpen(current)
        else return
        break
      case 'toggle':
        if (!selectable) return
        if (!inHead) toggle(activeRow)
        break
      case 'range':
        if (!selectable) return
        selectRange(activeRow, false)
        break
      case 'all':
        if (!selectable) return
        toggleAll()
        break
      case 'copy':
        if (getSelection()?.toString()) return
        copyRows().catch(error => toasts.fail(error))
        break
      case 'filter':
        focusFilter()
        break
      case 'escape':
        if (selected === 0) return
        select(id, NOTHING_SELECTED)
        break
      case 'sort':
        if (column && column.column.sortable !== false)
          model.layout.sortBy(column.column.id, command.direction, false)
        break
      case 'menu':
        setMenuColumn(column?.column.id ?? null)
        break
      case 'row-menu':
        if (actions.length === 0) return
        openRowMenu(activeRow)
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
    if (selectable && event.shiftKey) selectRange(place.row, false)
    else if (selectable && (place.check || event.ctrlKey || event.metaKey)) toggle(place.row)
    else anchor.current = place.row
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

  const error = props.error ?? (paged && total === 0 ? pages.error : null)
  const loading = props.loading === true || (paged && pages.loading)
  const indexes = Array.from({ length: window.end - window.first }, (_, i) => window.first + i)
  const activeShown = model.shown[activeColumn]
  const drawnActive = active.row < 0 || (activeRow >= window.first && activeRow < window.end)
  const totals = props.totals?.(model.rows)
  const bodyHeight = typeof props.height === 'number' ? Math.min(Math.max(total, 1), props.height) : null
  const headHeight = (headRows + (totals ? 1 : 0)) * rowHeight
  const exportRows = (format: 'csv' | 'xlsx', selectedOnly: boolean) =>
    Promise.resolve(
      props.onExport?.({
        format,
        columns: model.shown.map(shown => shown.column),
        sort: model.sort,
        filters: model.filters,
        selection: selectedOnly ? selection : null,
        rows: paged
          ? null
          : selectedOnly
            ? model.rows.filter(row => isSelected(selection, rowKey(row)))
            : model.rows,
      }),
    ).catch(failure => toasts.fail(failure))

  return (
    <QuietContext value={true}>
      <div className={classes.frame} data-height={bodyHeight === null ? 'fill' : 'content'}>
        {toolbar ? (
          <GridToolbar
            model={model}
            start={props.toolbarStart}
            count={loading || error ? null : total}
            selected={selected}
            onClearSelection={() => select(id, NOTHING_SELECTED)}
            showFilters={filtersShown}
            onShowFilters={show => {
              setShowFilters(show)
              if (!show) clearFilters(id)
            }}
            onClearFilters={() => clearFilters(id)}
            onExport={props.onExport ? exportRows : undefined}
            formats={props.exportFormats ?? FORMATS}
          />
        ) : null}
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
          aria-activedescendant={
            drawnActive && activeColumn >= 0
              ? cellId(gridId, active.row < 0 ? -1 : activeRow, activeColumn)
              : undefined
          }
          data-keys={byKeys}
          style={{
            ...Object.fromEntries(
              model.shown.map(shown => [widthVariable(shown.column.id), `${shown.width}px`]),
            ),
            ...(bodyHeight === null ? {} : { height: headHeight + bodyHeight * rowHeight + 16 }),
          }}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
          onContextMenu={onContextMenu}
          onScroll={() => {
            view.onScroll()
            drawn.onScroll()
          }}
        >
          <div style={{ width: Math.max(width, 0), minWidth: '100%' }} role="presentation">
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
              onCheckAll={toggleAll}
              activeColumn={active.row < 0 ? activeColumn : null}
              menuColumn={menuColumn}
              onMenu={column => {
                setMenuColumn(column)
                if (column === null) scroller.current?.focus({ preventScroll: true })
              }}
              showFilters={filtersShown}
              filters={model.filters}
              onFilter={(column, filter) => setColumnFilter(id, column, filter)}
              onLeaveFilters={() => scroller.current?.focus({ preventScroll: true })}
            />
            <div role="rowgroup" className={classes.body} style={{ height: window.height }}>
              <div
                role="presentation"
                className={classes.window}
                style={{ transform: `translateY(${window.top}px)`, width: '100%' }}
              >
                {indexes.map(index => {
                  const row = rowAt(index)
                  return (
                    <GridRow
                      key={index}
                      gridId={gridId}
                      index={index}
                      row={row}
                      drawn={drawn.columns}
                      checks={selectable}
                      selected={row !== undefined && isSelected(selection, rowKey(row))}
                      activeColumn={active.row >= 0 && index === activeRow ? activeColumn : null}
                      openable={props.onOpen !== undefined}
                      headRows={headRows}
                    />
                  )
                })}
              </div>
            </div>
            {totals && total > 0 ? (
              <div role="rowgroup" className={classes.foot}>
                <div role="row" className={classes.row} aria-rowindex={total + headRows + 1}>
                  {selectable ? <div role="gridcell" className={`${classes.cell} ${classes.check}`} /> : null}
                  {drawCells(drawn.columns, (shown, index) => (
                    <div
                      key={shown.column.id}
                      role="gridcell"
                      className={classes.cell}
                      data-align={shown.column.align ?? 'start'}
                      data-pinned={shown.pinned ?? undefined}
                      aria-colindex={index + 1 + (selectable ? 1 : 0)}
                      style={cellStyle(shown, selectable)}
                    >
                      {totals[shown.column.id]}
                    </div>
                  ))}
                </div>
              </div>
            ) : null}
          </div>
          {total === 0 ? (
            <div role="presentation" className={classes.over}>
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
        <div className={classes.status}>
          {pages.error && total > 0 ? <ErrorState error={pages.error} onRetry={pages.retry} /> : null}
          {current !== undefined && activeShown ? (
            <span className={classes.statusValue}>
              {activeShown.column.header} <b>{cellText(activeShown.column, current)}</b>
            </span>
          ) : null}
        </div>
        {rowMenu && actions.length > 0 ? (
          <Menu
            opened
            onClose={() => {
              setRowMenu(null)
              scroller.current?.focus({ preventScroll: true })
            }}
          >
            <Menu.Target>
              <div className={classes.menuTarget} style={{ left: rowMenu.x, top: rowMenu.y }} />
            </Menu.Target>
            <Menu.Dropdown>
              {actions.map(action => (action ? <ActionMenuItem key={action.id} action={action} /> : null))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </div>
    </QuietContext>
  )
}
