/** What is wrong with a file, with its place. The list is bounded; the counts are exact. */
import type { CsvFault } from './csv-tokenizer.ts'
import type { NumberFault } from './decimal-cell.ts'
import type { InstantFault } from './instant-cell.ts'

/** Reasons for which a row is refused. */
export type RefusalCode =
  | CsvFault
  | NumberFault
  | InstantFault
  | 'fields-too-few'
  | 'fields-too-many'
  | 'row-truncated'
  | 'text-not-utf8'
  | 'cost-missing'
  | 'cost-overflow'
  | 'currency-missing'
  | 'currency-unknown'
  | 'instant-missing'
  | 'batches-too-many'

/** What a person should know although the rows are taken. */
export type NoticeCode =
  | 'column-repeated'
  | 'value-missing'
  | 'instant-without-zone'
  | 'instant-unreadable'
  | 'number-rounded'
  | 'tags-unreadable'
  | 'newlines-mixed'
  | 'rows-duplicate'

export type ProblemCode = RefusalCode | NoticeCode

export type Problem = {
  code: ProblemCode
  severity: 'refused' | 'notice'
  /** Physical line of the file, from 1; 0 where the problem is of the whole file. */
  line: number
  /** Character of that line, from 1; 0 where unknown. */
  column: number
  /** The column of the file or of FOCUS, or null. */
  field: string | null
  /** The start of the value. */
  excerpt: string | null
  /** For notices of a column: how many rows. */
  rows: number
}

export type ProblemList = {
  problems: Problem[]
  /** Exact number of rows (or columns) by code, also beyond the bound of the list. */
  counts: Partial<Record<ProblemCode, number>>
  /** How many problems the list leaves out. */
  left: number
  /** How many of all of them, listed or left out, are notices. */
  notices: number
}

export const maxProblemsDefault = 10_000
export const maxExcerpt = 80

export type ProblemCollector = {
  refuse(code: RefusalCode, line: number, column: number, field: string | null, excerpt: string | null): void
  notice(
    code: NoticeCode,
    rows: number,
    line: number,
    field: string | null,
    excerpt?: string,
    column?: number,
  ): void
  list(): ProblemList
}

export function createProblemCollector(maxProblems = maxProblemsDefault): ProblemCollector {
  const problems: Problem[] = []
  const counts: Partial<Record<ProblemCode, number>> = {}
  let left = 0
  let notices = 0
  const add = (problem: Problem) => {
    if (problem.severity === 'notice') notices++
    counts[problem.code] = (counts[problem.code] ?? 0) + problem.rows
    if (problems.length < maxProblems) problems.push(problem)
    else left++
  }
  return {
    refuse(code, line, column, field, excerpt) {
      add({ code, severity: 'refused', line, column, field, excerpt, rows: 1 })
    },
    notice(code, rows, line, field, excerpt, column = 0) {
      add({ code, severity: 'notice', line, column, field, excerpt: excerpt ?? null, rows })
    },
    list: () => ({ problems, counts, left, notices }),
  }
}

/** Shortens a value for a person, and shows control characters. */
export function excerptOf(text: string): string {
  const shown = text.replace(/\p{Cc}/gu, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return shown.length > maxExcerpt ? `${shown.slice(0, maxExcerpt - 1)}…` : shown
}
