import { maxRecordBytesDefault } from '#engines/finops/bill/csv-tokenizer.ts'
import type { FileRow, UsageReader } from './read-file.ts'
import { eventOfRow, FIELDS, type Field, fieldsOf, type Refused } from './row-event.ts'

const LF = 10
const strict = new TextDecoder('utf-8', { fatal: true })

/** Reads one JSON object a line. Empty lines are no rows. */
export function createJsonRows(onRow: (row: FileRow) => void): UsageReader {
  let rest: Uint8Array[] = []
  let restLength = 0
  let line = 1
  /** A line that is longer than any row may be is passed over to its end. */
  let tooLong = false

  function whole(part: Uint8Array): Uint8Array {
    if (rest.length === 0) return part
    const all = new Uint8Array(restLength + part.length)
    let at = 0
    for (const piece of [...rest, part]) {
      all.set(piece, at)
      at += piece.length
    }
    rest = []
    restLength = 0
    return all
  }

  function emit(part: Uint8Array): void {
    const bytes = whole(part)
    if (tooLong || bytes.length > maxRecordBytesDefault) onRow({ line, given: refusal('record-too-long') })
    else {
      const given = readLine(bytes)
      if (given !== null) onRow({ line, given })
    }
    tooLong = false
    line++
  }

  return {
    push(chunk) {
      let start = 0
      for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
        emit(chunk.subarray(start, end))
        start = end + 1
      }
      if (start === chunk.length) return
      if (restLength > maxRecordBytesDefault) {
        tooLong = true
        rest = []
        restLength = 0
      }
      rest.push(chunk.slice(start))
      restLength += chunk.length - start
    },
    end() {
      if (restLength > 0) emit(new Uint8Array(0))
    },
  }
}

function refusal(problem: Refused['problem'], value: string | null = null): Refused {
  return { problem, field: null, value }
}

function readLine(bytes: Uint8Array): FileRow['given'] | null {
  let text: string
  try {
    text = strict.decode(bytes).trim()
  } catch {
    return refusal('text-not-utf8')
  }
  if (text === '') return null
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch {
    return refusal('json-malformed', text.slice(0, 80))
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    return refusal('json-malformed', text.slice(0, 80))
  }
  const names = Object.keys(row)
  const place = fieldsOf(names)
  const values = row as Record<string, unknown>
  const fieldName = (field: Field) => names[place.get(field) ?? -1]
  const textOf = (field: Field): string => {
    const name = fieldName(field)
    if (name === undefined) return ''
    const value = values[name]
    return typeof value === 'number' ? exactNumber(text, name, value) : plain(value).trim()
  }
  // Without a prototype: a member may have any name.
  const properties: Record<string, string> = Object.create(null)
  const taken = new Set(FIELDS.map(fieldName))
  for (const name of names) {
    const value = values[name]
    if (taken.has(name) || value === null) continue
    if (name === 'properties' && typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) if (member !== null) properties[key] = plain(member)
    } else properties[name] = plain(value)
  }
  const [id, customer, metric, quantity, at] = FIELDS.map(textOf) as [string, string, string, string, string]
  return eventOfRow({ id, customer, metric, quantity, at, properties })
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

/** A number as it was written: a double keeps no more than 15 digits of it for certain. */
function exactNumber(line: string, name: string, value: number): string {
  const text = String(value)
  if (text.replace(/\D/g, '').length < 16) return text
  const written = new Map<unknown, string>()
  let exact: string | undefined
  JSON.parse(line, function (key, parsed, context?: { source?: string }) {
    if (key === name && context?.source) written.set(this, context.source)
    // The whole row is visited last: members of the same name within it are others.
    if (key === '') exact = written.get(parsed)
    return parsed
  })
  return exact!
}
