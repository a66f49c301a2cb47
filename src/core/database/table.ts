/**
 * Tables as data. A migration describes its tables with these words; the DDL of both databases, the types of
 * the query builder, the capture triggers of sync and the search index are all made from the description, so
 * that the two databases cannot drift apart (DESIGN section 4, portable SQL).
 */

/** The four storage classes that both databases share. JSON is canonical text, a boolean is 0 or 1. */
export type ColumnKind = 'text' | 'int' | 'real' | 'blob'

export interface Column<T = unknown> {
  readonly kind: ColumnKind
  readonly nullable: boolean
  /** Never set: carries the column's type in code. */
  readonly type?: T
}

/** Groups of tables that reach the same roles; `null` marks a table that never leaves its machine. */
export type Scope = 'everyone' | 'finance' | 'operations' | null

export interface SearchSpec {
  /** What the row is called in search results, for example `customer`. */
  readonly entity: string
  readonly title: string
  readonly body: readonly string[]
}

export interface Table<C extends Record<string, Column> = Record<string, Column>> {
  readonly columns: C
  /** The primary key after the workspace, which is always its first part. */
  readonly key: readonly string[]
  readonly unique: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
  readonly scope: Scope
  readonly search: SearchSpec | null
}

export function text<T extends string = string>(): Column<T> {
  return { kind: 'text', nullable: false }
}

export function int(): Column<bigint> {
  return { kind: 'int', nullable: false }
}

export function real(): Column<number> {
  return { kind: 'real', nullable: false }
}

export function blob(): Column<Uint8Array> {
  return { kind: 'blob', nullable: false }
}

export function nullable<T>(column: Column<T>): Column<T | null> {
  return { kind: column.kind, nullable: true }
}

interface TableParts<C extends Record<string, Column>> {
  columns: C
  key?: readonly (keyof C & string)[]
  unique?: readonly (readonly (keyof C & string)[])[]
  indexes?: readonly (readonly (keyof C & string)[])[]
  scope?: Scope
  search?: { entity: string; title: keyof C & string; body?: readonly (keyof C & string)[] }
}

/**
 * Describes a table. Every table carries its workspace: the column is not listed, it is added in front of
 * the columns, of the primary key and of every unique constraint and index, and filled in by the scope.
 */
export function table<C extends Record<string, Column>>(parts: TableParts<C>): Table<C> {
  return {
    columns: parts.columns,
    key: parts.key ?? ['id'],
    unique: parts.unique ?? [],
    indexes: parts.indexes ?? [],
    scope: parts.scope ?? null,
    search: parts.search
      ? { entity: parts.search.entity, title: parts.search.title, body: parts.search.body ?? [] }
      : null,
  }
}

/** A row of a table, as code sees it: without the workspace. */
export type RowOf<T> =
  T extends Table<infer C> ? { [K in keyof C]: C[K] extends Column<infer V> ? V : never } : never

/** The tables of the query builder, made from their descriptions. */
export type TablesOf<S extends Record<string, Table>> = { [K in keyof S]: RowOf<S[K]> }
