import {
  type ColumnDef,
  columnFilteringFeature,
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createFilteredRowModel,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import { type ColumnFilter, useFilters } from '#renderer/state/filters.ts'
import { type GridLayout, useLayout } from '#renderer/state/layout.ts'
import { passes } from './column-filter.ts'
import { compareRows, type GridColumn, placesOf } from './columns.tsx'
import type { GridSort } from './grid-source.ts'

const features = tableFeatures({
  columnOrderingFeature,
  columnPinningFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  columnFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
})

const NO_FILTERS: Readonly<Record<string, ColumnFilter>> = {}
const LEAST_WIDTH = 48
const MOST_WIDTH = 1200

/** A column as it is shown now. */
export interface ShownColumn<T> {
  readonly column: GridColumn<T>
  readonly width: number
  readonly pinned: 'start' | 'end' | null
  /** Distance from the edge that it is pinned to, in pixels. */
  readonly offset: number
  readonly sorted: 'asc' | 'desc' | null
}

export interface GridModel<T> {
  /** In the order in which they are shown: pinned ones first and last. */
  readonly shown: readonly ShownColumn<T>[]
  /** All columns in their order, with what is hidden. */
  readonly all: readonly {
    readonly column: GridColumn<T>
    readonly visible: boolean
    readonly pinned: 'start' | 'end' | null
  }[]
  readonly sort: readonly GridSort[]
  readonly filters: Readonly<Record<string, ColumnFilter>>
  /** The rows that pass, sorted; empty for a paged table, whose source does that. */
  readonly rows: readonly T[]
  readonly layout: GridModelCommands
}

export interface GridModelCommands {
  resize(column: string, width: number): void
  setVisible(column: string, visible: boolean): void
  pin(column: string, to: 'start' | 'end' | null): void
  /** Moves a column to the place of another. */
  moveTo(column: string, place: string): void
  moveBy(column: string, by: 1 | -1): void
  /** Sorts by a column; `add` keeps the other ones before it. Null removes it. */
  sortBy(column: string, direction: 'asc' | 'desc' | null, add: boolean): void
  reset(): void
}

/** The arrangement of a grid (kept per grid id) and, for rows at hand, which pass and in which order. */
export function useGridModel<T>(
  id: string,
  columns: readonly GridColumn<T>[],
  rows: readonly T[],
  defaultSort: readonly GridSort[],
  paged: boolean,
): GridModel<T> {
  const kept = useLayout(state => state.grids[id])
  const setGrid = useLayout(state => state.setGrid)
  const filters = useFilters(state => state.grids[id] ?? NO_FILTERS)
  const byId = useMemo(() => new Map(columns.map(column => [column.id, column])), [columns])
  const sort = useMemo(
    () => (kept?.sort ?? defaultSort).filter(part => byId.has(part.id)),
    [kept?.sort, defaultSort, byId],
  )
  const definitions = useMemo(() => columns.map(column => definitionOf(column)), [columns])
  const state = useMemo(() => arrangement(columns, kept), [columns, kept])
  const columnFilters = useMemo(
    () => Object.entries(filters).flatMap(([name, value]) => (byId.has(name) ? [{ id: name, value }] : [])),
    [filters, byId],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows as unknown as AnyRow[],
    manualFiltering: paged,
    manualSorting: paged,
    state: { ...state, sorting: sort as GridSort[], columnFilters },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is one object for ever; what it answers follows from `state` and `definitions`
  const shown = useMemo(() => {
    const start = table.getStartVisibleLeafColumns()
    const centre = table.getCenterVisibleLeafColumns()
    const end = table.getEndVisibleLeafColumns()
    return [...start, ...centre, ...end].map((column): ShownColumn<T> => {
      const part = sort.find(entry => entry.id === column.id)
      const pinned = column.getIsPinned() || null
      return {
        column: byId.get(column.id)!,
        width: column.getSize(),
        pinned,
        offset: pinned === 'start' ? column.getStart('start') : pinned === 'end' ? column.getAfter('end') : 0,
        sorted: part ? (part.desc ? 'desc' : 'asc') : null,
      }
    })
  }, [table, state, definitions, sort, byId])
  const order = state.columnOrder
  const all = useMemo(
    () =>
      order.map(name => ({
        column: byId.get(name)!,
        visible: state.columnVisibility[name] !== false,
        pinned: state.columnPinning.start.includes(name)
          ? ('start' as const)
          : state.columnPinning.end.includes(name)
            ? ('end' as const)
            : null,
      })),
    [order, state, byId],
  )
  const layout = useMemo<GridModelCommands>(() => {
    const change = (value: Partial<GridLayout>) => setGrid(id, value)
    const moveTo = (column: string, place: string) => {
      if (column === place) return
      const others = order.filter(name => name !== column)
      const at = others.indexOf(place) + (order.indexOf(column) < order.indexOf(place) ? 1 : 0)
      change({ order: others.toSpliced(at, 0, column) })
    }
    return {
      moveTo,
      resize: (column, width) =>
        change({
          widths: {
            ...kept?.widths,
            [column]: Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width))),
          },
        }),
      setVisible: (column, visible) => change({ visibility: { ...kept?.visibility, [column]: visible } }),
      pin: (column, to) => {
        const { start, end } = state.columnPinning
        const without = {
          start: start.filter(name => name !== column),
          end: end.filter(name => name !== column),
        }
        change({
          pinned: {
            start: to === 'start' ? [...without.start, column] : without.start,
            end: to === 'end' ? [...without.end, column] : without.end,
          },
        })
      },
      moveBy: (column, by) => {
        const place = order[order.indexOf(column) + by]
        if (place !== undefined) moveTo(column, place)
      },
      sortBy: (column, direction, add) => {
        const others = add ? sort.filter(part => part.id !== column) : []
        change({
          sort: direction === null ? others : [...others, { id: column, desc: direction === 'desc' }],
        })
      },
      reset: () => setGrid(id, null),
    }
  }, [id, kept, order, sort, state, setGrid])
  const model = paged ? null : table.getRowModel()
  const passing = useMemo(
    () => (model?.rows.map(row => row.original) ?? []) as unknown as readonly T[],
    [model],
  )
  return { shown, all, sort, filters, rows: passing, layout }
}

