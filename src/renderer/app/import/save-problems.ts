import type { z } from 'zod'
import type { Problem } from '#shared/contract/finops-imports.ts'

/** What is wrong with a row of a file, or worth knowing about it. */
export type FileProblem = z.infer<typeof Problem>

interface ProblemPage {
  readonly problems: readonly FileProblem[]
  readonly count: number
}

const HEAD = ['severity', 'code', 'line', 'position', 'column', 'value', 'rows', 'reason']

/** The list of problems as CSV. Text that a spreadsheet would take for a formula is quoted with an apostrophe. */
export function problemsAsCsv(problems: readonly FileProblem[]): string {
  const rows = problems.map(({ severity, code, line, at, column, value, rows, reason }) =>
    [severity, code, line, at, column, value, rows, reason].map(cell).join(','),
  )
  return `${[HEAD.join(','), ...rows].join('\r\n')}\r\n`
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Saves all problems of an import as a file under the name of its file. */
export async function saveProblems(
  file: string,
  fetchPage: (offset: number) => Promise<ProblemPage>,
): Promise<void> {
  const problems: FileProblem[] = []
  for (;;) {
    const page = await fetchPage(problems.length)
    problems.push(...page.problems)
    if (page.problems.length === 0 || problems.length >= page.count) break
  }
  const url = URL.createObjectURL(new Blob([problemsAsCsv(problems)], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${file.replace(/(\.(csv|jsonl|ndjson))?(\.gz)?$/i, '')}-problems.csv`
  link.click()
  URL.revokeObjectURL(url)
}
