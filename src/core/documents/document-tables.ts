import { tagged } from './document-frame.ts'
import type { Tag } from './tagged-pdf.ts'

interface GridShape {
  /** So many columns stand left, the others right: they are figures. */
  readonly left: number
  /** The column that takes the room that is left; the first where nothing is said. */
  readonly wide?: number
  /** Rows that stand out, by their index. */
  readonly strong?: readonly number[]
}

/** A table whose head is repeated on each page. */
export function gridTable(
  table: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { left, wide = 0, strong = [] }: GridShape,
): object {
  const side = (cell: number) => ({ alignment: cell < left ? 'left' : 'right', noWrap: cell !== wide })
  const cells = (row: readonly string[], index: number) =>
    row.map((text, cell) => {
      const tag: Tag = { role: 'TD', table, row: index + 1, cell }
      return tagged(text, tag, { ...side(cell), ...(strong.includes(index) ? { bold: true } : {}) })
    })
  return {
    layout: 'lines',
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: head.map((_, cell) => (cell === wide ? '*' : 'auto')),
      body: [
        head.map((text, cell) =>
          tagged(
            text,
            { role: 'TH', table, row: 0, cell },
            { style: 'head', ...side(cell), noWrap: cell >= left },
          ),
        ),
        ...rows.map(cells),
      ],
    },
    margin: [0, 0, 0, 16],
  }
}

/** Sums under one another at the right. The line with this index stands out, above it a rule. */
export function sumTable(
  table: string,
  rows: readonly (readonly [string, string])[],
  strong: number,
): object {
  return {
    unbreakable: true,
    columns: [
      { width: '*', text: '' },
      {
        width: 270,
        layout: rows.length - 1 === strong ? 'totals' : 'sums',
        table: {
          widths: ['*', 'auto'],
          body: rows.map(([label, value], row) => {
            const more = row === strong ? { style: 'strong' } : {}
            return [
              tagged(label, { role: 'TH', table, row, cell: 0 }, more),
              tagged(
                value,
                { role: 'TD', table, row, cell: 1 },
                { ...more, alignment: 'right', noWrap: true },
              ),
            ]
          }),
        },
      },
    ],
    margin: [0, 0, 0, 20],
  }
}
