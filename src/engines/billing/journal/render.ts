import { findCurrency } from '#shared/currencies.ts'
import { divide, exactOf, moneyText, roundHalfUp, scaled } from '../exact.ts'
import { type Pair, type Posting, pairsOf, type Role } from './entries.ts'
import type { Column, Profile } from './profile.ts'

/** An entry of the journal. */
export interface Entry {
  /** Within its month, from 1. */
  readonly number: number
  /** `2026-10-31` */
  readonly day: string
  readonly document: string
  readonly text: string
  /** Its key and its name. */
  readonly customer: string
  readonly customerName: string
  readonly postings: readonly Posting[]
  /** The currency of the books, and units of the entry's currency for one of it; null or absent for none. */
  readonly books?: string | null
  readonly rate?: string | null
}

/** What a workspace entered for a profile: accounts by `role` or `role/detail`, options by `option/name`. */
export type Chart = Readonly<Record<string, { readonly account: string; readonly taxKey: string }>>

export interface Batch {
  readonly period: string
  /** First and last day. */
  readonly from: string
  readonly to: string
  readonly currency: string
  /** Decimal places of the currency. */
  readonly places: number
  /** When it was made, `2026-11-02T09:30:00.000`. */
  readonly made: string
  readonly entries: readonly Entry[]
}

/** The account of a posting: entered for the detail, for the role, or what the profile has; null for none. */
export function accountFor(profile: Profile, chart: Chart, role: Role, detail: string) {
  const own = chart[`${role}/${detail}`] ?? chart[role]
  if (own && own.account !== '') return own
  const usual = profile.accounts[role]
  return usual ? { account: usual.account, taxKey: usual.taxKey ?? '' } : null
}

/** An option of a profile: what was entered, else what it has. */
export function optionOf(profile: Profile, chart: Chart, name: string): string {
  return chart[`option/${name}`]?.account ?? profile.options[name] ?? ''
}

/** What is booked and has no account, as keys of the chart, each once and in order. */
export function unmapped(profile: Profile, chart: Chart, entries: readonly Entry[]): string[] {
  const missing = entries
    .flatMap(entry => entry.postings)
    .filter(({ role, detail }) => accountFor(profile, chart, role, detail) === null)
    .map(({ role }) => role)
  return [...new Set(missing)].sort()
}

/**
 * Writes a journal as a ledger takes it. The same entries, chart and moment give the same text.
 * @throws RangeError where an account is missing: `unmapped` says before which
 */
export function renderJournal(profile: Profile, chart: Chart, batch: Batch): string {
  const lines = [
    ...profile.preamble.map(cells =>
      cells.map(cell => filled(cell, profile, chart, batch)).join(profile.delimiter),
    ),
    ...(profile.heading
      ? [
          row(
            profile,
            profile.columns.map(({ title }) => title),
            false,
          ),
        ]
      : []),
    ...batch.entries.flatMap(entry =>
      profile.rows === 'pairs'
        ? pairsOf(entry.postings).map((pair, index) => pairRow(profile, chart, batch, entry, pair, index))
        : entry.postings.map((posting, index) => postingRow(profile, chart, batch, entry, posting, index)),
    ),
  ]
  return lines.map(line => `${line}${profile.newline}`).join('')
}

type Values = Readonly<Partial<Record<NonNullable<Column['field']>, string>>>

function postingRow(
  profile: Profile,
  chart: Chart,
  batch: Batch,
  entry: Entry,
  posting: Posting,
  index: number,
) {
  const { side } = posting
  const amount = amountText(profile, batch, posting.amount)
  const found = demandAccount(profile, chart, posting)
  return cells(profile, chart, found.account, {
    ...common(profile, batch, entry, index),
    ...{ account: found.account, taxKey: found.taxKey, amount },
    debit: side === 'debit' ? amount : '',
    credit: side === 'credit' ? amount : '',
    signed: side === 'debit' ? amount : `-${amount}`,
    side: profile.sides[side === 'debit' ? 0 : 1],
  })
}

/** The receivable or the bank is the account where it is on the debit side, so that a row reads as people book it. */
function pairRow(profile: Profile, chart: Chart, batch: Batch, entry: Entry, pair: Pair, index: number) {
  const debit = demandAccount(profile, chart, pair.debit)
  const credit = demandAccount(profile, chart, pair.credit)
  return cells(profile, chart, debit.account, {
    ...common(profile, batch, entry, index),
    ...inBooks(profile, batch, entry, pair.amount),
    amount: amountText(profile, batch, pair.amount),
    ...{ side: profile.sides[0], account: debit.account, contra: credit.account },
    taxKey: credit.taxKey || debit.taxKey,
  })
}

/** Places of a rate in a file. */
const RATE_PLACES = 6

