/**
 * Compares ways of splitting one CSV file into cells (ADR 0003): `npx node bench/csv-readers.ts <file.csv>`.
 * Each reader takes the file in chunks of 1 MiB and counts records and cells; none does anything else.
 */
import { createReadStream, statSync } from 'node:fs'
import { parse as csvParse } from 'csv-parse'
import Papa from 'papaparse'
import { inferSchema, initParser, type Parser } from 'udsv'
import { createCsvTokenizer } from '../src/engines/finops/bill/csv-tokenizer.ts'
import {
  createTextDictionary,
  encodeCell,
  isDictionaryFull,
  resetDictionary,
  type TextDictionary,
} from '../src/engines/finops/bill/text-dictionary.ts'

const file = process.argv[2]
if (file === undefined) throw new Error('Which file? npx node bench/csv-readers.ts <file.csv>')
const size = statSync(file).size

type Count = { records: number; cells: number }
const chunks = () => createReadStream(file, { highWaterMark: 1 << 20 })

async function own(): Promise<Count> {
  const count = { records: 0, cells: 0 }
  const tokenizer = createCsvTokenizer({
    delimiter: 44,
    onRecord: record => {
      count.records++
      count.cells += record.fieldCount
    },
  })
  for await (const chunk of chunks()) tokenizer.push(chunk)
  tokenizer.end()
  return count
}

/** What an import needs: every cell as the code of its text in its column. */
async function ownEncoded(): Promise<Count> {
  const count = { records: 0, cells: 0 }
  const dictionaries = Array.from({ length: 100 }, createTextDictionary)
  const nulls: ReadonlySet<string> = new Set()
  const tokenizer = createCsvTokenizer({
    delimiter: 44,
    onRecord: record => {
      count.records++
      for (let i = 0; i < record.fieldCount; i++) {
        const dictionary = dictionaries[i] as TextDictionary
        if (isDictionaryFull(dictionary)) resetDictionary(dictionary)
        const { bytes, view, starts, ends, escaped } = record
        const [start, end, quotes] = [starts[i] as number, ends[i] as number, escaped[i] as number]
        if (encodeCell(dictionary, nulls, bytes, view, start, end, quotes) >= 0) count.cells++
      }
    },
  })
  for await (const chunk of chunks()) tokenizer.push(chunk)
  tokenizer.end()
  return count
}

async function readUdsv(onRow: (row: string[]) => void): Promise<void> {
  const decoder = new TextDecoder()
  let parser: Parser | undefined
  for await (const chunk of chunks()) {
    const text = decoder.decode(chunk, { stream: true })
    parser ??= initParser(inferSchema(text))
    // With a callback, udsv hands over one row at a time.
    parser.chunk<string[]>(text, parser.stringArrs as never, onRow)
  }
  parser?.end()
}

async function udsv(): Promise<Count> {
  const count = { records: 1, cells: 0 }
  await readUdsv(row => {
    count.records++
    count.cells += row.length
  })
  return count
}

async function udsvEncoded(): Promise<Count> {
  const count = { records: 1, cells: 0 }
  const codes = Array.from({ length: 100 }, () => new Map<string, number>())
  await readUdsv(row => {
    count.records++
    for (let i = 0; i < row.length; i++) {
      const map = codes[i] as Map<string, number>
      if (map.size > 65_536) map.clear()
      const cell = row[i] as string
      if (map.get(cell) === undefined) map.set(cell, map.size)
      count.cells++
    }
  })
  return count
}

async function papaparse(): Promise<Count> {
  const count = { records: 0, cells: 0 }
  const stream = Papa.parse(Papa.NODE_STREAM_INPUT, { header: false })
  chunks().pipe(stream)
  for await (const row of stream) {
    count.records++
    count.cells += (row as string[]).length
  }
  return count
}

async function csvParser(): Promise<Count> {
  const count = { records: 0, cells: 0 }
  for await (const row of chunks().pipe(csvParse())) {
    count.records++
    count.cells += (row as string[]).length
  }
  return count
}

const readers = {
  own,
  'own, encoded': ownEncoded,
  udsv,
  'udsv, encoded': udsvEncoded,
  papaparse,
  'csv-parse': csvParser,
}
const only = process.argv[3]
for (const [name, read] of Object.entries(readers)) {
  if (only !== undefined && only !== name) continue
  const start = performance.now()
  const count = await read()
  const seconds = (performance.now() - start) / 1000
  const speed = `${Math.round(count.records / seconds / 1000)}k rows/s, ${Math.round(size / seconds / 1e6)} MB/s`
  console.log(
    `${name.padEnd(14)} ${seconds.toFixed(2)} s  ${speed}  ${count.records} records ${count.cells} cells`,
  )
}
