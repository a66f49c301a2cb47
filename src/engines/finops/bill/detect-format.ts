/** Finds out what export a file is, and how its numbers and dates are written. */
import type { NumberStyle } from './decimal-cell.ts'
import { comparableName, type FocusVersion, focusColumns } from './focus-columns.ts'
import { type DateStyle, writtenDateParts } from './instant-cell.ts'
import type { BillMapping } from './mapping-schema.ts'

/** The first mapping that recognises a header. The last of the list, which asks for nothing, takes any. */
export function chooseMapping(
  header: readonly string[],
  mappings: readonly BillMapping[],
): BillMapping | undefined {
  const present = new Set(header.map(comparableName))
  return mappings.find(mapping =>
    mapping.recognise.every(group => group.some(name => present.has(comparableName(name)))),
  )
}

/** The earliest version of FOCUS that has all FOCUS columns of a header. */
export function focusVersion(header: readonly string[]): FocusVersion {
  const present = new Set(header.map(comparableName))
  const has = (version: FocusVersion) =>
    focusColumns.some(column => column.since === version && present.has(comparableName(column.name)))
  return has('1.2') ? '1.2' : has('1.1') ? '1.1' : '1.0'
}

const groupedNumber = /^[-+(]?\p{Sc}?\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*\)?$/u
const signedNumber = /^[-+(]*\p{Sc}\s*-?\d[\d,]*(\.\d+)?\s*\)?$/u
const commaNumber = /^[-+]?(\d{1,3}([. \u00a0]\d{3})+|\d+),\d+(E[-+]?\d+)?\s*\p{Sc}?$/iu
const pointNumber = /^[-+]?\d+\.\d+(E[-+]?\d+)?$/i

/**
 * How the numbers of a sample are written. Anything but `plain` is proposed only where it is certain: every number
 * that could be of two styles is plain. A decimal comma is believed of files whose cells are not between commas.
 */
export function detectNumberStyle(values: readonly string[], delimiter: string): NumberStyle {
  const trimmed = values.map(value => value.trim())
  const points = trimmed.some(value => pointNumber.test(value))
  if (delimiter !== ',' && !points && trimmed.some(value => commaNumber.test(value))) return 'decimal-comma'
  const grouped = trimmed.some(value => groupedNumber.test(value) && /[.$£€¥]|,\d{3},/.test(value))
  return grouped || trimmed.some(value => signedNumber.test(value)) ? 'grouped' : 'plain'
}

/**
 * How the dates of a sample are written: by a part that can be no month, else by the way of the mapping, else with
 * the month first where parts are separated by a slash, and the day first where by a point.
 */
export function detectDateStyle(
  values: readonly string[],
  preferred: DateStyle,
): { style: DateStyle; certain: boolean } {
  const dates = values.flatMap(value => {
    const parts = writtenDateParts(value)
    return parts === null ? [] : [{ parts, slash: value.includes('/') }]
  })
  if (dates.length === 0) return { style: preferred, certain: true }
  if (dates.some(date => date.parts[0] > 12)) return { style: 'day-first', certain: true }
  if (dates.some(date => date.parts[1] > 12)) return { style: 'month-first', certain: true }
  if (preferred !== 'iso') return { style: preferred, certain: false }
  return { style: dates.every(date => date.slash) ? 'month-first' : 'day-first', certain: false }
}
