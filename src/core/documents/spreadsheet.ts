import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

export interface SheetColumn {
  readonly title: string
  /** What the text of its cells stands for: decimals are exact, instants ISO 8601. */
  readonly kind: 'text' | 'number' | 'instant'
}

export type SheetRow = readonly (string | null)[]

export interface SheetFile {
  readonly path: string
  readonly format: 'csv' | 'xlsx'
  /** What the sheet is called, in formats that have sheets. */
  readonly sheet: string
  readonly columns: readonly SheetColumn[]
  /** After so many rows another sheet begins; Excel ends at 1,048,576. */
  readonly rowsPerSheet?: number
}

const ROWS_PER_SHEET = 1_000_000
/** More digits than this are not exact in a spreadsheet's numbers. */
const EXACT_DIGITS = 15

/**
 * Writes a table to a file, row by row, whatever its size. The file appears when it is whole: until then it has
 * the name with `.part`, which goes when something fails.
 */
export async function writeSheet(
  file: SheetFile,
  rows: AsyncIterable<SheetRow> | Iterable<SheetRow>,
  signal?: AbortSignal,
): Promise<{ rows: number; size: number }> {
  const part = `${file.path}.part`
  const stream = createWriteStream(part, { mode: 0o600 })
  const closed = new Promise<void>(resolve => stream.once('close', resolve))
  try {
    const write = file.format === 'csv' ? writeCsv : writeXlsx
    const count = await write(stream, file, rows, signal)
    const { size } = await stat(part)
    await rename(part, file.path)
    return { rows: count, size }
  } catch (error) {
    // Opening may still be under way: a file that is removed before it is opened would come back.
    stream.destroy()
    await closed
    await rm(part, { force: true })
    throw error
  }
}

type Write = (
  stream: WriteStream,
  file: SheetFile,
  rows: AsyncIterable<SheetRow> | Iterable<SheetRow>,
  signal: AbortSignal | undefined,
) => Promise<number>

const writeCsv: Write = async (stream, { columns }, rows, signal) => {
  const done = finished(stream)
  // Whoever waits for `done` comes later: until then a failure must not count as unhandled.
  done.catch(() => {})
  let count = 0
  let text = `\uFEFF${columns.map(({ title }) => csvCell(title, 'text')).join(',')}\r\n`
  const flush = async () => {
    const more = stream.write(text)
    text = ''
    if (!more) await Promise.race([new Promise<void>(resolve => stream.once('drain', () => resolve())), done])
  }
  try {
    for await (const row of rows) {
      signal?.throwIfAborted()
      text += `${columns.map(({ kind }, index) => csvCell(row[index] ?? null, kind)).join(',')}\r\n`
      count++
      if (text.length > 65_536) await flush()
    }
    await flush()
  } catch (error) {
    stream.destroy()
    throw error
  }
  stream.end()
  await done
  return count
}

/**
 * A cell as RFC 4180 has it. Text that a spreadsheet would run as a formula gets an apostrophe in front, as
 * OWASP advises (CSV injection); numbers do not, so that -5 stays a number.
 */
export function csvCell(value: string | null, kind: SheetColumn['kind']): string {
  if (value === null) return ''
  const safe = kind === 'text' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const writeXlsx: Write = async (
  stream,
  { columns, sheet: name, rowsPerSheet = ROWS_PER_SHEET },
  rows,
  signal,
) => {
  const done = finished(stream)
  done.catch(() => {})
  // Most threads and commands never write a workbook, and reading the library is a good part of their start.
  const { default: exceljs } = await import('exceljs')
  const book = new exceljs.stream.xlsx.WorkbookWriter({ stream, useSharedStrings: false, useStyles: true })
  let sheets = 0
  const begin = () => {
    sheets++
    const sheet = book.addWorksheet(sheets === 1 ? name : `${name} ${sheets}`, {
      views: [{ state: 'frozen', ySplit: 1 }],
    })
    sheet.columns = columns.map(({ kind }) => ({
      width: kind === 'text' ? 24 : 18,
      ...(kind === 'instant' ? { style: { numFmt: 'yyyy-mm-dd hh:mm' } } : {}),
    }))
    const head = sheet.addRow(columns.map(({ title }) => title))
    head.font = { bold: true }
    head.commit()
    return sheet
  }
  let sheet = begin()
  let count = 0
  try {
    for await (const row of rows) {
      signal?.throwIfAborted()
      if (count > 0 && count % rowsPerSheet === 0) {
        sheet.commit()
        sheet = begin()
      }
      sheet.addRow(columns.map(({ kind }, index) => xlsxCell(row[index] ?? null, kind))).commit()
      count++
      // The writer of sheets does not say when it is full, so it is given time to write.
      if (count % 2000 === 0) await Promise.race([new Promise(resolve => setImmediate(resolve)), done])
    }
    sheet.commit()
    await Promise.race([book.commit(), done])
  } catch (error) {
    stream.destroy()
    throw error
  }
  await done
  return count
}

/** Texts are never formulas in this format. A number with more digits than are exact stays text. */
export function xlsxCell(value: string | null, kind: SheetColumn['kind']): string | number | Date | null {
  if (value === null || kind === 'text') return value
  if (kind === 'instant') return new Date(value)
  const digits = value.replace(/[-.]/g, '').replace(/^0+/, '')
  return digits.length > EXACT_DIGITS ? value : Number(value)
}
