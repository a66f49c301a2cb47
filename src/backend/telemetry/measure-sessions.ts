import type { PostgresSource } from '#core/database/postgres-store.ts'
import type { Metrics } from './metrics.ts'

/** A source of database sessions whose use and queue are measured: how many are held, and who waits for one. */
export function measureSessions(source: PostgresSource, metrics: Metrics): PostgresSource {
  let waiting = 0
  let held = 0
  metrics.gauge('database_sessions_waiting', 'Transactions that wait for a database session', () => waiting)
  metrics.gauge('database_sessions_held', 'Database sessions in use', () => held)
  return {
    ...source,
    async connect(urgency, opening) {
      waiting++
      const session = await source.connect(urgency, opening).finally(() => {
        waiting--
      })
      held++
      let over = false
      return {
        ...session,
        release(broken) {
          if (!over) held--
          over = true
          session.release(broken)
        },
      }
    },
  }
}
