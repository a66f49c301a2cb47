// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import type { ReactNode } from 'react'
import classes from './grid.module.css'
import { cellStyle, type DrawnColumns, drawCells } from './grid-row.tsx'

/** The last row, which stays in place: what the columns come to. */
export function GridTotals<T>(props: {
  readonly totals: Readonly<Record<string, ReactNode>>
  readonly drawn: DrawnColumns<T>
  readonly checks: boolean
  readonly rowIndex: number
}) {
  const { totals, drawn, checks } = props
  return (
    <div role="rowgroup" className={classes.foot}>
      <div role="row" className={classes.row} aria-rowindex={props.rowIndex}>
        {checks ? (
          <div role="gridcell" className={`${classes.cell} ${classes.check}`} aria-colindex={1} />
        ) : null}
        {drawCells(drawn, (shown, index) => (
          <div
            key={shown.column.id}
            role="gridcell"
            className={classes.cell}
            data-align={shown.column.align ?? 'start'}
            data-pinned={shown.pinned ?? undefined}
            aria-colindex={index + 1 + (checks ? 1 : 0)}
            style={cellStyle(shown, checks)}
          >
            {totals[shown.column.id]}
          </div>
        ))}
      </div>
    </div>
  )
}
