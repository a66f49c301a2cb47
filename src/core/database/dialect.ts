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
  return {
    createAdapter: () => (kind === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
    createQueryCompiler: () => (kind === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
    createIntrospector: db => (kind === 'sqlite' ? new SqliteIntrospector(db) : new PostgresIntrospector(db)),
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
