import type { Reader } from '#core/database/store.ts'
import { findNamed } from '#core/database/sync-rows.ts'
import type { Table } from '#core/database/table.ts'
import type { ChangedRow } from './protocol.ts'

/** Texts of an input that are looked up, and the longest that can be a key. */
const MOST_TEXTS = 24
const LONGEST = 100

/**
 * The rows that a command's input names by their key: of an approval the invoice, of a comment what it is
 * about. What a person compares when the command comes back, without a word from its author.
 */
export async function namedRows(
  session: Pick<Reader, 'kind' | 'workspace' | 'raw'>,
  tables: ReadonlyMap<string, Table>,
  input: unknown,
): Promise<ChangedRow[]> {
  const texts = new Set<string>()
  collect(input, texts)
  return findNamed(session, tables, [...texts])
}

function collect(value: unknown, texts: Set<string>): void {
  if (texts.size >= MOST_TEXTS) return
  if (typeof value === 'string') {
    if (value !== '' && value.length <= LONGEST) texts.add(value)
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    for (const member of Object.values(value)) collect(member, texts)
}
