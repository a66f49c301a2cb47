import type { BackendConfig } from '#backend/config.ts'
import { startBackend } from '#backend/start-backend.ts'
import { contract } from '#shared/contract/index.ts'
import { newCompany } from '#test/kit/backend-kit.ts'

/* A server that is killed: it writes as fast as it can, and tells each command that was answered. */

process.once('message', async ({ config, workspace }: { config: BackendConfig; workspace: string }) => {
  const backend = await startBackend(config, { log: () => {}, environment: {}, processMetrics: false })
  const { core, admin } = await newCompany(backend, workspace)
  for (let number = 0; ; number++) {
    const { id } = await core.call(
      contract.workspace.views.save,
      { page: 'finops.costs', name: `View ${number}`, address: '/finops/costs' },
      admin,
    )
    process.send?.({ id, person: admin.person })
  }
})
