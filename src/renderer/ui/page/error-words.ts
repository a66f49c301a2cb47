import type { i18n } from 'i18next'
import { useTranslation } from 'react-i18next'
import { formatDay, formatMonth } from '#renderer/ui/format/time.ts'
import { placeWords } from '#shared/input-words.ts'

/** A failure in words for people. */
export interface ErrorWords {
  readonly text: string
  /** Names the entry of the log; only for what was not expected. */
  readonly reference: string | null
  readonly code: string | null
}

interface CodedError {
  readonly code: string
  readonly data?: unknown
}

function isCoded(error: unknown): error is CodedError {
  return typeof error === 'object' && error !== null && typeof (error as { code?: unknown }).code === 'string'
}

/** Whether it is no failure: a server has the last word, and does what was asked for when it gets there. */
export function isRequested(error: unknown): boolean {
  return isCoded(error) && error.code === 'SYNC_REQUESTED'
}

/** The reference of an unexpected failure: the core's own, or the command's id. */
export function referenceOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  const { data, reference } = error as { data?: unknown; reference?: unknown }
  if (typeof reference === 'string') return reference
  const inner = (data as { reference?: unknown } | null | undefined)?.reference
  return typeof inner === 'string' ? inner : null
}

/**
 * Words for a failure. A code of the contract has its sentence in the catalogue (`errors.<CODE>`), where the
 * data of the error can be named; anything else is one calm message with a reference.
 */
export function errorWords(error: unknown, words: Pick<i18n, 't' | 'exists'>): ErrorWords {
  const code = isCoded(error) ? error.code : null
  const key = `errors.${code}`
  if (code !== null && words.exists(key)) {
    const data = (error as CodedError).data
    const values = typeof data === 'object' && data !== null ? speakable(data) : {}
    // The key is made at run time, so the catalogue's type cannot know it; `exists` has just checked it.
    return { text: (words.t as (key: string, values: object) => string)(key, values), reference: null, code }
  }
  return { text: words.t('ui.error.unexpected'), reference: referenceOf(error), code }
}

/** One place of an input, and what is wrong there. */
interface Fault {
  readonly path: string
  readonly message: string
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'path' in value && 'message' in value
}

/** The first few are enough to go on with. */
function toldAll(faults: readonly Fault[]): string {
  return faults
    .slice(0, 3)
    .map(({ path, message }) => `${placeWords(path)}: ${message}`)
    .join('; ')
}

/** Months and days of the books, as errors name them. */
const MONTH = /^\d{4}-\d{2}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

function asSaid(value: string | number): string | number {
  if (typeof value !== 'string') return value
  if (MONTH.test(value)) return formatMonth(value, 'day-month')
  return DAY.test(value) ? formatDay(value, 'day-month') : value
}

/** The parts of an error's data that can stand in a sentence; `place` says its path in words. */
function speakable(data: object): Record<string, string | number> {
  const values: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string' || typeof value === 'number') values[name] = asSaid(value)
    else if (typeof value === 'bigint' || typeof value === 'boolean') values[name] = value.toString()
    else if (Array.isArray(value)) values[name] = value.every(isFault) ? toldAll(value) : value.join(', ')
  }
  if (typeof values.path === 'string') values.place = placeWords(values.path)
  return values
}

/** Words for a failure, in the person's language. */
export function useErrorWords(error: unknown): ErrorWords {
  const { i18n } = useTranslation()
  return errorWords(error, i18n)
}
