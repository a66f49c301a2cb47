import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { columnName, readCsvLines } from '#core/imports/csv-lines.ts'
import { refuse } from '#shared/errors.ts'

/** One line of a file: its words by column, in lower case with `_` for spaces. Empty words are left out. */
export interface FileLine {
  readonly line: number
  readonly words: ReadonlyMap<string, string>
  /** Of a line of JSON, which may hold several. */
  readonly subscriptions?: readonly ReadonlyMap<string, string>[]
  /** It could not be read at all. */
  readonly fault?: string
}

export interface CustomerFile {
  readonly digest: string
  readonly format: 'csv' | 'jsonl'
  readonly lines: readonly FileLine[]
}

/** A file of customers is read whole. */
const MOST_BYTES = 32 * 1024 * 1024

/** Reads a file of customers, CSV or a JSON object on each line. @throws Refusal where it cannot be read at all */
export async function readCustomerFile(path: string, fileId: string): Promise<CustomerFile> {
  const bytes = await readWhole(path, fileId)
  const digest = createHash('sha256').update(bytes).digest('hex')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('not-utf-8')
  }
  if (text.trim() === '') throw unreadable('empty')
  const format = text.trimStart().startsWith('{') ? 'jsonl' : 'csv'
  const lines =
    format === 'jsonl' ? readJsonLines(text) : readCsvLines(new TextEncoder().encode(text), unreadable)
  if (lines.length === 0) throw unreadable('no-lines')
  return { digest, format, lines }
}

async function readWhole(path: string, fileId: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw unreadable('too-large')
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw refuse('BILLING_FILE_GONE', { fileId })
    throw error
  }
}

function readJsonLines(text: string): FileLine[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, index): FileLine[] => {
    if (content.trim() === '') return []
    const line = index + 1
    try {
      const value: unknown = JSON.parse(content)
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return [{ line, words: new Map(), fault: 'an object is expected on each line' }]
      const { subscriptions, ...rest } = value as Record<string, unknown>
      if (subscriptions === undefined || subscriptions === null) return [{ line, words: wordsOf(rest) }]
      if (
        !Array.isArray(subscriptions) ||
        !subscriptions.every(one => typeof one === 'object' && one !== null)
      )
        return [{ line, words: new Map(), fault: 'subscriptions is a list of objects' }]
      return [{ line, words: wordsOf(rest), subscriptions: subscriptions.map(one => wordsOf(one)) }]
    } catch {
      return [{ line, words: new Map(), fault: 'this is not JSON' }]
    }
  })
}

function wordsOf(values: object): Map<string, string> {
  const words = new Map<string, string>()
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') continue
    words.set(columnName(name), Array.isArray(value) ? value.join('|') : wordOf(value))
  }
  return words
}

function wordOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value).trim()
}

function unreadable(reason: string, line: number | null = null) {
  return refuse('BILLING_FILE_UNREADABLE', { reason, line })
}
