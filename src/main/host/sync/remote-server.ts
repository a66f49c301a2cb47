import type { ZodType } from 'zod'
import type { PushedCommand, SnapshotPage, SyncServer } from '#core/sync/protocol.ts'
import { type ExchangeName, exchanges } from '#core/sync/wire.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Transport } from './http-transport.ts'

export interface RemoteServerParts {
  readonly transport: Transport
  /** Sends what commands name and only this machine has, before they are pushed. */
  readonly beforePush: (commands: readonly PushedCommand[]) => Promise<void>
  /** Is told of the rows of each page of a snapshot. */
  readonly onRows?: (rows: number) => void
}

/** How long the server may work on a push: a close of a month is asked for in one, and answered at once. */
const PUSH_PATIENCE = 120_000
const HELLO_PATIENCE = 10_000

/** How many rows a page brings. */
function rowsOf({ rows, packed }: SnapshotPage): number {
  return packed.reduce((sum, one) => sum + one.rows, rows.length)
}

/** The server as the core's half of sync wants it, over HTTP. */
export function createRemoteServer(parts: RemoteServerParts): SyncServer {
  const { transport } = parts
  function ask<N extends ExchangeName>(name: N, message: unknown, patience?: number) {
    return transport.ask({
      path: `/${name}`,
      message,
      answer: exchanges[name].answer as ZodType,
      ...(patience === undefined ? {} : { patience }),
    }) as ReturnType<SyncServer[N]>
  }

  const keyOf = (request: unknown): string => canonicalJson(request)
  /** The page behind the one that was given last: it is on its way while that one is stored. */
  let ahead: { key: string; page: Promise<SnapshotPage | null> } | null = null

  return {
    hello: build => ask('hello', build, HELLO_PATIENCE),
    async push(request) {
      await parts.beforePush(request.commands)
      return ask('push', request, PUSH_PATIENCE)
    },
    pull: request => ask('pull', request),
    async snapshot(request) {
      const waiting = ahead?.key === keyOf(request) ? ahead.page : null
      ahead = null
      const page = (await waiting) ?? (await ask('snapshot', request))
      if (page.kind === 'snapshot') parts.onRows?.(rowsOf(page))
      if (page.kind === 'snapshot' && page.next) {
        const next = { ...request, position: page.next }
        ahead = {
          key: keyOf(next),
          // What fails ahead of time is asked again when it is wanted, and fails there if it must.
          page: ask('snapshot', next).then(
            found => (found.kind === 'snapshot' ? found : null),
            () => null,
          ),
        }
      }
      return page
    },
    batch: request => ask('batch', request),
  }
}
