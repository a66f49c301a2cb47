import { cellText, type GridColumn } from './columns.tsx'

/** Makes a cell safe for a separated file: quotes where needed, and no cell that a spreadsheet would run. */
function quoted(text: string, separator: string): string {
  // A leading = + @ or tab is read as a formula by spreadsheets; a number with a minus is not one.
  const safe =
    /^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-\d*\.?\d*$/.test(text)) ? `'${text}` : text
  return safe.includes(separator) || /["\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as text with a head: TSV for the clipboard, CSV for a file. Figures are exact and not grouped. */
export function toDelimited<T>(
  columns: readonly GridColumn<T>[],
  rows: readonly T[],
  separator: '\t' | ',',
): string {
  const lines = [columns.map(column => quoted(column.header, separator)).join(separator)]
  for (const row of rows) {
    lines.push(columns.map(column => quoted(cellText(column, row), separator)).join(separator))
  }
  return lines.join(separator === '\t' ? '\n' : '\r\n')
}
