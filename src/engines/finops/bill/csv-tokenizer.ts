/**
 * Splits bytes of UTF-8 (or any superset of ASCII) into CSV records, without making a string of any cell.
 *
 * Bytes are pushed in chunks of any size; the records found do not depend on where chunks end. A record ends at
 * LF, CRLF or CR, also when a file mixes them. A quoted cell may hold delimiters, newlines and doubled quotes.
 * What cannot be read is a fault of one record, with its place, and reading goes on with the next line.
 */

export type CsvFault = 'quote-not-closed' | 'text-after-quote' | 'nul-byte' | 'record-too-long'

/** One record, valid only during the call that hands it over: its arrays are reused. */
export type CsvRecord = {
  bytes: Uint8Array
  view: DataView
  /** Extent of the record in `bytes`, without its newline. */
  start: number
  end: number
  fieldCount: number
  /** Extent of each cell in `bytes`, without the quotes around it. */
  starts: Int32Array
  ends: Int32Array
  /** 1 where the cell was quoted and holds doubled quotes. */
  escaped: Uint8Array
  /** Physical line, from 1, on which the record starts. */
  line: number
  fault: CsvFault | null
  /** Offset in `bytes` and index of the cell of the fault. */
  faultAt: number
  faultField: number
  /** True where the file ends without a newline after this record. */
  atEnd: boolean
}

export type CsvTokenizer = {
  push(chunk: Uint8Array): void
  end(): void
  /** Newlines seen of each kind. */
  newlines(): { lf: number; crlf: number; cr: number }
}

export type CsvTokenizerOptions = {
  /** The byte between cells. */
  delimiter: number
  onRecord: (record: CsvRecord) => void
  /** A record longer than this is a fault; a quote still open after so many bytes was never closed. */
  maxRecordBytes?: number
}

export const maxRecordBytesDefault = 1 << 20

const LF = 10
const CR = 13
const QUOTE = 34

/** 1 for every byte at which the scan of a cell has to stop and look. */
function stopTable(...stops: number[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of [0, LF, CR, ...stops]) table[byte] = 1
  return table
}

