import { decimalText } from '#engines/billing/exact.ts'
import { findCurrency } from '#shared/currencies.ts'
import type { AnyTopic, Language, MoneyParam, ParamKind, Words } from './topic.ts'

/** For whom words are written. */
export interface Reader {
  readonly language: Language
  /** IANA; instants are said on its clocks. */
  readonly zone: string
}

const PLACE = /\{([a-z][A-Za-z0-9]*)\}/g
/** Characters of a title and of a body, at most. */
export const LONGEST_TITLE = 200
export const LONGEST_BODY = 10_000

/**
 * Fills words with values. A line of the body that names a value which is missing is left out, and what is left
 * of it keeps no more than one empty line in a row. A title is one line.
 */
export function fillWords(
  { title, body }: Words,
  params: AnyTopic['params'],
  values: Readonly<Record<string, unknown>>,
  reader: Reader,
): Words {
  const said = new Map(
    Object.entries(params).map(([name, kind]) => [name, valueText(kind, values[name] ?? null, reader)]),
  )
  const fill = (text: string) =>
    text.replaceAll(PLACE, (place, name: string) => said.get(name) ?? placeOf(said, place, name))
  const lines = body.split('\n').filter(line => placesOf(line).every(name => said.get(name) !== null))
  return {
    title: fill(title).replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE),
    body: lines
      .map(fill)
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()
      .slice(0, LONGEST_BODY),
  }
}

/** What is no value stays as it is written, what is missing is nothing. */
function placeOf(said: ReadonlyMap<string, string | null>, place: string, name: string): string {
  return said.has(name) ? '' : place
}

/** The values that a text names, each once. */
export function placesOf(text: string): string[] {
  return [...new Set([...text.matchAll(PLACE)].map(match => match[1]!))]
}

export type WordProblem =
  | { readonly code: 'empty-title' | 'empty-body' | 'title-lines' }
  | { readonly code: 'unknown-value'; readonly name: string }

/** What is wrong with the words that somebody wrote for a topic; nothing where they can be used. */
export function checkWords({ params }: AnyTopic, { title, body }: Words): WordProblem[] {
  const problems: WordProblem[] = []
  if (title.trim() === '') problems.push({ code: 'empty-title' })
  if (/[\r\n]/.test(title.trim())) problems.push({ code: 'title-lines' })
  if (body.trim() === '') problems.push({ code: 'empty-body' })
  for (const name of placesOf(`${title}\n${body}`))
    if (!Object.hasOwn(params, name)) problems.push({ code: 'unknown-value', name })
  return problems
}

/** A value as words say it; null where it is missing. Numbers and dates as the language writes them. */
function valueText(kind: ParamKind | `${ParamKind}?`, value: unknown, reader: Reader): string | null {
  if (value === null || value === '') return null
  const { language, zone } = reader
  switch (kind.replace('?', '') as ParamKind) {
    case 'text':
      return String(value)
    case 'number':
      return new Intl.NumberFormat(language, { maximumFractionDigits: 12 }).format(
        value as Intl.StringNumericLiteral,
      )
    case 'percent': {
      const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
      return `${number.format(value as Intl.StringNumericLiteral)} %`
    }
    case 'money':
      return moneyText(value as MoneyParam, language)
    case 'day':
      return dayText(String(value), language)
    case 'instant':
      return new Intl.DateTimeFormat(language, {
        dateStyle: 'medium',
        timeStyle: 'short',
        timeZone: zone,
      }).format(new Date(Number(value)))
  }
}

/** With the currency's code: of some signs nobody knows whose they are. */
function moneyText({ amount, currency }: MoneyParam, language: Language): string {
  const digits = findCurrency(currency)?.minorDigits ?? 2
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
    .format(decimalText(amount, digits) as Intl.StringNumericLiteral)
    .replaceAll('\u00a0', ' ')
}

function dayText(day: string, language: Language): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(Date.UTC(year, month - 1, date)),
  )
}
