/** What comes after `?`, as the router keeps it: a name that occurs more than once has a list. */
export type SearchRecord = Record<string, string | string[]>

/** Reads `?a=1&b=2&b=3`. Nothing is guessed: every value is text. */
export function parseSearch(text: string): SearchRecord {
  const record: SearchRecord = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = record[name]
    record[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return record
}

/** Writes what `parseSearch` reads, with its `?`. */
export function stringifySearch(record: Record<string, unknown>): string {
  const params = toParams(record)
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** The record as parameters. */
export function toParams(record: Record<string, unknown>): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(record)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) params.append(name, String(item))
    }
  }
  return params
}

/** The parameters as a record. */
export function toRecord(params: URLSearchParams): SearchRecord {
  return parseSearch(params.toString())
}
