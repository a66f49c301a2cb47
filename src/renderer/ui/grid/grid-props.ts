import type { ReactNode, Ref } from 'react'
import type { ColumnFilter } from '#renderer/state/filters.ts'
import type { GridSelection } from '#renderer/state/selection.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import type { GridColumn } from './columns.tsx'
import type { GridSearch } from './grid-search.tsx'
import type { GridSort, PagedSource } from './grid-source.ts'

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

/** What a page may ask of its grid: where the cursor is, and to move it. */
export interface GridHandle<T> {
  /** The row that has the focus, counted from 0; −1 for the head. */
  readonly at: () => number
  /** Puts the cursor on a row and scrolls to it. */
  readonly goTo: (row: number) => void
  readonly focus: () => void
  /**
   * The place of the first row from `from` on (to before `end`) that is wanted, in the order shown. Rows that
   * are not at hand are fetched, page after page. Null where there is none.
   */
  readonly find: (wanted: (row: T) => boolean, from: number, end?: number) => Promise<number | null>
  /** The selected rows in the order shown. */
  readonly chosen: () => Promise<readonly T[]>
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
  /** The full-text search of this list: `useListSearch('person')`. Only for lists of what can be searched. */
  readonly search?: GridSearch | undefined
  readonly onOpen?: ((row: T) => void) | undefined
  /** Escape while the grid has the focus and nothing is selected: closes what was opened from it. */
  readonly onEscape?: (() => void) | undefined
  readonly onActiveChange?: ((row: T | null) => void) | undefined
  readonly handle?: Ref<GridHandle<T>> | undefined
  /** True keeps the cursor on its row when rows come, go or change places, rather than on its place. */
  readonly followRow?: boolean
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
