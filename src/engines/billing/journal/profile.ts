import type { Role } from './entries.ts'

/** What a column of a file holds. */
export type Field =
  | 'entry'
  | 'line'
  | 'day'
  | 'document'
  | 'text'
  | 'customer'
  | 'customerName'
  | 'currency'
  | 'account'
  | 'contra'
  | 'debit'
  | 'credit'
  /** Debits above zero, credits below. */
  | 'signed'
  | 'amount'
  | 'side'
  | 'taxKey'
  | 'period'
  /** Of an entry in another currency than the books': units of it for one of theirs, its amount in theirs, and what theirs is. */
  | 'rate'
  | 'booksAmount'
  | 'books'

export interface Column {
  readonly title: string
  readonly field?: Field
  /** The same in every row. */
  readonly fixed?: string
  /** What the workspace entered as this option of the profile. */
  readonly option?: string
  /** The n-th part of the account, from 1: `01-000-4000` has three. */
  readonly segment?: number
  /** Characters at most. */
  readonly longest?: number
}

/** How a ledger takes a journal. A profile is data: a further one needs no code. */
export interface Profile {
  readonly id: string
  readonly name: string
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'windows-1252'
  readonly extension: 'csv' | 'txt'
  readonly delimiter: ',' | ';'
  readonly newline: '\n' | '\r\n'
  readonly decimal: '.' | ','
  /** Texts stand in quotation marks always, or where they must. */
  readonly quotes: 'texts' | 'needed'
  readonly day: 'yyyy-mm-dd' | 'yyyymmdd' | 'yyyy/mm/dd' | 'mm/dd/yyyy' | 'dd/mm/yyyy' | 'ddmm'
  /** A row for each posting, or for each pair of account and contra account. */
  readonly rows: 'postings' | 'pairs'
  readonly sides: readonly [debit: string, credit: string]
  readonly heading: boolean
  /** Rows before the heading, each a list of cells; `{from}` and the like are filled in. */
  readonly preamble: readonly (readonly string[])[]
  readonly columns: readonly Column[]
  /** Accounts that the ledger has anyway; one that is not here has to be entered. */
  readonly accounts: Readonly<Partial<Record<Role, { readonly account: string; readonly taxKey?: string }>>>
  /** What else the ledger wants to know, by name, with what stands there where nothing was entered. */
  readonly options: Readonly<Record<string, string>>
}
