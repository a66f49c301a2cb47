import type { Language } from '#engines/notify/topic.ts'
import { findCurrency } from '#shared/currencies.ts'

/**
 * What stands between thousands and before decimals. The space is one that does not break, and of the common width,
 * because few faces have the narrow one.
 */
const SIGNS: Readonly<Record<Language, { readonly group: string; readonly point: string }>> = {
  en: { group: ',', point: '.' },
  de: { group: '.', point: ',' },
  fr: { group: '\u00a0', point: ',' },
  es: { group: '.', point: ',' },
  ja: { group: ',', point: '.' },
}

/** Minor units as a document writes them: `1,234.50`, without the code. */
export function amountText(minor: bigint, currency: string, language: Language): string {
  const digits = findCurrency(currency)?.minorDigits ?? 2
  const sign = minor < 0n ? '−' : ''
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${sign}${numberText(whole, text.slice(text.length - digits), language)}`
}

/** A decimal with its unit: `12,500.5 GB`. */
export function quantityText(quantity: string, unit: string, language: Language): string {
  const negative = quantity.startsWith('-')
  const [whole = '0', part = ''] = quantity.replace('-', '').split('.')
  const number = `${negative ? '−' : ''}${numberText(whole, part, language)}`
  return unit ? `${number} ${unit}` : number
}

/** A decimal fraction as percent, exactly: `0.0825` is `8.25 %`. */
export function percentText(fraction: string, language: Language): string {
  const [whole = '0', part = ''] = fraction.split('.')
  const digits = part.padEnd(2, '0')
  const percent = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const number = numberText(percent, digits.slice(2).replace(/0+$/, ''), language)
  return language === 'ja' ? `${number}%` : `${number} %`
}

/** How a document writes days. Of the British the order and of the others what their invoices have. */
const DAYS: Readonly<Record<Language, [locale: string, options: Intl.DateTimeFormatOptions]>> = {
  en: ['en-GB', { day: 'numeric', month: 'short', year: 'numeric' }],
  de: ['de-DE', { day: '2-digit', month: '2-digit', year: 'numeric' }],
  fr: ['fr-FR', { day: '2-digit', month: '2-digit', year: 'numeric' }],
  es: ['es-ES', { day: '2-digit', month: '2-digit', year: 'numeric' }],
  ja: ['ja-JP', { day: 'numeric', month: 'long', year: 'numeric' }],
}

/** The day of an instant in a zone: `1 Nov 2026`. */
export function dayText(at: bigint, zone: string, language: Language): string {
  const [locale, options] = DAYS[language]
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }).format(Number(at))
}

/** The days of a half-open span as people read them, last day included: `1 Oct 2026 – 31 Oct 2026`. */
export function serviceText(span: { from: bigint; to: bigint }, zone: string, language: Language): string {
  const first = dayText(span.from, zone, language)
  const last = dayText(span.to > span.from ? span.to - 1n : span.to, zone, language)
  return first === last ? first : `${first} ${language === 'ja' ? '～' : '–'} ${last}`
}

/** Digits before and behind the point. */
function numberText(whole: string, part: string, language: Language): string {
  const { group, point } = SIGNS[language]
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return part === '' ? grouped : `${grouped}${point}${part}`
}
