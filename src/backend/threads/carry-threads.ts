import { constants, setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import { openPool } from '#core/database/open-postgres.ts'
import type { PostgresSource } from '#core/database/postgres-store.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { remoteSource } from '#core/database/remote-source.ts'
import { runThread } from '#core/runtime/thread-entry.ts'
import { parseEnvironment } from '#shared/settings.ts'
import { overMessagePort } from './message-port.ts'
import type { Begin, DatabaseAddress } from './worker-data.ts'

/** Sessions of a thread that answers heavy questions. */
const SESSIONS = 2

function sourceOf(address: DatabaseAddress): PostgresSource {
  if (address.kind === 'port') return { ...remoteSource(overMessagePort(address.port)), role: address.role }
  const { url, role } = address
  return openPool({ url, role, max: SESSIONS, name: 'quarterdeck reports' })
}

/** A thread that carries threads of cores: the work of many workspaces in few threads. */
export function carryThreads(parent: MessagePort, address: DatabaseAddress): void {
  const environment = parseEnvironment(process.env)
  let source: PostgresSource | null = null
  standBack()
  parent.on('message', ({ begin, port }: Begin) => {
    runThread(overMessagePort(port), begin, {
      now: () => BigInt(Date.now()),
      monotonic: () => performance.now(),
      environment,
      openStore() {
        source ??= sourceOf(address)
        // The source is everybody's here, so nobody closes it.
        return { ...openPostgresStore(source), close: async () => {} }
      },
    })
  })
}

/** Where processors are few, the thread that answers requests goes first. */
function standBack(): void {
  // Elsewhere this would be said of the whole process.
  if (process.platform !== 'linux') return
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Where it may not be changed, threads share as the system sees fit.
  }
}
