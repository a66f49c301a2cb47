import { findCurrency } from '#shared/currencies.ts'

/** Minor units as a document writes them: `1,234.50`, without the code. */
export function amountText(minor: bigint, currency: string): string {
  const digits = findCurrency(currency)?.minorDigits ?? 2
  const sign = minor < 0n ? '−' : ''
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const part = digits > 0 ? `.${text.slice(text.length - digits)}` : ''
  return `${sign}${grouped(whole)}${part}`
}

/** A decimal with its unit: `12,500.5 GB`. */
export function quantityText(quantity: string, unit: string): string {
  const negative = quantity.startsWith('-')
  const [whole = '0', part] = quantity.replace('-', '').split('.')
  const number = `${negative ? '−' : ''}${grouped(whole)}${part ? `.${part}` : ''}`
  return unit ? `${number} ${unit}` : number
}

/** A decimal fraction as percent, exactly: `0.0825` is `8.25 %`. */
export function percentText(fraction: string): string {
  const [whole = '0', part = ''] = fraction.split('.')
  const digits = part.padEnd(2, '0')
  const percent = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const rest = digits.slice(2).replace(/0+$/, '')
  return `${percent}${rest ? `.${rest}` : ''} %`
}

/** The day of an instant in a zone: `1 Nov 2026`. */
export function dayText(at: bigint, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: zone,
  }).format(Number(at))
}

/** The days of a half-open span as people read them, last day included: `1 Oct 2026 – 31 Oct 2026`. */
export function serviceText(span: { from: bigint; to: bigint }, zone: string): string {
  const first = dayText(span.from, zone)
  const last = dayText(span.to > span.from ? span.to - 1n : span.to, zone)
  return first === last ? first : `${first} – ${last}`
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