export function createCsvTokenizer(options: CsvTokenizerOptions): CsvTokenizer {
  const { delimiter, onRecord } = options
  const maxRecordBytes = options.maxRecordBytes ?? maxRecordBytesDefault
  const plainStops = stopTable(delimiter)
  const quotedStops = stopTable(QUOTE)
  let work = new Uint8Array(1 << 16)
  let length = 0
  let line = 1
  let skipLineFeed = false
  let skipLine = false
  const seen = { lf: 0, crlf: 0, cr: 0 }
  const record: CsvRecord = {
    bytes: work,
    view: new DataView(work.buffer),
    start: 0,
    end: 0,
    fieldCount: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    escaped: new Uint8Array(64),
    line: 1,
    fault: null,
    faultAt: 0,
    faultField: 0,
    atEnd: false,
  }

  function reserve(capacity: number): void {
    if (work.length >= capacity) return
    const larger = new Uint8Array(Math.max(capacity, work.length * 2))
    larger.set(work.subarray(0, length))
    work = larger
    record.bytes = work
    record.view = new DataView(work.buffer)
  }

  function growFields(): void {
    const grow = record.starts.length * 2
    const starts = new Int32Array(grow)
    const ends = new Int32Array(grow)
    const escaped = new Uint8Array(grow)
    starts.set(record.starts)
    ends.set(record.ends)
    escaped.set(record.escaped)
    record.starts = starts
    record.ends = ends
    record.escaped = escaped
  }

  function fail(fault: CsvFault, at: number, field: number): void {
    if (record.fault !== null) return
    record.fault = fault
    record.faultAt = at
    record.faultField = field
  }

  /** Hands over the record that ends at `end` and steps over its newline. Returns where the next one starts. */
  function emit(start: number, end: number, limit: number, fields: number, inner: number): number {
    record.start = start
    record.end = end
    record.fieldCount = fields
    record.line = line
    record.atEnd = end >= limit
    onRecord(record)
    record.fault = null
    line += inner
    if (end >= limit) return limit
    line++
    if (work[end] === LF) {
      seen.lf++
      return end + 1
    }
    if (end + 1 >= limit) {
      // The line feed of this carriage return may come with the next chunk.
      skipLineFeed = true
      seen.cr++
      return limit
    }
    if (work[end + 1] === LF) {
      seen.crlf++
      return end + 2
    }
    seen.cr++
    return end + 1
  }

  /**
   * Gives up on the record that starts at `start` because of what is at `from`: the record ends with the line
   * of `from`, and reading goes on after that. Returns where to go on.
   */
  function abandon(
    start: number,
    from: number,
    stop: number,
    limit: number,
    fields: number,
    inner: number,
  ): number {
    for (let p = from; p < stop; p++) {
      if (work[p] === LF || work[p] === CR) return emit(start, p, limit, fields, inner)
    }
    emit(start, stop, stop, fields, inner)
    skipLine = true
    return stop
  }

  /** Reads whole records from `work`; what is left of an unfinished one moves to the front. */
  function scan(final: boolean): void {
    const limit = length
    let p = 0
    while (p < limit) {
      if (skipLineFeed) {
        skipLineFeed = false
        if (work[p] === LF) {
          p++
          seen.cr--
          seen.crlf++
        }
      } else if (skipLine) {
        while (p < limit && work[p] !== LF && work[p] !== CR) p++
        if (p < limit) {
          skipLine = false
          line++
          skipLineFeed = work[p] === CR
          p++
        }
      } else {
        const next = scanRecord(p, limit, final)
        if (next < 0) break
        p = next
      }
    }
    if (p > 0) work.copyWithin(0, p, limit)
    length = limit - p
  }

  /** Reads one record. Returns where the next one starts, or -1 where the bytes at hand do not finish it. */
  function scanRecord(start: number, limit: number, final: boolean): number {
    const bytes = work
    const stop = Math.min(limit, start + maxRecordBytes)
    let { starts, ends, escaped } = record
    let capacity = starts.length
    let fields = 0
    let inner = 0
    let p = start
    record.fault = null
    for (;;) {
      if (fields === capacity) {
        growFields()
        ;({ starts, ends, escaped } = record)
        capacity = starts.length
      }
      starts[fields] = p
      ends[fields] = -1
      escaped[fields] = 0
      if (p < stop && bytes[p] === QUOTE) {
        const open = p
        const innerAtOpen = inner
        p++
        for (;;) {
          while (p < stop && quotedStops[bytes[p] as number] === 0) p++
          if (p >= stop) {
            if (!final && stop === limit) return -1
            fail('quote-not-closed', open, fields)
            return abandon(start, open, stop, limit, fields, innerAtOpen)
          }
          const c = bytes[p]
          if (c === QUOTE) {
            if (p + 1 >= limit && !final) return -1
            if (p + 1 >= limit || bytes[p + 1] !== QUOTE) break
            escaped[fields] = 1
            p += 2
          } else {
            if (c === 0) fail('nul-byte', p, fields)
            else if (c === LF || bytes[p + 1] !== LF) inner++
            p++
          }
        }
        starts[fields] = open + 1
        ends[fields] = p
        p++
        if (p < stop && plainStops[bytes[p] as number] === 0) fail('text-after-quote', p, fields)
      }
      for (;;) {
        while (p < stop && plainStops[bytes[p] as number] === 0) p++
        if (p >= stop || bytes[p] !== 0) break
        fail('nul-byte', p, fields)
        p++
      }
      if (ends[fields] === -1) ends[fields] = p
      fields++
      if (p >= stop) {
        if (stop < limit) {
          fail('record-too-long', start, fields - 1)
          return abandon(start, stop, stop, limit, fields, inner)
        }
        return final ? emit(start, p, limit, fields, inner) : -1
      }
      if (bytes[p] !== delimiter) return emit(start, p, limit, fields, inner)
      p++
    }
  }

  return {
    push(chunk) {
      reserve(length + chunk.length)
      work.set(chunk, length)
      length += chunk.length
      scan(false)
    },
    end() {
      scan(true)
    },
    newlines: () => ({ ...seen }),
  }
}
