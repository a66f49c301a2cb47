import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { DatabaseKind } from './ddl.ts'

/** What a driver gives back for one statement; `affected` is absent for a select. */
export interface Answer {
  readonly rows: Record<string, unknown>[]
  readonly affected?: bigint
}

/** What writes and reads each kind's own SQL. */
const PARTS = {
  sqlite: { Adapter: SqliteAdapter, QueryCompiler: SqliteQueryCompiler, Introspector: SqliteIntrospector },
  postgres: {
    Adapter: PostgresAdapter,
    QueryCompiler: PostgresQueryCompiler,
    Introspector: PostgresIntrospector,
  },
}

/** Runs one statement on one connection. Every int64 in and out is a bigint. */
export type Execute = (sql: string, parameters: readonly unknown[]) => Promise<Answer>

/**
 * A query-builder dialect over one connection that somebody else owns: transactions are begun and ended by
 * the store, so that the builder can neither nest one nor wait for itself.
 */
export function executorDialect(kind: DatabaseKind, execute: Execute): Dialect {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const answer = await execute(query.sql, query.parameters)
      const rows = answer.rows as R[]
      return answer.affected === undefined ? { rows } : { rows, numAffectedRows: answer.affected }
    },
    streamQuery() {
      throw new Error('stream through a job, not through a connection')
    },
  }
  const noTransaction = async () => {
    throw new Error('the store begins and ends transactions')
  }
  const { Adapter, QueryCompiler, Introspector } = PARTS[kind]
  return {
    createAdapter: () => new Adapter(),
    createQueryCompiler: () => new QueryCompiler(),
    createIntrospector: db => new Introspector(db),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => connection,
      beginTransaction: noTransaction,
      commitTransaction: noTransaction,
      rollbackTransaction: noTransaction,
      releaseConnection: async () => {},
      destroy: async () => {},
    }),
  }
}
