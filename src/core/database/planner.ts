import { quote } from './ddl.ts'
import type { Column, Table } from './table.ts'

/*
 * What SQLite's planner believes of our tables. Every key and index begins with the workspace, of which a database on
 * a desk has one. Without figures the planner takes a first column for selective, and goes through a whole table by
 * its workspace where an index knows the rows. Measuring (ANALYZE) would cost seconds on large tables, and what is
 * measured on an empty one misleads later; so the figures are derived from the descriptions of the tables, are the
 * same in every database, and make plans that do not change with the day.
 */

/** Every table is thought to be large: a plan for many rows serves few as well. */
const ROWS = 1_000_000

/** The statements that tell SQLite's planner; PostgreSQL measures by itself. */
export function plannerFacts(tables: Readonly<Record<string, Table>>): string[] {
  const [any] = Object.keys(tables)
  if (any === undefined) return []
  const facts = Object.entries(tables).flatMap(([name, table]) => factsOf(name, table))
  const values = facts.map(([table, index, stat]) => `('${table}', '${index}', '${stat}')`)
  return [
    // Makes the table of figures, which nothing else may make.
    `ANALYZE ${quote(any)}`,
    'DELETE FROM sqlite_stat1',
    `INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ${values.join(', ')}`,
    // Reads it again.
    'ANALYZE sqlite_schema',
  ]
}

type Fact = readonly [table: string, index: string, stat: string]

function factsOf(name: string, table: Table): Fact[] {
  // As SQLite names them: a clustered key has its table's name, and constraints are numbered in their order.
  const clustered = !Object.values(table.columns).some(column => column.kind === 'blob')
  const auto = (number: number) => `sqlite_autoindex_${name}_${number}`
  const key = clustered ? name : auto(1)
  return [
    [name, key, statOf(table, table.key, true)],
    ...table.unique.map((columns, i): Fact => [name, auto(i + 2), statOf(table, columns, true)]),
    ...table.indexes.map((columns): Fact => {
      return [name, `${name}_by_${columns.join('_')}`, statOf(table, columns, false)]
    }),
  ]
}

/** How many rows there are, and how many of them agree in the first columns: in one, in two, and so on. */
function statOf(table: Table, columns: readonly string[], unique: boolean): string {
  // One row for each workspace.
  if (columns.length === 0) return '1 1'
  const figures = [ROWS, ROWS]
  let alike = ROWS
  for (const [i, column] of columns.entries()) {
    const last = i === columns.length - 1
    alike =
      unique && last
        ? 1
        : Math.max(last ? 2 : 1, Math.round(alike / differing(column, table.columns[column]!)))
    figures.push(alike)
  }
  return figures.join(' ')
}

/** How many values a column has, roughly, by what its name says. */
function differing(name: string, { kind }: Column): number {
  if (/(^|_)(id|key|item|digest|series|number|email)$/.test(name)) return 100_000
  if (kind === 'int') return /(^|_)(at|from|to|until|version|seq)$/.test(name) ? 50_000 : 20
  return /(^|_)(name|period|day|date|on)$/.test(name) ? 50 : 10
}