/** An amount in the currency of the books, half-up, and by which rate; nothing where there is none. */
function inBooks(profile: Profile, batch: Batch, { books, rate }: Entry, amount: bigint): Values {
  if (!books || !rate || books === batch.currency) return {}
  const [over = '1', under = '1'] = rate.split('/')
  const units = divide(exactOf(over), exactOf(under))
  const places = findCurrency(books)?.minorDigits ?? 2
  const worth = roundHalfUp(divide(scaled(amount, batch.places), units), places)
  const decimal = (text: string) => text.replace('.', profile.decimal)
  return {
    rate: decimal(moneyText(roundHalfUp(units, RATE_PLACES), RATE_PLACES)),
    booksAmount: decimal(moneyText(worth, places)),
    books,
  }
}

function demandAccount(profile: Profile, chart: Chart, { role, detail }: Posting) {
  const found = accountFor(profile, chart, role, detail)
  if (found === null) throw new RangeError(`no account for ${role}/${detail}`)
  return found
}

function common(profile: Profile, batch: Batch, entry: Entry, index: number): Values {
  return {
    entry: `${batch.period}-${String(entry.number).padStart(5, '0')}`,
    line: String(index + 1),
    day: dayText(entry.day, profile.day),
    ...{ document: entry.document, text: entry.text, customer: entry.customer },
    ...{ customerName: entry.customerName, currency: batch.currency, period: batch.period },
  }
}

/** Columns that hold no text and stand without quotation marks where texts have them. */
const FIGURES: ReadonlySet<string> = new Set([
  'amount',
  'account',
  'contra',
  'day',
  'debit',
  'credit',
  'signed',
  'line',
  'rate',
  'booksAmount',
])

function cells(profile: Profile, chart: Chart, account: string, values: Values): string {
  return profile.columns
    .map(column => {
      const text = cellText(profile, chart, account, column, values)
      // Where there is no rate the file is what it was before there were any, byte by byte.
      const isText =
        column.field !== undefined && !FIGURES.has(column.field) && (column.field !== 'books' || text !== '')
      return quoted(profile, column.longest === undefined ? text : text.slice(0, column.longest), isText)
    })
    .join(profile.delimiter)
}

function cellText(profile: Profile, chart: Chart, account: string, column: Column, values: Values): string {
  if (column.field !== undefined) return values[column.field] ?? ''
  if (column.option !== undefined) return optionOf(profile, chart, column.option)
  if (column.segment !== undefined) return account.split('-')[column.segment - 1] ?? ''
  return column.fixed ?? ''
}

function row(profile: Profile, texts: readonly string[], isText: boolean): string {
  return texts.map(text => quoted(profile, text, isText)).join(profile.delimiter)
}

/** A text of one line. What a spreadsheet would take for a formula is made a text by an apostrophe. */
function quoted({ quotes, delimiter }: Profile, text: string, isText: boolean): string {
  const line = text.replace(/[\r\n\t]+/g, ' ')
  const harmless = isText && /^[=+@]|^-(?!\d)/.test(line) ? `'${line}` : line
  const must = harmless.includes(delimiter) || harmless.includes('"')
  return must || (quotes === 'texts' && isText) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function amountText(profile: Profile, { places }: Batch, minor: bigint): string {
  return moneyText(minor, places).replace('.', profile.decimal)
}

function dayText(day: string, form: Profile['day']): string {
  const [year = '', month = '', date = ''] = day.split('-')
  switch (form) {
    case 'yyyy-mm-dd':
      return day
    case 'yyyymmdd':
      return `${year}${month}${date}`
    case 'yyyy/mm/dd':
      return `${year}/${month}/${date}`
    case 'mm/dd/yyyy':
      return `${month}/${date}/${year}`
    case 'dd/mm/yyyy':
      return `${date}/${month}/${year}`
    case 'ddmm':
      return `${date}${month}`
  }
}

/** A cell of the preamble: places in braces are facts of the batch, or options of the profile. */
function filled(cell: string, profile: Profile, chart: Chart, batch: Batch): string {
  return cell.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'made') return batch.made.replace(/\D/g, '')
    if (name === 'from' || name === 'to') return batch[name].replaceAll('-', '')
    if (name === 'period') return batch.period
    // The file is of the currency of the books where its amounts are in it, too.
    if (name === 'currency') return batch.entries.find(one => one.rate)?.books ?? batch.currency
    const option = optionOf(profile, chart, name)
    // A year begins in the year of the month, or in the one before where that day is still to come.
    if (name !== 'yearStart') return option
    const year = Number(batch.from.slice(0, 4))
    const start = `${year}${option}`
    return start > batch.from.replaceAll('-', '') ? `${year - 1}${option}` : start
  })
}

/** Signs of Windows-1252 that are not those of Latin-1, from 0x80 on; a space where there is none. */
const WINDOWS = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

/** The bytes of a text. What the encoding does not have becomes a question mark. */
export function encoded(text: string, encoding: Profile['encoding']): Uint8Array {
  if (encoding !== 'windows-1252')
    return new TextEncoder().encode(encoding === 'utf-8-bom' ? `\ufeff${text}` : text)
  return Uint8Array.from(Array.from(text), sign => {
    const code = sign.codePointAt(0)!
    if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code
    const special = sign === ' ' ? -1 : WINDOWS.indexOf(sign)
    return special >= 0 ? 0x80 + special : 0x3f
  })
}
