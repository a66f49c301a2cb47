/** The server of `sync.ts`, in a process of its own: PGlite with so many customers, behind the routes of sync. */

import { prepareWorkspace } from '../src/core/database/prepare.ts'
import { testCore, WORKSPACE } from '../test/kit/core-kit.ts'
import { enrolDesk, serveSync } from '../test/kit/sync-http.ts'

const ROWS = Number(process.argv[2])
const AT_ONCE = 2000

const server = await testCore('pglite')
for (let from = 0; from < ROWS; from += AT_ONCE)
  await server.store.write(WORKSPACE, 'job', async tx => {
    await tx.db
      .insertInto('customers')
      .values(
        Array.from({ length: Math.min(AT_ONCE, ROWS - from) }, (_, n) => ({
          id: `01900000-0000-7000-8000-${String(from + n).padStart(12, '0')}`,
          key: `customer-${from + n}`,
          name: `Customer number ${from + n}`,
          email: `billing@customer-${from + n}.example`,
          country: 'DE',
          currency: 'EUR',
          zone: 'Europe/Berlin',
          industry: 'software',
          tier: 'starter',
          seats: 3n,
          signed_up_on: '2026-01-01',
          churned_on: null,
          created_at: 1_767_225_600_000n,
        })),
      )
      .execute()
  })
await server.store.write(WORKSPACE, 'person', async tx => {
  await tx.db.updateTable('workspace_state').set({ authority: 'server' }).execute()
})
await prepareWorkspace(server.store, WORKSPACE, 'server', server.clock.now())
const { url } = await serveSync(server, await enrolDesk(server))
process.send?.({ url, admin: server.admin.person })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: (user + system) / 1000 })
})
process.on('disconnect', () => process.exit(0))
