import { type Handlers, handle, type ServiceCall, serve } from '#core/runtime/handlers.ts'
import { type Contract, contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { ConnectionState, DeskPort } from './desk-port.ts'

const leaves = contract.sync.connection

const UNCONNECTED: ConnectionState = {
  phase: 'none',
  url: null,
  code: null,
  address: null,
  expiresAt: null,
  progress: null,
  failure: null,
  clockAhead: null,
  live: false,
}

/** Connecting to a server and leaving it. Who may is decided here; how it is done is the host's to know. */
export function connectionHandlers(desk: DeskPort | null): Handlers<Contract['sync']['connection']> {
  const able = (): DeskPort => {
    if (!desk) throw refuse('SYNC_HOST_CANNOT', {}, 'This host cannot be connected to a server.')
    return desk
  }
  return {
    state: serve(leaves.state, async call => {
      // What is read is observed: whoever shows the state hears when it changes.
      await call.read(reader => reader.db.selectFrom('sync_server').select('state').executeTakeFirst())
      return desk?.state() ?? UNCONNECTED
    }),
    begin: serve(leaves.begin, async call => {
      await demandAdmin(call)
      return able().begin(call.input.url)
    }),
    // The entry in the log is all that there is to do.
    received: handle(leaves.received, async () => ({})),
    cancel: serve(leaves.cancel, async call => {
      await demandAdmin(call)
      await able().cancel()
      return {}
    }),
    disconnect: serve(leaves.disconnect, async ({ input }) => {
      await able().disconnect(input.keep, input.evenWaiting)
      return {}
    }),
  }
}

/** An admin; in a workspace that is not set up yet, whoever opened it. */
async function demandAdmin(call: ServiceCall<unknown>): Promise<void> {
  const anybody = await call.read(reader => reader.db.selectFrom('people').select('id').executeTakeFirst())
  if (anybody && !call.caller.system && !call.actor?.roles.includes('admin'))
    throw refuse('WORKSPACE_FORBIDDEN', { capability: 'sync.connection.begin', roles: ['admin'] })
}
