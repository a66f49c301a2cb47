import type { GridColumn } from './columns.tsx'
import type { GridExport } from './data-grid.tsx'
import { toDelimited } from './delimited.ts'

/** Saves rows as a file with these columns. */
export function saveRows<T>(name: string, columns: readonly GridColumn<T>[], rows: readonly T[]): void {
  const url = URL.createObjectURL(new Blob([toDelimited(columns, rows, ',')], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(url)
}

/** Saves the rows of a grid that are at hand as a file, with the columns that are shown. */
export function saveCsv<T>(name: string): (request: GridExport<T>) => void {
  return ({ columns, rows }) => saveRows(name, columns, rows ?? [])
}
