import { type CsvDialect, detectDialect } from '#engines/finops/bill/csv-dialect.ts'
import { type CsvRecord, createCsvTokenizer } from '#engines/finops/bill/csv-tokenizer.ts'
import { createByteDecoder, type Encoding, fileKind } from '#engines/finops/bill/file-kind.ts'
import { refuse } from '#shared/errors.ts'
import type { GivenEvent } from '../resolve.ts'
import { createJsonRows } from './json-rows.ts'
import { eventOfRow, FIELDS, type Field, fieldsOf, type Refused } from './row-event.ts'

/** How a file of events is read. */
export interface UsageReading {
  readonly format: 'csv' | 'jsonl'
  readonly encoding: Encoding
  readonly bomBytes: number
  /** Of CSV. */
  readonly dialect: CsvDialect
}

/** A row of a file: an event, or why it is none; with its physical line from 1. */
export interface FileRow {
  readonly line: number
  readonly given: GivenEvent | Refused
}

export interface UsageReader {
  push(chunk: Uint8Array): void
  end(): void
}

/**
 * Recognises a file of events by its beginning.
 * @throws Refusal `BILLING_FILE_UNREADABLE`
 */
export function recogniseUsage(head: Uint8Array): UsageReading {
  const kind = fileKind(head)
  const noDialect: CsvDialect = { delimiter: ',', separatorLine: false }
  if (!kind.csv) {
    if (kind.kind !== 'json') throw unreadable(kind.kind)
    if (head.find(byte => byte > 32) === 0x5b) throw unreadable('json-list')
    return { format: 'jsonl', encoding: 'utf-8', bomBytes: 0, dialect: noDialect }
  }
  const { encoding, bomBytes } = kind
  const text = createByteDecoder(encoding, bomBytes).push(head)
  const first = text.find(byte => byte > 32)
  if (first === undefined) throw unreadable('empty')
  if (first === 0x7b) return { format: 'jsonl', encoding, bomBytes, dialect: noDialect }
  return { format: 'csv', encoding, bomBytes, dialect: detectDialect(text) }
}

function unreadable(reason: string, line: number | null = null) {
  return refuse('BILLING_FILE_UNREADABLE', { reason, line })
}

/**
 * Reads a file of events, chunk by chunk; the rows do not depend on where chunks end.
 * @throws Refusal `BILLING_FILE_UNREADABLE` where the header lacks a column that is needed
 */
export function createUsageReader(reading: UsageReading, onRow: (row: FileRow) => void): UsageReader {
  const decoder = createByteDecoder(reading.encoding, reading.bomBytes)
  const rows = reading.format === 'jsonl' ? createJsonRows(onRow) : createCsvRows(reading.dialect, onRow)
  return {
    push: chunk => rows.push(decoder.push(chunk)),
    end() {
      const rest = decoder.end()
      if (rest.length > 0) rows.push(rest)
      rows.end()
    },
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** A cell as text; null where it is no UTF-8. */
function cellText(bytes: Buffer, start: number, end: number, escaped: boolean): string | null {
  let ascii = true
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) > 127) {
      ascii = false
      break
    }
  }
  let text: string
  if (ascii) text = bytes.toString('latin1', start, end)
  else {
    try {
      text = strict.decode(bytes.subarray(start, end))
    } catch {
      return null
    }
  }
  return escaped ? text.replaceAll('""', '"') : text
}

function createCsvRows(dialect: CsvDialect, onRow: (row: FileRow) => void): UsageReader {
  let names: readonly string[] | null = null
  let place = new Map<Field, number>()
  let others: { readonly at: number; readonly name: string }[] = []
  let separatorLine = dialect.separatorLine
  let seen: Uint8Array | null = null
  let buffer: Buffer = Buffer.alloc(0)

  function header(cells: readonly string[], line: number): void {
    names = cells.map(name => name.trim())
    place = fieldsOf(names)
    for (const field of ['id', 'customer', 'metric', 'at'] as const) {
      if (!place.has(field)) throw unreadable(`no-${field}-column`, line)
    }
    const taken = new Set(place.values())
    others = names.flatMap((name, at) =>
      taken.has(at) || name === '' ? [] : [{ at, name: name.replace(/^properties[./]/, '') }],
    )
  }

  function read(record: CsvRecord): FileRow['given'] | null {
    const { fieldCount, starts, ends, escaped } = record
    const refused = (problem: Refused['problem'], field: number | null = null): Refused => ({
      problem,
      field: field === null ? null : (names?.[field] ?? null),
      value: null,
    })
    if (record.fault !== null) return refused(record.fault, record.faultField)
    const cells: string[] = []
    for (let i = 0; i < fieldCount; i++) {
      const text = cellText(buffer, starts[i] as number, ends[i] as number, escaped[i] === 1)
      if (text === null) return refused('text-not-utf8', i)
      cells.push(text)
    }
    if (names === null) {
      header(cells, record.line)
      return null
    }
    if (fieldCount !== names.length) {
      return refused(fieldCount < names.length ? 'fields-too-few' : 'fields-too-many')
    }
    const cell = (field: Field) => {
      const at = place.get(field)
      return at === undefined ? '' : (cells[at] as string).trim()
    }
    // Without a prototype: a column may have any name.
    const properties: Record<string, string> = Object.create(null)
    for (const { at, name } of others) {
      const value = cells[at] as string
      if (value === '') continue
      if (name !== 'properties' || !addMembers(properties, value)) properties[name] = value
    }
    const [id, customer, metric, quantity, at] = FIELDS.map(cell) as [string, string, string, string, string]
    return eventOfRow({ id, customer, metric, quantity, at, properties })
  }

  const tokenizer = createCsvTokenizer({
    delimiter: dialect.delimiter.charCodeAt(0),
    onRecord(record) {
      if (separatorLine) {
        separatorLine = false
        return
      }
      // Lines that are empty, at the end above all, are no rows.
      if (record.end === record.start && record.fault === null) return
      if (seen !== record.bytes) {
        seen = record.bytes
        buffer = Buffer.from(seen.buffer, seen.byteOffset, seen.length)
      }
      const given = read(record)
      if (given !== null) onRow({ line: record.line, given })
    },
  })
  return { push: chunk => tokenizer.push(chunk), end: () => tokenizer.end() }
}

/** Takes the members of a JSON object as properties; false where the text is none. */
function addMembers(properties: Record<string, string>, text: string): boolean {
  if (!text.startsWith('{')) return false
  try {
    for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
      if (value === null) continue
      properties[key] = typeof value === 'string' ? value : JSON.stringify(value)
    }
    return true
  } catch {
    return false
  }
}
