// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import { Button } from '@mantine/core'
import { useCallback, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFilters } from '#renderer/state/filters.ts'
import { useLayout } from '#renderer/state/layout.ts'
import { isSelected } from '#renderer/state/selection.ts'
import { QuietContext } from '#renderer/ui/display/quiet.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import classes from './grid.module.css'
import { GridBody } from './grid-body.tsx'
import { GridHead } from './grid-head.tsx'
import type { DataGridProps } from './grid-props.ts'
import { CHECK_WIDTH, widthVariable } from './grid-row.tsx'
import { GridRowMenu } from './grid-row-menu.tsx'
import { type GridSort, pagesOf, usePagedRows } from './grid-source.ts'
import { GridStatus } from './grid-status.tsx'
import { GridToolbar } from './grid-toolbar.tsx'
import { GridTotals } from './grid-totals.tsx'
import { useDrawnColumns } from './use-drawn-columns.ts'
import { useGridControl } from './use-grid-control.ts'
import { useGridModel } from './use-grid-model.ts'
import { useGridRows } from './use-grid-rows.ts'
import { useStable } from './use-stable.ts'

export type { DataGridProps, GridExport } from './grid-props.ts'

const NO_ROWS: readonly never[] = []
const NO_SORT: readonly GridSort[] = []
const FORMATS = ['csv', 'xlsx'] as const
const FIRST_PAGE: readonly number[] = [0]

/** The one table: virtual, sortable, filterable, selectable, by keyboard throughout. */
export function DataGrid<T>(props: DataGridProps<T>) {
  const { id, columns, rowKey, source, defaultSort = NO_SORT, selectable = true, search } = props
  const { t } = useTranslation()
  const gridId = useId()
  const toasts = useToasts()
  const paged = source !== undefined
  const found = search?.found ?? null
  const given = props.rows ?? NO_ROWS
  const searched = useMemo(
    () => (found === null ? given : given.filter(row => found.has(rowKey(row)))),
    [given, found, rowKey],
  )
  const model = useGridModel(id, columns, searched, defaultSort, paged)
  const rowHeight = useLayout(state => (state.density === 'compact' ? 28 : 36))
  const setColumnFilter = useFilters(state => state.setColumn)
  const clearFilters = useFilters(state => state.clear)
  const [showFilters, setShowFilters] = useState(false)
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
  const control = useGridControl({
    ...{ props, selectable, scroller, model, rows, rowAt, total, rowHeight, fixedRows },
    reveal: drawn.reveal,
    onShowFilters: () => setShowFilters(true),
  })
  const { activeRow, activeColumn, current, inHead, menuColumn, focus } = control
  const stable = useStable({
    onCheckAll: rows.toggleAll,
    onClearSelection: rows.clear,
    onMenu: (column: string | null) => {
      control.setMenuColumn(column)
      if (column === null) focus()
    },
    onFilter: (column: string, filter: Parameters<typeof setColumnFilter>[2]) =>
      setColumnFilter(id, column, filter),
    onLeave: focus,
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

  const retry = props.error ? props.onRetry : search?.error ? search.retry : pages.retry
  const error = props.error ?? search?.error ?? (paged && total === 0 ? pages.error : null)
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
            search={search}
            onLeaveSearch={stable.onLeave}
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
            aria-busy={loading || pages.stale || search?.pending === true}
            data-keys={control.byKeys}
            data-empty={total === 0}
            style={{ ...widths, ...(most === null ? {} : { height: (most + fixedRows) * rowHeight + 16 }) }}
            {...control.events}
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
                onLeaveFilters={stable.onLeave}
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
                <ErrorState error={error} onRetry={retry} />
              ) : search && search.asked !== '' ? (
                <EmptyState
                  title={t('ui.grid.notFound', { text: search.asked })}
                  text={t('ui.grid.notFoundText')}
                  actions={<Button onClick={() => search.onText('')}>{t('ui.grid.clearSearch')}</Button>}
                />
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
        {control.rowMenu ? (
          <GridRowMenu
            place={control.rowMenu}
            actions={control.actions}
            onClose={() => {
              control.setRowMenu(null)
              focus()
            }}
          />
        ) : null}
      </div>
    </QuietContext>
  )
}
