import type { Terminal } from '../keys/passphrase-prompt.ts'

/** What the command line reads and writes, passed in so that a test sees it. */
export interface Io {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: () => string
}

export function terminalOf(io: Io): Terminal {
  return { input: io.stdin, output: io.stderr }
}

/** JSON for scripts: integers beyond 2^53 as text, two spaces. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? member.toString() : member), 2)
}

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly align?: 'right'
}

/** Rows as aligned text. Control characters of names are shown as `?`: they could drive a terminal. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map(row => columns.map(column => harmless(column.value(row))))
  const widths = columns.map((column, i) =>
    Math.max(width(column.title), ...cells.map(line => width(line[i]!))),
  )
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => pad(text, widths[i]!, columns[i]!.align === 'right'))
      .join('  ')
      .trimEnd()
  return [line(columns.map(column => column.title)), ...cells.map(line)].join('\n')
}

/** Removes what could move the cursor or change colours. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}

const segmenter = new Intl.Segmenter()
/** Characters that a terminal draws two columns wide. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303e]/u
const width = (text: string): number =>
  [...segmenter.segment(text)].reduce((sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1), 0)

function pad(text: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(text)))
  return right ? space + text : text + space
}