/** TanStack Table does not know the row's type; it only hands rows back to the functions of its columns. */
type AnyRow = Record<string, unknown>
type Definition = ColumnDef<typeof features, AnyRow>

function definitionOf<T>(column: GridColumn<T>) {
  return {
    id: column.id,
    accessorFn: (row: T) => column.value(row) ?? undefined,
    size: column.width ?? 160,
    enableSorting: column.sortable !== false,
    sortUndefined: 'last' as const,
    sortFn: (a: { original: T }, b: { original: T }) => compareRows(column, a.original, b.original),
    filterFn: (row: { original: T }, _: string, filter: ColumnFilter) =>
      passes(column.value(row.original), filter, placesOf(column, row.original)),
  } as unknown as Definition
}

/** What the page says about the columns, with what the user changed on top of it. */
export function arrangement<T>(columns: readonly GridColumn<T>[], kept: GridLayout | undefined) {
  const names = columns.map(column => column.id)
  const keptOrder = (kept?.order ?? []).filter(name => names.includes(name))
  // A column that came with a newer version stands where the page has it, after the one before it.
  const columnOrder = [...keptOrder]
  names.forEach((name, i) => {
    if (columnOrder.includes(name)) return
    const before = names[i - 1]
    columnOrder.splice(before === undefined ? 0 : columnOrder.indexOf(before) + 1, 0, name)
  })
  const known = (list: readonly string[]) => list.filter(name => names.includes(name))
  return {
    columnOrder,
    columnSizing: { ...kept?.widths },
    columnVisibility: {
      ...Object.fromEntries(columns.filter(column => column.hidden).map(column => [column.id, false])),
      ...kept?.visibility,
    } as Record<string, boolean>,
    columnPinning: kept?.pinned
      ? { start: known(kept.pinned.start), end: known(kept.pinned.end) }
      : {
          start: columns.filter(column => column.pin === 'start').map(column => column.id),
          end: columns.filter(column => column.pin === 'end').map(column => column.id),
        },
  }
}
