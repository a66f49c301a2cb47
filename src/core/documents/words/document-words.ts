import type { Language } from '#engines/notify/topic.ts'
import type { PaymentMethod } from '#shared/contract/billing/payments.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'

export type StatementKind = 'invoice' | 'credit-note' | 'payment' | 'refund' | 'write-off' | 'void' | 'wallet'

/** Categories of EN 16931 in which no tax is charged for a reason that a document states. */
export type UntaxedKind = 'E' | 'AE' | 'K' | 'G' | 'O'

/** What documents say besides facts, in one language, by the terms of invoicing in it. */
export interface DocumentWords {
  readonly kind: Readonly<Record<'invoice' | 'credit-note', string>>
  /** Across a document that is none yet. */
  readonly draft: string
  /** Its title. */
  readonly draftOf: Readonly<Record<'invoice' | 'credit-note', string>>
  readonly billTo: string
  /** How a document names whom it goes to. */
  readonly addressee: (name: string) => string
  readonly period: string
  readonly issued: string
  readonly due: string
  readonly purchaseOrder: string
  readonly subscription: string
  readonly corrects: string
  readonly reason: string
  /** `vat`: whether it is a number of a member of the European VAT system, by its form. */
  readonly taxId: (id: string, vat: boolean) => string
  readonly description: string
  readonly quantity: string
  readonly taxRate: string
  readonly amount: (currency: string) => string
  readonly net: string
  readonly tax: string
  readonly total: string
  readonly taxAt: (rate: string, net: string, tax: string, currency: string) => string
  readonly taxInBooks: (amount: string, rates: string) => string
  /** Why no tax is charged, as the law wants it said. */
  readonly untaxed: Readonly<Record<UntaxedKind, string>>
  /** What had paid of it when it was issued, and what is left to pay. */
  readonly prepaid: Readonly<Record<'balance' | 'wallets' | 'payments', string>>
  readonly payable: string
  readonly page: (page: number, pages: number) => string
  /** In place of when it is due, of a credit note. */
  readonly credited: string
  readonly method: Readonly<Record<PaymentMethod, string>>
  readonly receipt: ReceiptWords
  readonly statement: StatementWords
}

/** Of the document that says that money came. */
export interface ReceiptWords {
  readonly title: string
  readonly from: string
  readonly received: string
  readonly method: string
  readonly reference: string
  /** The day as of which it says what remains. */
  readonly asOf: string
  readonly invoice: string
  readonly day: string
  readonly total: string
  readonly settled: string
  readonly open: string
  /** In place of the table where the money settles nothing yet. */
  readonly none: string
  readonly amount: string
  readonly used: string
  readonly refunded: string
  readonly left: string
}

/** Of the document that says what a customer was asked for and paid. */
export interface StatementWords {
  readonly title: string
  readonly to: string
  readonly period: string
  readonly made: string
  readonly day: string
  readonly what: string
  readonly reference: string
  readonly amount: (currency: string) => string
  readonly balance: string
  readonly opening: string
  readonly closing: string
  readonly kind: Readonly<Record<StatementKind, string>>
  /** Nothing happened and nothing is owed. */
  readonly none: string
  /** What is open, by how long it is overdue. */
  readonly aging: (currency: string) => string
  readonly notDue: string
  readonly days: (from: number, to: number) => string
  readonly older: string
  readonly unused: string
  readonly owed: string
}

const WORDS: Readonly<Record<Language, DocumentWords>> = { en, de, fr, es, ja }

/** The words of documents in a language. */
export function documentWords(language: Language): DocumentWords {
  return WORDS[language]
}

/** Countries that give out VAT numbers with their code in front; Greece writes EL, Northern Ireland XI. */
const VAT_NUMBER =
  /^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{5,13}$/

/** The country of a European VAT number, ISO 3166; empty for another number. */
export function countryOfTaxId(taxId: string): string {
  if (!isVatNumber(taxId)) return ''
  const prefix = taxId.trim().slice(0, 2).toUpperCase()
  return prefix === 'EL' ? 'GR' : prefix === 'XI' ? 'GB' : prefix
}

/** Whether a tax number has the form of a European VAT number, however it is spaced. */
export function isVatNumber(taxId: string): boolean {
  return VAT_NUMBER.test(taxId.toUpperCase().replace(/[\s.-]/g, ''))
}
