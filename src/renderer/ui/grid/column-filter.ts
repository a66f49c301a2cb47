import type { ColumnFilter } from '#renderer/state/filters.ts'

/** What a column holds, for sorting, filtering and copying. */
export type GridValue = string | number | bigint | boolean | null | undefined

const NUMBER = String.raw`[-−]?\d+(?:\.\d+)?`
const DATE = String.raw`\d{4}(?:-\d{2}(?:-\d{2})?)?`

/**
 * Reads what a person types above a column of numbers or dates: `5`, `>5`, `<=5`, `1..5`, `1..`, `..5`. Null
 * where it cannot be read.
 */
export function parseRange(text: string, kind: 'number' | 'date'): ColumnFilter | null {
  const item = kind === 'number' ? NUMBER : DATE
  const plain = text.replaceAll(kind === 'number' ? /[\s,'’\u202f]/g : /\s/g, '').replaceAll('−', '-')
  const between = new RegExp(`^(${item})?\\.\\.(${item})?$`).exec(plain)
  if (between) {
    const [, min, max] = between
    if (min === undefined && max === undefined) return null
    return { kind: 'range', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
  }
  const compared = new RegExp(`^(>=|<=|>|<|=)?(${item})$`).exec(plain)
  if (!compared?.[2]) return null
  const [, sign, value] = compared
  switch (sign) {
    case '>=':
      return { kind: 'range', min: value }
    case '<=':
      return { kind: 'range', max: value }
    case '>':
      return { kind: 'range', min: value, minOpen: true }
    case '<':
      return { kind: 'range', max: value, maxOpen: true }
    default:
      return { kind: 'range', min: value, max: value }
  }
}

/** Decimal text as an integer of 10^-scale; digits beyond are cut off. */
export function scaled(decimal: string, scale: number): bigint {
  const negative = decimal.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? decimal.slice(1) : decimal).split('.')
  const units =
    BigInt(whole) * 10n ** BigInt(scale) + BigInt((fraction + '0'.repeat(scale)).slice(0, scale) || '0')
  return negative ? -units : units
}

/** What a filter says, as a person would type it. */
export function filterText(filter: ColumnFilter | undefined): string {
  if (!filter) return ''
  if (filter.kind === 'contains') return filter.text
  if (filter.kind === 'in') return filter.values.join(', ')
  const { min, max } = filter
  if (min !== undefined && min === max) return min
  if (max === undefined) return `${filter.minOpen ? '>' : '>='}${min}`
  if (min === undefined) return `${filter.maxOpen ? '<' : '<='}${max}`
  return `${min}..${max}`
}

/**
 * True when a value passes. Numbers are compared as numbers (a bigint counts 10^-places), everything else as
 * text without regard to case; dates are text `YYYY-MM-DD…`, of which as much is compared as the filter gives.
 */
export function passes(value: GridValue, filter: ColumnFilter, places = 0): boolean {
  if (filter.kind === 'in') return filter.values.includes(value == null ? '' : String(value))
  if (filter.kind === 'contains') {
    return value != null && String(value).toLocaleLowerCase().includes(filter.text.toLocaleLowerCase())
  }
  if (value == null) return false
  const { min, max } = filter
  return (
    (min === undefined || within(order(value, min, places), filter.minOpen)) &&
    (max === undefined || within(-order(value, max, places), filter.maxOpen))
  )
}

function within(order: number, open: true | undefined): boolean {
  return open ? order > 0 : order >= 0
}

/** The order of a value against a bound: below zero, zero, above zero. */
function order(value: string | number | bigint | boolean, bound: string, places: number): number {
  if (typeof value === 'bigint') {
    // The bound may have more digits than the value can have: compare with as many as both need.
    const more = Math.max(0, (bound.split('.')[1] ?? '').length - places)
    return compareValues(value * 10n ** BigInt(more), scaled(bound, places + more))
  }
  if (typeof value === 'number') return value - Number(bound)
  const text = String(value).slice(0, bound.length)
  return text < bound ? -1 : text > bound ? 1 : 0
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Orders two values of one column, ascending. Empty values are kept last by the caller. */
export function compareValues(a: GridValue, b: GridValue): number {
  if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1
  if (typeof a === 'string' && typeof b === 'string')
    return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
  return a < b ? -1 : a > b ? 1 : 0
}
