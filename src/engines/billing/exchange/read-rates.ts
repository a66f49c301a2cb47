import type { KnownRate } from './find-rate.ts'

/** A line of a file that is no rate. */
export interface RateProblem {
  /** From 1. */
  readonly line: number
  readonly reason: 'columns' | 'currency' | 'same' | 'day' | 'rate' | 'doubled'
}

export interface ReadRates {
  readonly rates: readonly KnownRate[]
  readonly problems: readonly RateProblem[]
}

export const ECB_SOURCE = 'European Central Bank, euro foreign exchange reference rates'

/** Reads a file of rates: XML as the ECB publishes it, else CSV. */
export function readRates(text: string, source: string): ReadRates {
  return text.trimStart().startsWith('<') ? readEcb(text) : readCsv(text, source)
}

/**
 * The reference rates of the ECB (eurofxref-daily.xml, -hist-90d.xml, -hist.xml): `Cube` elements with a `time`, and in
 * each of them `Cube` elements with `currency` and `rate`, for one euro.
 */
export function readEcb(text: string): ReadRates {
  const rates: KnownRate[] = []
  const problems: RateProblem[] = []
  const seen = seenRates()
  let day: string | null = null
  let line = 1
  let at = 0
  for (const match of text.matchAll(/<Cube\b([^>]*)>/g)) {
    line += text.slice(at, match.index).split('\n').length - 1
    at = match.index
    const value = (name: string) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(match[1]!)?.[1]
    const time = value('time')
    if (time !== undefined) day = time
    const quote = value('currency')
    if (quote === undefined) continue
    const made = { base: 'EUR', quote, day: day ?? '', rate: value('rate') ?? '', source: ECB_SOURCE }
    const fault = faultOf(made)
    if (fault) problems.push({ line, reason: fault })
    else if (seen.has(made)) {
      if (seen.says(made) !== made.rate) problems.push({ line, reason: 'doubled' })
    } else rates.push(seen.note(made))
  }
  return { rates, problems }
}

/** What a file said already of a pair and a day: the first counts, another one is a problem. */
function seenRates() {
  const known = new Map<string, string>()
  const keyOf = ({ base, quote, day }: KnownRate) => `${base}/${quote}/${day}`
  return {
    has: (one: KnownRate) => known.has(keyOf(one)),
    says: (one: KnownRate) => known.get(keyOf(one)),
    note(one: KnownRate): KnownRate {
      known.set(keyOf(one), one.rate)
      return one
    },
  }
}

/** CSV with the columns base, quote, day and rate, in any order, and source where it differs from line to line. */
function readCsv(text: string, source: string): ReadRates {
  const rates: KnownRate[] = []
  const problems: RateProblem[] = []
  const seen = seenRates()
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const separator = lines[0]!.includes(';') ? ';' : ','
  const cells = (line: string) => line.split(separator).map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
  const head = cells(lines[0]!).map(name => name.toLowerCase())
  const columns = ['base', 'quote', 'day', 'rate'].map(name => head.indexOf(name))
  if (columns.includes(-1)) return { rates, problems: [{ line: 1, reason: 'columns' }] }
  const from = head.indexOf('source')
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const row = cells(line)
    const [base = '', quote = '', day = '', rate = ''] = columns.map(column => row[column] ?? '')
    const made = {
      ...{ base: base.toUpperCase(), quote: quote.toUpperCase(), day, rate },
      source: (from < 0 ? '' : (row[from] ?? '')) || source,
    }
    const fault = faultOf(made)
    if (fault) problems.push({ line: index + 1, reason: fault })
    else if (seen.has(made)) {
      if (seen.says(made) !== made.rate) problems.push({ line: index + 1, reason: 'doubled' })
    } else rates.push(seen.note(made))
  }
  return { rates, problems }
}

/** What of a rate is none; null for nothing. */
export function faultOf({
  base,
  quote,
  day,
  rate,
}: KnownRate): Exclude<RateProblem['reason'], 'columns' | 'doubled'> | null {
  if (![base, quote].every(code => /^[A-Z]{3}$/.test(code))) return 'currency'
  if (base === quote) return 'same'
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !isDay(day)) return 'day'
  return /^(0|[1-9]\d{0,11})(\.\d{1,12})?$/.test(rate) && /[1-9]/.test(rate) ? null : 'rate'
}

function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}
