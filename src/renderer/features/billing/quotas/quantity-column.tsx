import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { GridColumn } from '#renderer/ui/grid/columns.tsx'

/** A quantity as exact decimal text; sorted as a number, copied as it is. */
export function quantityColumn<T>(
  id: string,
  header: string,
  format: Format,
  value: (row: T) => string | null,
): GridColumn<T> {
  return {
    ...{ id, header, width: 120, align: 'end', filter: 'number' },
    value: row => {
      const text = value(row)
      return text === null ? null : Number(text)
    },
    text: row => value(row) ?? '',
    render: row => {
      const text = value(row)
      return text === null ? null : format.decimal(text)
    },
  }
}
