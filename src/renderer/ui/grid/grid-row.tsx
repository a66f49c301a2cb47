// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import { IconCheck } from '@tabler/icons-react'
import { type CSSProperties, memo, type ReactNode } from 'react'
import { cellText, type GridColumn } from './columns.tsx'
import classes from './grid.module.css'
import type { ShownColumn } from './use-grid-model.ts'

/** Width of the column of check boxes, in pixels. */
export const CHECK_WIDTH = 44

/** Where a cell stands. Widths are variables of the grid, so that dragging one redraws no row. */
export function cellStyle<T>(shown: ShownColumn<T>, checks: boolean): CSSProperties {
  const style: CSSProperties = { width: `var(${widthVariable(shown.column.id)})` }
  if (shown.pinned === 'start') style.left = shown.offset + (checks ? CHECK_WIDTH : 0)
  if (shown.pinned === 'end') style.right = shown.offset
  return style
}

/** The variable that holds a column's width. */
export function widthVariable(column: string): string {
  return `--w-${column.replaceAll(/[^\w-]/g, '_')}`
}

/** The columns that are drawn, with the empty space that stands for the others. */
export interface DrawnColumns<T> {
  readonly columns: readonly { readonly shown: ShownColumn<T>; readonly index: number }[]
  /** Pixels of columns that are scrolled past, and of those to come. */
  readonly before: number
  readonly after: number
  /** How many of the columns are pinned at the start. */
  readonly pinnedStart: number
  readonly pinnedEnd: number
  readonly count: number
}

/** Which edge of a pinned group a cell is at. */
export function edgeOf<T>(drawn: DrawnColumns<T>, index: number): 'start' | 'end' | undefined {
  if (drawn.pinnedStart > 0 && index === drawn.pinnedStart - 1) return 'start'
  if (drawn.pinnedEnd > 0 && index === drawn.count - drawn.pinnedEnd) return 'end'
  return undefined
}

/** Draws cells with the space of what is not drawn between the pinned ones and the others. */
export function drawCells<T>(
  drawn: DrawnColumns<T>,
  cell: (shown: ShownColumn<T>, index: number) => ReactNode,
): ReactNode {
  const { columns, before, after, pinnedStart, pinnedEnd, count } = drawn
  const space = (width: number, key: string) =>
    width > 0 ? <div key={key} role="presentation" style={{ width, flex: 'none' }} /> : null
  return (
    <>
      {columns.filter(({ index }) => index < pinnedStart).map(({ shown, index }) => cell(shown, index))}
      {space(before, 'before')}
      {columns
        .filter(({ index }) => index >= pinnedStart && index < count - pinnedEnd)
        .map(({ shown, index }) => cell(shown, index))}
      {space(after, 'after')}
      {columns
        .filter(({ index }) => index >= count - pinnedEnd)
        .map(({ shown, index }) => cell(shown, index))}
    </>
  )
}

export interface GridRowProps<T> {
  readonly gridId: string
  readonly index: number
  readonly row: T | undefined
  readonly drawn: DrawnColumns<T>
  readonly checks: boolean
  readonly selected: boolean
  /** The column that has the focus, if this row has it; −1 for no column. */
  readonly activeColumn: number | null
  readonly openable: boolean
  /** Rows above the first one: heads. */
  readonly headRows: number
}

/** The id of a cell's element, for `aria-activedescendant`. */
export function cellId(grid: string, row: number, column: number): string {
  return `${grid}-r${row}-c${column}`
}

function contentOf<T>(column: GridColumn<T>, row: T | undefined): ReactNode {
  if (row === undefined) return <span className={classes.bone} />
  if (!column.render) {
    const text = cellText(column, row)
    return <span title={text.length > 24 ? text : undefined}>{text}</span>
  }
  const content = column.render(row)
  return typeof content === 'string' ? (
    <span title={content.length > 24 ? content : undefined}>{content}</span>
  ) : (
    content
  )
}

function GridRowOf<T>(props: GridRowProps<T>) {
  const { gridId, index, row, drawn, checks, selected, activeColumn } = props
  return (
    <div
      role="row"
      className={classes.row}
      aria-rowindex={index + 1 + props.headRows}
      aria-selected={checks ? selected : undefined}
      data-row={index}
      data-selected={selected}
      data-active={activeColumn !== null}
      data-openable={props.openable}
    >
      {checks ? (
        <div
          role="gridcell"
          className={`${classes.cell} ${classes.check}`}
          data-check="true"
          aria-colindex={1}
        >
          <span className={classes.box} data-checked={selected} aria-hidden="true">
            {selected ? <IconCheck size={12} stroke={3} /> : null}
          </span>
        </div>
      ) : null}
      {drawCells(drawn, (shown, column) => (
        <div
          key={shown.column.id}
          id={cellId(gridId, index, column)}
          role="gridcell"
          className={classes.cell}
          aria-colindex={column + 1 + (checks ? 1 : 0)}
          data-align={shown.column.align ?? 'start'}
          data-pinned={shown.pinned ?? undefined}
          data-edge={edgeOf(drawn, column)}
          data-active={activeColumn === column}
          style={cellStyle(shown, checks)}
        >
          {contentOf(shown.column, row)}
        </div>
      ))}
    </div>
  )
}

/** One row; drawn again only when what it shows has changed. */
export const GridRow = memo(GridRowOf) as typeof GridRowOf
