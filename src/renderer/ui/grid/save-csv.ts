import type { GridExport } from '#renderer/ui/grid/data-grid.tsx'
import { toDelimited } from '#renderer/ui/grid/delimited.ts'

/** Saves the rows of a grid that are at hand as a file, with the columns that are shown. */
export function saveCsv<T>(name: string): (request: GridExport<T>) => void {
  return ({ columns, rows }) => {
    const url = URL.createObjectURL(new Blob([toDelimited(columns, rows ?? [], ',')], { type: 'text/csv' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.csv`
    link.click()
    URL.revokeObjectURL(url)
  }
}
