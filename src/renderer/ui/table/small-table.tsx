import type { ReactNode } from 'react'
import classes from './small-table.module.css'

/** A small table of what is known at once: previews, totals, proofs. Scrolls sideways within itself. */
export function SmallTable(props: {
  readonly label: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly ReactNode[])[]
  /** Columns of figures, which stand at the right. */
  readonly figures?: readonly number[]
  /** Long texts go on in a further line, so that all columns are seen at once. */
  readonly wraps?: boolean
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scrolling box around a table
    <div className={classes.scroll} role="region" aria-label={props.label} tabIndex={0}>
      <table className={classes.table} data-wraps={props.wraps || undefined}>
        <thead>
          <tr>
            {props.head.map((name, index) => (
              <th key={name} scope="col" data-figure={props.figures?.includes(index) || undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of no identity, never reordered
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={column} data-figure={props.figures?.includes(column) || undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
