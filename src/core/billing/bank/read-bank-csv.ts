import { type CsvLine, readCsvLines } from '#core/imports/csv-lines.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { minorOf } from './minor-of.ts'
import type { ReadLine, ReadStatement } from './statement.ts'

/** What banks call their columns, English and German; the first that a file has counts. */
const COLUMNS = {
  bookedOn: [
    'booked_on',
    'booking_date',
    'buchungstag',
    'buchungsdatum',
    'buchung',
    'date',
    'datum',
    'posted',
  ],
  valueOn: ['value_on', 'value_date', 'valutadatum', 'valuta', 'wertstellung'],
  amount: ['amount', 'betrag', 'betrag_(eur)', 'betrag_(€)', 'umsatz', 'value', 'sum'],
  credit: ['credit', 'money_in', 'paid_in', 'haben', 'gutschrift', 'deposit'],
  debit: ['debit', 'money_out', 'paid_out', 'soll', 'lastschrift', 'withdrawal'],
  currency: ['currency', 'waehrung', 'währung', 'ccy'],
  name: [
    ...['name', 'counterparty', 'payee', 'payer', 'counterparty_name', 'partner_name'],
    ...['beguenstigter/zahlungspflichtiger', 'auftraggeber/empfänger', 'name_zahlungsbeteiligter'],
    ...['zahlungspflichtige*r', 'empfänger', 'auftraggeber'],
  ],
  iban: [
    ...['iban', 'counterparty_iban', 'account_number', 'kontonummer/iban', 'iban_zahlungsbeteiligter'],
    ...['kontonummer', 'partner_iban'],
  ],
  text: [
    ...['text', 'purpose', 'remittance_information', 'payment_reference', 'details', 'description'],
    ...['verwendungszweck', 'memo', 'buchungstext'],
  ],
  reference: [
    'reference',
    'end_to_end_id',
    'end_to_end_reference',
    'kundenreferenz_(end_to_end)',
    'transaction_id',
  ],
} as const

/**
 * Reads a statement of a bank as CSV. Columns are known by their names, decimals with a comma or a point by what the
 * file itself does, dates as 2026-10-31, 31.10.2026 or with strokes where the file leaves no doubt which comes first.
 * @param currency of the account, where the file has no column of it
 * @throws Refusal `BILLING_BANK_FILE_UNREADABLE`
 */
export function readBankCsv(text: string, currency: string): ReadStatement {
  const lines = readCsvLines(new TextEncoder().encode(text), unreadable)
  if (lines.length === 0) throw unreadable('no-lines', null)
  const columns = columnsOf(lines)
  if (columns.bookedOn === undefined) throw unreadable('no-date-column', null)
  if (columns.amount === undefined && (columns.credit === undefined || columns.debit === undefined))
    throw unreadable('no-amount-column', null)
  const dates = dateReader(lines.map(line => line.words.get(columns.bookedOn!) ?? ''))
  const decimals = decimalReader(lines, [columns.amount, columns.credit, columns.debit])
  return {
    ...{ format: 'csv', account: '', currency, statement: '', opening: null, closing: null, pending: 0 },
    lines: lines.map(line => readLine(line, columns, currency, dates, decimals)),
  }
}

type Columns = { readonly [K in keyof typeof COLUMNS]: string | undefined }

function columnsOf(lines: readonly CsvLine[]): Columns {
  const there = new Set(lines.flatMap(line => [...line.words.keys()]))
  const find = (names: readonly string[]) => names.find(name => there.has(name))
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([field, names]) => [field, find(names)]),
  ) as unknown as Columns
}

function readLine(
  { line, words, fault }: CsvLine,
  columns: Columns,
  currency: string,
  dates: (text: string) => string | null,
  decimals: (text: string) => string,
): ReadLine {
  if (fault !== undefined) throw unreadable(fault, line)
  const word = (column: string | undefined) => (column === undefined ? '' : (words.get(column) ?? ''))
  const own = word(columns.currency).toUpperCase() || currency
  if (findCurrency(own) === undefined) throw unreadable('bad-currency', line)
  const money = (text: string) => {
    const amount = minorOf(decimals(text), own)
    if (amount === null) throw unreadable('bad-amount', line)
    return amount
  }
  const size = (amount: bigint) => (amount < 0n ? -amount : amount)
  const [whole, credit, debit] = [word(columns.amount), word(columns.credit), word(columns.debit)]
  if (whole === '' && credit === '' && debit === '') throw unreadable('no-amount', line)
  const amount =
    whole !== ''
      ? money(whole)
      : (credit === '' ? 0n : size(money(credit))) - (debit === '' ? 0n : size(money(debit)))
  const bookedOn = dates(word(columns.bookedOn))
  if (bookedOn === null) throw unreadable('bad-date', line)
  return {
    ...{ bookedOn, valueOn: dates(word(columns.valueOn)) ?? bookedOn, amount, currency: own },
    name: word(columns.name).slice(0, 500),
    iban: word(columns.iban).slice(0, 50),
    text: word(columns.text).slice(0, 2000),
    reference: word(columns.reference).slice(0, 200),
    ...{ returnCode: '', bank: '' },
  }
}

/** What brings amounts to a point: which of comma and point is the decimal one, the file says by its own amounts. */
function decimalReader(lines: readonly CsvLine[], columns: readonly (string | undefined)[]) {
  let comma = 0
  let point = 0
  for (const { words } of lines)
    for (const column of columns) {
      const text = column === undefined ? '' : (words.get(column) ?? '')
      const last = /[.,](?=\d{1,2}(\D*)$)/.exec(text)
      if (last?.[0] === ',') comma++
      if (last?.[0] === '.') point++
    }
  const decimal = comma > point ? ',' : '.'
  const grouping = decimal === ',' ? /[.\s'\u00a0]/g : /[,\s'\u00a0]/g
  return (text: string) => {
    const plain = text
      .replace(/[€$£¥]|[A-Za-z]{3}/g, '')
      .replace('\u2212', '-')
      .replace(grouping, '')
      .replace(decimal, '.')
    // Some banks put the sign behind, others write what left the account in brackets.
    if (/^\(.*\)$/.test(plain)) return `-${plain.slice(1, -1)}`
    return plain.endsWith('-') ? `-${plain.slice(0, -1)}` : plain
  }
}

/** Reads dates. With strokes the day comes first where one of them can be no month, and the month where one can be no day. */
function dateReader(texts: readonly string[]): (text: string) => string | null {
  const strokes = texts.flatMap(text => {
    const match = /^(\d{1,2})\/(\d{1,2})\/\d{2,4}$/.exec(text)
    return match ? [[Number(match[1]), Number(match[2])] as const] : []
  })
  const dayFirst = strokes.some(([first]) => first > 12)
  const monthFirst = strokes.some(([, second]) => second > 12)
  if (strokes.length > 0 && dayFirst === monthFirst) throw unreadable('dates-in-doubt', null)
  return text => {
    const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(text)
    if (iso) return dateOf(iso[1]!, iso[2]!, iso[3]!)
    const parts = /^(\d{1,2})([./])(\d{1,2})\2(\d{2}|\d{4})$/.exec(text)
    if (!parts) return null
    const [, first, separator, second, year] = parts as unknown as [string, string, string, string, string]
    const long = year.length === 2 ? `20${year}` : year
    return separator === '/' && monthFirst ? dateOf(long, first, second) : dateOf(long, second, first)
  }
}

function dateOf(year: string, month: string, day: string): string | null {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const date = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? null : text
}

function unreadable(reason: string, line: number | null) {
  return refuse('BILLING_BANK_FILE_UNREADABLE', { reason, line })
}
