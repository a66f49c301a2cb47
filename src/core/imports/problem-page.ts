import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'

/** Tables of what was refused of files: one row for each problem, in the order in which it was found. */
type ProblemTable = 'import_problems' | 'usage_problems'

/** One page of what was refused of a file, and how much there is altogether. */
export async function problemPage<T extends ProblemTable>(
  reader: Reader,
  table: T,
  { importId, offset, limit }: { readonly importId: string; readonly offset: number; readonly limit: number },
): Promise<{ rows: Row<T>[]; count: number }> {
  // The tables differ in what a row says of a problem, and not in how its rows are found.
  const problems = () => reader.db.selectFrom(table as 'import_problems').where('import_id', '=', importId)
  const rows = await problems().selectAll().orderBy('ordinal').offset(offset).limit(limit).execute()
  const { count } = await problems()
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  return { rows: rows as unknown as Row<T>[], count: Number(count) }
}
